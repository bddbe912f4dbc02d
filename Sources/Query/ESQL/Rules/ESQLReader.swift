import Events

/// Where the fields and conditions of a rule's query in ES|QL lie in the batches of a query set that it shares with others.
public struct ESQLBinding: Sendable {
  public let query: ESQLRuleQuery
  /// Of each field of the query its column.
  let columns: [Int]
  let matches: [BoundQuery]

  public init(_ query: ESQLRuleQuery, to queries: inout QuerySet) {
    self.query = query
    var columns: [Int] = []
    for field in query.program.fields { columns.append(queries.addField(field.path)) }
    self.columns = columns
    var matches: [BoundQuery] = []
    for match in query.program.matches { matches.append(queries.add(match)) }
    self.matches = matches
  }
}

/// Reads what a query in ES|QL looks at of events out of batches, one after another. One worker's own.
public final class ESQLReader {
  private let binding: ESQLBinding
  private let readers: [CellReader]
  private var cells: [CellColumn] = []
  private var matched: [RowSet] = []
  /// What is to be said of values of the batch that are null for their length.
  public private(set) var passedOver: [String] = []
  /// How many of the first steps tell of single events whether they take part.
  private let narrowing: Int

  /// - Parameter narrows: leave out rows of which single events tell that they take no part.
  public init(_ binding: ESQLBinding, narrows: Bool = true) {
    self.binding = binding
    let program = binding.query.program
    readers = program.fields.map { CellReader($0.type, keeping: $0.keeping) }
    // What is not in columns is asked in executions.
    var narrowing = 0
    for (place, step) in program.steps[..<min(program.stepsOfEvents, program.firstMetadataStep ?? .max)].enumerated() {
      switch step {
      case .filter, .narrow: narrowing = place + 1
      default: break
      }
    }
    self.narrowing = narrows ? narrowing : 0
  }

  /// Makes a batch the one that is read.
  ///
  /// - Parameters:
  ///   - rows: the rows that the query may take.
  ///   - evaluator: of the set that the query is bound in, asked about the batch.
  /// - Returns: the rows that it takes as far as single events tell.
  public func begin(_ batch: EventBatch, _ rows: RowSet, _ evaluator: QueryEvaluator) -> RowSet {
    guard !rows.isEmpty else { return rows }
    let wanted = rows.bitmap(rowCount: batch.rowCount)
    cells = zip(readers, binding.columns).map { reader, column in
      reader.cells(batch.columns[column], rowCount: batch.rowCount, only: wanted)
    }
    passedOver = binding.query.program.limits.keys.sorted().compactMap { place in
      guard readers[place].leavesOut, let limit = binding.query.program.limits[place] else { return nil }
      return OverlongValues.message(of: binding.query.program.fields[place].path, limit)
    }
    matched = binding.matches.map { evaluator.rows($0) }
    guard narrowing > 0 else { return rows }
    var chosen: [Int] = []
    rows.forEach(rowCount: batch.rowCount) { chosen.append($0) }
    let program = binding.query.program
    var columns = cells.map { chosen.count == batch.rowCount ? $0 : $0.selecting(chosen) }
    for name in program.metadata {
      columns.append(CellColumn(ESQLBinder.metadataTypes[name]?.0 ?? .keyword, constant: .none, rowCount: chosen.count))
    }
    var page = ESQLPage(rowCount: chosen.count, columns: columns)
    page.matches = matched.map { set in
      CellColumn(
        .boolean, cells: [.boolean(false), .boolean(true)],
        codes: CellColumn.Codes(chosen.map { set.contains($0) ? 1 : 0 }))
    }
    page.origins = chosen.map { UInt32($0) }
    let run = program.run()
    // A bound that is reached is told by the executions.
    guard let left = try? run.trace(page, upTo: narrowing).page else { return rows }
    var bitmap = Bitmap(count: batch.rowCount)
    for origin in left.origins { bitmap.insert(Int(origin)) }
    if !run.runner.notes.faults.isEmpty {
      // What is left out and warns is kept: the executions that see it tell the warning.
      let dropped = page.origins.indices.filter { !bitmap.contains(Int(page.origins[$0])) }
      for place in warning(dropped, of: page) { bitmap.insert(Int(page.origins[place])) }
    }
    return bitmap.isEmpty ? .none : .some(bitmap)
  }

  /// So few rows are not told from each other: one that does not warn beside one that does is looked at in vain.
  private static let fewRows = 8

  /// The rows of a page, of some, that conditions on single events warn of, and a few beside them.
  private func warning(_ rows: [Int], of page: ESQLPage) -> ArraySlice<Int> {
    guard !rows.isEmpty else { return [] }
    let run = binding.query.program.run()
    let isDone = (try? run.trace(page.selecting(rows), upTo: narrowing)) != nil
    if isDone, run.runner.notes.faults.isEmpty { return [] }
    guard rows.count > Self.fewRows else { return rows[...] }
    let middle = rows.count / 2
    return warning(Array(rows[..<middle]), of: page) + warning(Array(rows[middle...]), of: page)
  }

  /// Lets go of the batch, so that its room can be used again.
  public func end() {
    cells = []
    matched = []
  }

  /// What the query looks at of a row, as bytes: of each field how many values it has, and these; of each condition whether it
  /// holds.
  public func encoded(_ row: Int) -> [UInt8] {
    var output = ValueWriter()
    for column in cells {
      let values = column[row].values
      output.append(count: values.count)
      for value in values { output.append(value) }
    }
    for set in matched { output.append(set.contains(row) ? 1 : 0 as UInt8) }
    return output.bytes
  }

  /// Reads what `encoded` gave; nil for anything else.
  static func decode(_ bytes: UnsafeRawBufferPointer, fields: Int, matches: Int) -> (cells: [Cell], matches: [Bool])? {
    var input = ValueReader(bytes)
    var cells: [Cell] = []
    for _ in 0..<fields {
      guard let count = input.count() else { return nil }
      var values: [Value] = []
      for _ in 0..<count {
        guard let value = input.value(), let value else { return nil }
        values.append(value)
      }
      cells.append(Cell(values))
    }
    var holds: [Bool] = []
    for _ in 0..<matches {
      guard let byte = input.byte(), byte < 2 else { return nil }
      holds.append(byte == 1)
    }
    return input.isAtEnd ? (cells, holds) : nil
  }
}

extension ESQLProgram {
  /// How many of the first steps look at single events, of which each becomes a row at most, whenever they are done.
  var stepsOfEvents: Int {
    let end = firstNowStep ?? steps.count
    return steps[..<end].firstIndex { !$0.keepsRows } ?? end
  }
}

extension ESQLStep {
  /// True for a step that gives a row at most for each row, whatever other rows and tables there are.
  fileprivate var keepsRows: Bool {
    switch self {
    case .filter, .narrow, .append, .select, .extract: true
    case .union, .expand, .enrich, .join, .sort, .limit, .limitBy, .stats, .inlineStats, .changePoint, .refused: false
    }
  }
}
