import Events
import Segments
import TestSupport

/// Events made up from a seed: columns of every layout, ids that come again in other scopes, texts of any bytes.
struct RandomContent {
  var random: SeededRandom

  init(seed: UInt64) { random = SeededRandom(seed: seed) }

  mutating func chance(_ percent: Int) -> Bool { Int.random(in: 0..<100, using: &random) < percent }

  mutating func content(rows: Int, columns: Int = 24) -> SourcedBatch {
    let heads = heads(rows)
    var sources: [UInt8] = []
    var ends: [Int] = []
    for _ in 0..<rows {
      let count = chance(90) ? Int.random(in: 0...40, using: &random) : Int.random(in: 0...2000, using: &random)
      for _ in 0..<(count + 7) / 8 { withUnsafeBytes(of: random.next()) { sources.append(contentsOf: $0) } }
      sources.removeLast((8 - count % 8) % 8)
      ends.append(sources.count)
    }
    if rows == 3 {
      // A text that does not fit into a block with others.
      sources.insert(contentsOf: [UInt8](repeating: 7, count: 600_000), at: ends[0])
      for row in 1..<3 { ends[row] += 600_000 }
    }
    var batch = batch(rows, heads: heads, columns: columns)
    if chance(60), rows > 0 { batch.nested = nested(rows, depth: 2) }
    return SourcedBatch(
      dataStream: "logs-\u{e9}-\(rows)", heads: heads, sources: SourceTexts(sources, ends: ends),
      events: EventBatch(
        rowCount: rows, dataStream: Column(rowCount: rows), columns: batch.columns, columnByPath: batch.places,
        nested: batch.nested))
  }

  mutating func heads(_ rows: Int) -> [EventHead] {
    var heads: [EventHead] = []
    let unit: Int64 = [1, 1000].randomElement(using: &random)!
    let missing = [0, 30, 100].randomElement(using: &random)!
    let wild = chance(20)
    for _ in 0..<rows {
      var id = EventID(high: random.next(), low: random.next())
      if let known = heads.randomElement(using: &random), chance(10) { id = known.identity.id }
      var time = Timestamp(milliseconds: Int64.random(in: -1_000_000...2_000_000_000, using: &random) * unit)
      if wild, chance(10) {
        time = Timestamp(milliseconds: [Int64.max, 0, Int64.min + 9].randomElement(using: &random)!)
      }
      if chance(missing) || time.milliseconds == Timestamp.missing.milliseconds { time = .missing }
      heads.append(
        EventHead(
          time: time, identity: EventIdentity(id, scope: UInt32.random(in: 0...2, using: &random)),
          content: chance(20) ? EventHead.unnamed : UInt32.random(in: 0...9, using: &random),
          form: UInt8.random(in: 0...3, using: &random)))
    }
    return heads
  }

  private struct Parts {
    var columns: [Column] = []
    var places: [String: Int] = [:]
    var nested: [String: NestedRows] = [:]
  }

  private mutating func batch(_ rows: Int, heads: [EventHead]?, columns: Int) -> Parts {
    var parts = Parts()
    for at in 0..<columns {
      parts.places["f\u{fc}\(at).x"] = at
      parts.columns.append(column(rows, heads: heads))
    }
    return parts
  }

  /// A column of one of the layouts.
  private mutating func column(_ rows: Int, heads: [EventHead]?) -> Column {
    var dictionary = ValueDictionary()
    // Values that no row has, of batches before.
    for at in 0..<Int.random(in: 0...3, using: &random) { _ = insert("unused \(at)", .string, &dictionary) }
    let spread = [1, 1, 2, 3, 9, 40, 300, 100_000].randomElement(using: &random)!
    let share = [0, 1, 10, 50, 100, 100, 100, 100].randomElement(using: &random)!
    let isSeveral = chance(30)
    let isLookedUp = chance(50)
    let style = Int.random(in: 0...6, using: &random)
    var (entryRows, codes): ([UInt32], [UInt32]) = ([], [])
    for row in 0..<rows where chance(share) {
      let count = isSeveral && chance(40) ? Int.random(in: 1...5, using: &random) : 1
      for _ in 0..<count {
        let number = Int.random(in: 0..<spread, using: &random)
        let code: UInt32
        switch style {
        case 0: code = insert("v\(number)", .string, &dictionary)
        case 1: code = insert("\(number + 100_000)", .number, &dictionary)
        case 2:
          let kinds: [(String, ScalarKind)] = [
            ("\(number)", .number), ("\(number)", .string), (number % 2 == 0 ? "true" : "false", .boolean),
            ("", .string),
          ]
          let (text, kind) = kinds.randomElement(using: &random)!
          code = insert(text, kind, &dictionary)
        case 3: code = insert(String(repeating: "\u{1F985}\u{e4}\0", count: number % 50), .string, &dictionary)
        case 4: code = append("once \(row)", &dictionary)
        default:
          let head = heads?[row]
          let text = head.map { style == 5 ? uuid($0.identity.id) : $0.time.iso8601 } ?? "v\(number)"
          code = isLookedUp ? insert(text, .string, &dictionary) : append(text, &dictionary)
        }
        entryRows.append(UInt32(row))
        codes.append(code)
      }
    }
    return entryRows.withUnsafeBufferPointer { rowList in
      codes.withUnsafeBufferPointer { Column(dictionary: dictionary, rows: rowList, codes: $0, rowCount: rows) }
    }
  }

  private func insert(_ text: String, _ kind: ScalarKind, _ dictionary: inout ValueDictionary) -> UInt32 {
    var text = text
    return text.withUTF8 { dictionary.insert(Scalar(kind, $0)) }
  }

  private func append(_ text: String, _ dictionary: inout ValueDictionary) -> UInt32 {
    var text = text
    return text.withUTF8 { dictionary.append(Scalar(.string, $0)) }
  }

  private mutating func nested(_ rows: Int, depth: Int) -> [String: NestedRows] {
    var nested: [String: NestedRows] = [:]
    for path in ["n.one", "n.two", "n.none"].prefix(Int.random(in: 0...3, using: &random)) {
      var parents: [UInt32] = []
      for row in 0..<rows where chance(30) {
        for _ in 0..<Int.random(in: 1...3, using: &random) { parents.append(UInt32(row)) }
      }
      if path == "n.none" { parents = [] }
      var parts = batch(parents.count, heads: nil, columns: 4)
      if depth > 1, !parents.isEmpty { parts.nested = self.nested(parents.count, depth: depth - 1) }
      nested[path] = NestedRows(
        parents: parents,
        batch: EventBatch(
          rowCount: parents.count, dataStream: Column(rowCount: parents.count), columns: parts.columns,
          columnByPath: parts.places, nested: parts.nested))
    }
    return nested
  }
}

/// The text of an id as it is usually written.
func uuid(_ id: EventID) -> String {
  let digits = Array(id.text)
  return [0..<8, 8..<12, 12..<16, 16..<20, 20..<32].map { String(digits[$0]) }.joined(separator: "-")
}
