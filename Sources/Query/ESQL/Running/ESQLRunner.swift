import Events
import Parallel

/// Does steps to pages. One worker's own.
struct ESQLRunner {
  var notes = EvaluationNotes()

  /// More rows than this are never made of a page.
  static let mostRows = 10_000_000
  /// Values of more bytes than this are not made of a page: a function may make a megabyte of each of many thousand rows.
  private let mostBytes: Int
  static let usualBytes = min(1 << 30, ProcessMemory.available / 8)

  init(mostBytes: Int = usualBytes) { self.mostBytes = mostBytes }

  /// Begins with a page or, of what needs all rows, with a step: what was made before is held or gone.
  mutating func begin() { notes.room = mostBytes }

  /// Throws where more has been made than may be, or than there is memory for beside what is held.
  func checkRoom() throws(ESQLRunError) {
    if notes.isUsedUp {
      throw ESQLRunError(
        "the values that functions make of the rows at hand take more than \(mostBytes >> 20) MiB; make shorter ones, or filter "
          + "earlier", at: 0)
    }
    guard let room = notes.room, room < mostBytes - Self.fewBytes, ProcessMemory.isNearlyUsedUp else { return }
    throw ESQLRunError("what the query holds takes nearly all memory; filter or aggregate earlier", at: 0)
  }

  /// Of pages of which less is made it is not asked what memory there is.
  private static let fewBytes = 8 << 20

  func evaluator(_ page: ESQLPage) -> ExpressionEvaluator {
    var evaluator = ExpressionEvaluator(page.columns + page.matches, rowCount: page.rowCount)
    evaluator.notes = notes
    return evaluator
  }

  mutating func column(_ expression: TypedExpression, _ page: ESQLPage) -> CellColumn {
    var evaluator = evaluator(page)
    defer { notes = evaluator.notes }
    return evaluator.column(expression)
  }

  /// The rows for which a condition is true.
  mutating func rows(where condition: TypedExpression, _ page: ESQLPage) -> [Int] {
    var evaluator = evaluator(page)
    defer { notes = evaluator.notes }
    var rows: [Int] = []
    evaluator.truth(condition).holds.forEach { rows.append($0) }
    return rows
  }

  /// Does a step that can be done to each page by itself.
  mutating func run(_ step: ESQLStep, _ page: ESQLPage) throws(ESQLRunError) -> ESQLPage {
    let page = try done(step, page)
    try checkRoom()
    return page
  }

  private mutating func done(_ step: ESQLStep, _ page: ESQLPage) throws(ESQLRunError) -> ESQLPage {
    var page = page
    switch step {
    case .filter(let condition):
      let rows = rows(where: condition, page)
      return rows.count == page.rowCount ? page : page.selecting(rows)
    case .narrow(let condition):
      // What fails here fails again where it counts.
      let before = notes
      let rows = rows(where: condition, page)
      try checkRoom()
      notes = before
      return rows.count == page.rowCount ? page : page.selecting(rows)
    case .union(let union):
      return try union.rows(of: page) { step, page throws(ESQLRunError) in
        page.rowCount == 0 ? page : try run(step, page)
      }
    case .append(let expression):
      page.columns.append(column(expression, page))
      return page
    case .select(let chosen):
      page.columns = chosen.map { page.columns[$0] }
      return page
    case .expand(let place): return try expand(place, page)
    case .extract(let expression, let extractor):
      let input = column(expression, page)
      page.columns += extract(input, extractor, expression.range)
      return page
    case .enrich(let lookup): return enrich(lookup, page)
    case .join(let lookup): return try join(lookup, page)
    case .changePoint(let changes): return changePoints(changes, page)
    case .limitBy(let count, let columns): return first(count, by: columns, page)
    case .sort, .limit, .stats, .inlineStats, .refused: return page
    }
  }

