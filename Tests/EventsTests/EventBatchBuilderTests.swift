import Events
import TestSupport
import Testing

/// Batches as they are filled row by row.
struct EventBatchBuilderTests {
  /// The values of each row by path, each once, in their order.
  private typealias Rows = [[String: [String]]]

  private static let keys = ["a", "b", "a.b", "", "k\\\\l", "k\\\\\\\\l", "\\u0061", "x\\ny", "longer key", "c", "d"]
  private static let unescaped = ["a", "b", "a.b", "", "k\\l", "k\\\\l", "a", "x\ny", "longer key", "c", "d"]

  @Test(
    "Every batch has the values of its own rows, also while later ones are filled",
    arguments: [UInt64.random(in: 0...UInt64.max), 11], [0, 1, 2])
  func values(seed: UInt64, form: Int) {
    var random = SeededRandom(seed: seed)
    let plan = [FieldPlan.all, FieldPlan(paths: ["a", "a.b", "b.c.d", "a.a"]), patterns][form]
    let builder = EventBatchBuilder(plan)
    var held: [(batch: EventBatch, rows: Rows)] = []
    var values = 0
    for _ in 0..<25 {
      // Some values come again in every batch, some in none.
      let spread = [3, 40, 100_000].randomElement(using: &random)!
      let rows = rows(builder, Int.random(in: 0...60, using: &random), spread, &random)
      let batch = builder.finish()
      values += rows.reduce(0) { $0 + $1.count }
      check(batch, rows, plan, seed)
      if Bool.random(using: &random) { held.append((batch, rows)) }
      if held.count > 3 { held.removeFirst() }
      for (batch, rows) in held { check(batch, rows, plan, seed) }
    }
    #expect(!stands(seed) || values > 500)
  }

  private var patterns: FieldPlan {
    var plan = FieldPlan(paths: ["c"])
    plan.insert { $0.hasSuffix("a") }
    plan.insert { $0.contains("\n") }
    return plan
  }

  /// Adds random rows, and says what they hold.
  private func rows(
    _ builder: EventBatchBuilder, _ count: Int, _ spread: Int, _ random: inout SeededRandom
  ) -> Rows {
    (0..<count).map { _ in
      builder.beginRow(dataStream: "s")
      var row: [String: [String]] = [:]
      fill(.root, "", builder, spread, depth: 0, &row, &random)
      return row
    }
  }

  private func fill(
    _ parent: PathNode, _ path: String, _ builder: EventBatchBuilder, _ spread: Int, depth: Int,
    _ row: inout [String: [String]], _ random: inout SeededRandom
  ) {
    var previous = parent
    for _ in 0..<Int.random(in: 0...4, using: &random) {
      let at = Self.keys.indices.randomElement(using: &random)!
      let place = Array(Self.keys[at].utf8).withUnsafeBufferPointer {
        builder.child(of: parent, $0, after: &previous)
      }
      let inner = depth == 0 ? Self.unescaped[at] : path + "." + Self.unescaped[at]
      if depth < 3, Bool.random(using: &random) {
        fill(place, inner, builder, spread, depth: depth + 1, &row, &random)
        continue
      }
      for _ in 0..<(Int.random(in: 0..<20, using: &random) == 0 ? 150 : 1) {
        let value = "v\(Int.random(in: 0..<spread, using: &random))"
        Array(value.utf8).withUnsafeBufferPointer { builder.append(Scalar(.string, $0), at: place) }
        if !row[inner, default: []].contains(value) { row[inner, default: []].append(value) }
      }
    }
  }

  private func check(_ batch: EventBatch, _ rows: Rows, _ plan: FieldPlan, _ seed: UInt64) {
    #expect(batch.rowCount == rows.count)
    for (number, row) in rows.enumerated() {
      let expected = row.filter { plan.wants($0.key) }
      var found: [String: [String]] = [:]
      for (path, place) in batch.columnByPath {
        let column = batch.columns[place]
        let texts = column.codes(row: number).map { column.dictionary.text($0) }
        if !texts.isEmpty { found[path] = texts }
        if column.code(row: number) != column.codes(row: number).first ?? 0 { Issue.record("seed \(seed): \(path)") }
      }
      if found != expected { Issue.record("seed \(seed): row \(number) has \(found), not \(expected)") }
    }
  }