  private func expand(_ place: Int, _ page: ESQLPage) throws(ESQLRunError) -> ESQLPage {
    let column = page.columns[place]
    guard column.cells.contains(where: { if case .many = $0 { true } else { false } }) else { return page }
    var rows: [Int] = []
    var cells = column.cells
    var codes: [UInt32] = []
    var parts: [UInt32] = []
    // The places of a cell's values, by the cell's.
    var known: [UInt32: [UInt32]] = [:]
    for row in 0..<page.rowCount {
      let code = column.codes.list[row]
      guard case .many(let values) = column.cells[Int(code)] else {
        rows.append(row)
        codes.append(code)
        parts.append(0)
        continue
      }
      if known[code] == nil {
        known[code] = values.map { value in
          cells.append(.one(value))
          return UInt32(cells.count - 1)
        }
      }
      for (part, one) in (known[code] ?? []).enumerated() {
        rows.append(row)
        codes.append(one)
        parts.append(UInt32(part))
      }
      guard rows.count <= Self.mostRows else {
        throw ESQLRunError("MV_EXPAND makes more than \(Self.mostRows) rows", at: 0)
      }
    }
    var expanded = page.selecting(rows)
    expanded.columns[place] = CellColumn(column.type, cells: cells, codes: CellColumn.Codes(codes))
    Self.number(&expanded, parts)
    return expanded
  }

  /// Rows that were made of one keep an order among themselves.
  private static func number(_ page: inout ESQLPage, _ parts: [UInt32]) {
    guard page.order.count == page.rowCount else { return }
    for row in 0..<page.rowCount { page.order[row].part = page.order[row].part &* 4096 &+ parts[row] }
  }

  private mutating func extract(_ input: CellColumn, _ extractor: ESQLExtractor, _ range: Range<Int>) -> [CellColumn] {
    var met = [Bool](repeating: false, count: input.cells.count)
    for code in input.codes.list { met[Int(code)] = true }
    let width = extractor.columns.count
    var cells = [[Cell]](repeating: [Cell](repeating: .none, count: input.cells.count), count: width)
    for place in met.indices where met[place] {
      var found = [[Value]](repeating: [], count: width)
      for value in input.cells[place].values {
        do throws(EvaluationFault) {
          guard let captures = try extractor.body(value.textValue ?? "") else { continue }
          for column in 0..<width { found[column] += captures[column].values }
        } catch {
          notes.note(error, at: range)
        }
      }
      for column in 0..<width { cells[column][place] = Cell(found[column]) }
    }
    return (0..<width).map { CellColumn(extractor.columns[$0].type, cells: cells[$0], codes: input.codes) }
  }

  private func enrich(_ lookup: ESQLLookup, _ page: ESQLPage) -> ESQLPage {
    var page = page
    let key = page.columns[lookup.keys[0]]
    let matches = key.cells.map { lookup.matches([$0], types: [key.type], allowsSeveral: true) }
    for column in lookup.taking {
      let cells = matches.map { rows in Cell(rows.flatMap { lookup.table.rows[$0][column].values }) }
      page.columns.append(CellColumn(lookup.table.columns[column].type, cells: cells, codes: key.codes))
    }
    return page
  }

  private mutating func join(_ lookup: ESQLLookup, _ page: ESQLPage) throws(ESQLRunError) -> ESQLPage {
    let keys = lookup.keys.map { page.columns[$0] }
    let types = keys.map(\.type)
    var rows: [Int] = []
    var matched: [Int?] = []
    var parts: [UInt32] = []
    var known: [[UInt32]: [Int]] = [:]
    for row in 0..<page.rowCount {
      let codes = keys.map { $0.codes.list[row] }
      let found: [Int]
      if let rows = known[codes] {
        found = rows
      } else {
        let cells = keys.map { $0[row] }
        found = lookup.matches(cells, types: types, allowsSeveral: false)
        known[codes] = found
        if lookup.meetsSeveral(cells, types: types) {
          notes.note(EvaluationFault("LOOKUP JOIN encountered multi-value"), at: lookup.range)
        }
      }
      if found.isEmpty {
        rows.append(row)
        matched.append(nil)
        parts.append(0)
      }
      for (part, other) in found.enumerated() {
        rows.append(row)
        matched.append(other)
        parts.append(UInt32(part))
      }
      guard rows.count <= Self.mostRows else {
        throw ESQLRunError("LOOKUP JOIN makes more than \(Self.mostRows) rows", at: 0)
      }
    }
    var joined = page.selecting(rows)
    Self.number(&joined, parts)
    for column in lookup.taking {
      joined.columns.append(
        CellColumn(
          lookup.table.columns[column].type, rows: matched.map { $0.map { lookup.table.rows[$0][column] } ?? .none }))
    }
    return joined
  }

  // MARK: steps that need all rows

  /// The first rows of each group of rows that have the same lists of values in some columns, in their order.
  func first(_ count: Int, by columns: [Int], _ page: ESQLPage) -> ESQLPage {
    // Cells of a column may be equal: of each the first that is.
    let groups = columns.map { place -> (codes: [UInt32], same: [UInt32]) in
      let column = page.columns[place]
      var places: [Cell: UInt32] = [:]
      let same = column.cells.indices.map { at -> UInt32 in
        if let known = places[column.cells[at]] { return known }
        places[column.cells[at]] = UInt32(at)
        return UInt32(at)
      }
      return (column.codes.list, same)
    }
    var taken: [[UInt32]: Int] = [:]
    let rows = (0..<page.rowCount).filter { row in
      let group = groups.map { $0.same[Int($0.codes[row])] }
      let before = taken[group, default: 0]
      guard before < count else { return false }
      taken[group] = before + 1
      return true
    }
    return rows.count == page.rowCount ? page : page.selecting(rows)
  }

  /// - Parameter keepsOrder: rows that are equal are still to be told apart by their events, as more rows will come.
  func sorted(
    _ page: ESQLPage, _ keys: [ESQLSortStep], limit: Int? = nil, keepsOrder: Bool = false
  ) -> ESQLPage {
    // For each key where each cell stands among the column's.
    let ranks = keys.map { key -> (codes: [UInt32], rank: [Int]) in
      let column = page.columns[key.column]
      let values = column.cells.map { cell -> Value? in
        let values = cell.values
        return key.isDescending
          ? values.max { ($0.order($1) ?? 0) < 0 } : values.min { ($0.order($1) ?? 0) < 0 }
      }
      let places = values.indices.sorted { left, right in
        guard let first = values[left], let second = values[right] else {
          return values[left] == nil && values[right] != nil
        }
        return (first.order(second) ?? 0) < 0
      }
      var rank = [Int](repeating: 0, count: values.count)
      var next = 0
      for (at, place) in places.enumerated() {
        if at > 0 {
          let (before, now) = (values[places[at - 1]], values[place])
          let isSame = before == nil ? now == nil : now.map { (before?.order($0) ?? 1) == 0 } ?? false
          if !isSame { next += 1 }
        }
        guard values[place] == nil else {
          rank[place] = key.isDescending ? -next : next
          continue
        }
        rank[place] = key.nullsFirst ? .min : .max
      }
      return (column.codes.list, rank)
    }
    let rows = (0..<page.rowCount).sorted { left, right in
      for (codes, rank) in ranks {
        let (first, second) = (rank[Int(codes[left])], rank[Int(codes[right])])
        if first != second { return first < second }
      }
      if page.order.count == page.rowCount, page.order[left] != page.order[right] {
        return page.order[left] < page.order[right]
      }
      return left < right
    }
    var result = page.selecting(limit.map { Array(rows.prefix($0)) } ?? rows)
    // The rows have an order now.
    if !keepsOrder { result.order = [] }
    return result
  }
}

/// Why a query cannot be run.
public struct ESQLRunError: Error, Hashable, Sendable, CustomStringConvertible {
  public var message: String
  /// Where in the query, in Unicode scalars.
  var place: Int

  init(_ message: String, at place: Int) { (self.message, self.place) = (message, place) }

  public var description: String { message }
}