  @Test("A column is the same whether asked by row or by entry, for chosen rows and for values", arguments: 0..<20)
  func columns(seed: UInt64) {
    var random = SeededRandom(seed: seed)
    let count = Int.random(in: 1...80, using: &random)
    // Columns of one value in all rows, of one in every row, and of some.
    let most = Int.random(in: 1...3, using: &random)
    let spread = Int.random(in: 1...3, using: &random)
    var writer = ColumnWriter()
    let rows = (0..<count).map { row in
      var values: [String] = []
      for _ in 0..<(most == 1 ? 1 : Int.random(in: 0...most, using: &random)) {
        let value = "\(Int.random(in: 0..<spread, using: &random))"
        Array(value.utf8).withUnsafeBufferPointer { writer.append(Scalar(.string, $0), row: row) }
        if !values.contains(value) { values.append(value) }
      }
      return values
    }
    let column = writer.column(rowCount: count)
    #expect(texts(column) == rows)
    var entries = [[String]](repeating: [], count: count)
    column.forEachEntry { entries[$0].append(column.dictionary.text($1)) }
    #expect(entries == rows && column.isEmpty == rows.allSatisfy(\.isEmpty))
    let chosen = (0..<30).map { _ in Int.random(in: 0..<count, using: &random) }
    #expect(texts(column.selecting(chosen)) == chosen.map { rows[$0] })
    let kept = column.keepingValues { $0.text != "1" }
    #expect(texts(kept) == rows.map { $0.filter { $0 != "1" } })
    let mapped = column.mappingValues { value, keep in
      guard value.text != "2" else { return }
      Array("same".utf8).withUnsafeBufferPointer { keep(Scalar(.string, $0)) }
    }
    #expect(texts(mapped) == rows.map { row in row.contains { $0 != "2" } ? ["same"] : [] })
    let wanted = [false] + (0..<column.dictionary.count).map { column.dictionary.text(UInt32($0 + 1)) == "0" }
    var marked = Bitmap(count: count)
    column.mark(wanted, in: &marked)
    for row in 0..<count { #expect(marked.contains(row) == rows[row].contains("0")) }
  }

  private func texts(_ column: Column) -> [[String]] {
    (0..<column.rowCount).map { row in column.codes(row: row).map { column.dictionary.text($0) } }
  }

  @Test(
    "In a column of values that hardly come again each is found wherever it stands", arguments: 0..<6 as Range<UInt64>)
  func plain(seed: UInt64) {
    var random = SeededRandom(seed: seed)
    let builder = EventBatchBuilder(FieldPlan(paths: ["a"]))
    var repeated = 0
    for batch in 0..<40 {
      // Mostly new values; some twice, and in some batches a row with several.
      let spread = batch % 7 == 6 ? 30 : 5000
      let rows = (0..<300).map { _ in
        let count = batch % 5 == 4 && Int.random(in: 0..<50, using: &random) == 0 ? 3 : 1
        return (0..<count).map { _ in "\(Int.random(in: 0..<spread, using: &random))" }
      }
      for row in rows {
        builder.beginRow()
        for value in row {
          Array(value.utf8).withUnsafeBufferPointer { builder.append(Scalar(.string, $0), column: 0) }
        }
      }
      let column = builder.finish().columns[0]
      let expected = rows.map { row in row.reduce(into: [String]()) { if !$0.contains($1) { $0.append($1) } } }
      #expect(texts(column) == expected)
      for value in Set(rows.joined()).prefix(40) {
        var codes: Set<UInt32> = []
        Array(value.utf8).withUnsafeBufferPointer { bytes in
          column.dictionary.forEachCode(of: Scalar(.string, bytes)) { codes.insert($0) }
        }
        if codes.count > 1 { repeated += 1 }
        let found = (0..<300).filter { row in column.codes(row: row).contains { codes.contains($0) } }
        #expect(found == (0..<300).filter { rows[$0].contains(value) })
      }
      var copy = column.dictionary
      let code = Array(rows[0][0].utf8).withUnsafeBufferPointer { copy.insert(Scalar(.string, $0)) }
      #expect(copy.count == column.dictionary.count && copy.text(code) == rows[0][0])
    }
    #expect(repeated > 0)
  }

  @Test(
    "A row of many values, most of them new, has each once, and each is found wherever it stands",
    arguments: 0..<6 as Range<UInt64>)
  func several(seed: UInt64) {
    var random = SeededRandom(seed: seed)
    let builder = EventBatchBuilder(FieldPlan(paths: ["a"]))
    var repeated = 0
    for batch in 0..<40 {
      let rows = (0..<300).map { _ in
        // New ones, some that always come, and some that come again later; now and then more than are compared.
        let count = Int.random(in: 0..<200, using: &random) == 0 ? 90 : Int.random(in: 0...6, using: &random)
        return (0..<count).map { _ in
          switch Int.random(in: 0..<4, using: &random) {
          case 0: "always \(Int.random(in: 0..<5, using: &random))"
          case 1: "again \(Int.random(in: 0..<(batch % 9 == 8 ? 3 : 900), using: &random))"
          default: "\(UInt64.random(in: 0..<(batch % 9 == 8 ? 3 : .max), using: &random))"
          }
        }
      }
      for row in rows {
        builder.beginRow()
        for value in row {
          Array(value.utf8).withUnsafeBufferPointer { builder.append(Scalar(.string, $0), column: 0) }
        }
      }
      let column = builder.finish().columns[0]
      let expected = rows.map { row in row.reduce(into: [String]()) { if !$0.contains($1) { $0.append($1) } } }
      #expect(texts(column) == expected)
      for value in Set(rows.joined()).sorted().suffix(60) {
        var codes: Set<UInt32> = []
        Array(value.utf8).withUnsafeBufferPointer { bytes in
          column.dictionary.forEachCode(of: Scalar(.string, bytes)) { codes.insert($0) }
        }
        if codes.count > 1 { repeated += 1 }
        let found = (0..<300).filter { row in column.codes(row: row).contains { codes.contains($0) } }
        #expect(found == (0..<300).filter { rows[$0].contains(value) })
      }
    }
    #expect(repeated > 0)
  }

  @Test("Codes that were given out stand for their values until the generation of codes changes")
  func places() {
    let builder = EventBatchBuilder(FieldPlan(paths: ["a", "b"]))
    var codes: [(value: String, code: UInt32)] = []
    var generation = builder.codesGeneration
    var kept = 0
    for batch in 0..<60 {
      builder.beginRow()
      if builder.codesGeneration != generation { codes = [] }
      generation = builder.codesGeneration
      // Long values fill the dictionary up now and then.
      let value = "\(batch % 7)" + String(repeating: "x", count: batch % 13 == 12 ? 2 << 20 : 1)
      let code = Array(value.utf8).withUnsafeBufferPointer { builder.place(Scalar(.string, $0), column: 0) }
      codes.append((value, code))
      for at in codes.indices {
        builder.beginRow()
        [(column: Int32(0), code: codes[at].code)].withUnsafeBufferPointer { builder.append(codes: $0) }
      }
      let column = builder.finish().columns[0]
      for (at, known) in codes.enumerated() {
        #expect(column.dictionary.text(column.code(row: at + 1)) == known.value)
      }
      if codes.count > 1 { kept += 1 }
    }
    #expect(kept > 30)
  }

  @Test("What copies of a dictionary have in common keeps its number, and what differs has another")
  func generations() {
    func insert(_ text: String, _ dictionary: inout ValueDictionary) -> UInt32 {
      Array(text.utf8).withUnsafeBufferPointer { dictionary.insert(Scalar(.string, $0)) }
    }
    var one = ValueDictionary()
    #expect(insert("a", &one) == 1)
    var other = one
    #expect(other.generation == one.generation)
    #expect(insert("b", &other) == 2 && insert("c", &one) == 2)
    #expect(other.generation != one.generation && one.text(2) == "c" && other.text(2) == "b")
    let before = one.generation
    one.removeAll()
    #expect(one.generation != before && one.count == 0 && other.count == 2)
  }
}
