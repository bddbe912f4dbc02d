import Events

/// Where the conditions and fields of an EQL query lie in the batches of a query set that it shares with others.
public struct EQLBinding: Sendable {
  public struct Fields: Sendable {
    public var timestamp: String
    public var tiebreaker: String?

    public init(timestamp: String = "@timestamp", tiebreaker: String? = "event.sequence") {
      self.timestamp = timestamp
      self.tiebreaker = tiebreaker
    }
  }

  struct Column: Sendable {
    var place: Int
    var type: FieldType
  }

  /// With its span in the unit of the times: milliseconds, or nanoseconds where the field of times keeps these.
  public let plan: EQLPlan
  /// What each item of the plan asks.
  public let conditions: [BoundQuery]
  let keys: [[Column]]
  let time: Column
  let tiebreaker: Column?

  /// How many units of the times a millisecond has.
  public var unitsOfMillisecond: Int64 { Self.holdsNanoseconds(time.type) ? 1_000_000 : 1 }

  private static func holdsNanoseconds(_ type: FieldType) -> Bool { if case .dateNanos = type { true } else { false } }

  /// Adds a plan's conditions and fields to a set.
  public init(_ plan: EQLPlan, _ fields: Fields, catalog: FieldCatalog, to queries: inout QuerySet) {
    func column(_ name: String, _ queries: inout QuerySet) -> Column {
      Column(place: queries.addField(name), type: catalog.resolve(name).type)
    }
    conditions = plan.items.map { queries.add($0.whole) }
    keys = plan.items.map { item in item.keys.map { column($0.field, &queries) } }
    time = column(fields.timestamp, &queries)
    self.plan = Self.holdsNanoseconds(time.type) ? plan.inNanoseconds : plan
    tiebreaker = fields.tiebreaker.map { column($0, &queries) }
  }
}

/// Reads the candidates of an EQL query out of batches, one after another. One worker's own.
public final class EQLReader {
  private let binding: EQLBinding
  private var batch: EventBatch?
  /// The rows of the batch that each item asks for.
  private(set) var matched: [RowSet] = []
  /// The rows that some item asks for; cells of no other are read.
  private(set) var taken = Bitmap(count: 0)
  private var readers: [Int: CellReader] = [:]
  /// The columns of the batch that were read, by their places.
  private var known: [CellColumn?] = []
  /// Of each item the places of the join keys that cells of the batch have given, by the codes of these.
  private var keysOfCells: [[UInt64: [UInt32]]] = []

  public init(_ binding: EQLBinding) { self.binding = binding }

  /// Makes a batch the one that is read.
  ///
  /// - Parameters:
  ///   - evaluator: of the set that the query is bound in, asked about the batch.
  ///   - rows: those that are meant; all unless given.
  public func begin(_ batch: EventBatch, _ evaluator: QueryEvaluator, among rows: Bitmap? = nil) {
    self.batch = batch
    known = [CellColumn?](repeating: nil, count: batch.columns.count)
    keysOfCells = [[UInt64: [UInt32]]](repeating: [:], count: binding.keys.count)
    matched = binding.conditions.map { evaluator.rows($0) }
    taken = Bitmap(count: batch.rowCount)
    for rows in matched where !rows.isEmpty { taken.formUnion(rows.bitmap(rowCount: batch.rowCount)) }
    if let rows { taken.formIntersection(rows) }
  }

  /// Lets go of the batch, so that its room can be used again.
  public func end() {
    batch = nil
    known.removeAll(keepingCapacity: true)
  }

  private func cells(_ column: EQLBinding.Column) -> CellColumn? {
    if let cells = known[column.place] { return cells }
    guard let batch else { return nil }
    let reader = readers[column.place] ?? CellReader(column.type)
    readers[column.place] = reader
    let cells = reader.cells(batch.columns[column.place], rowCount: batch.rowCount, only: taken)
    known[column.place] = cells
    return cells
  }

  private func cell(_ column: EQLBinding.Column, _ row: Int) -> Cell { cells(column)?[row] ?? .none }

  /// The time of a row by the query's timestamp field, since the epoch, in the unit that the field keeps.
  public func time(_ row: Int) -> Int64? { cell(binding.time, row).values.first?.wholeValue }

  private func tiebreaker(_ row: Int) -> Value? { binding.tiebreaker.flatMap { cell($0, row).values.first } }

  private func keys(_ item: Int, _ row: Int) -> [JoinKey] {
    JoinKey.all(
      binding.keys[item].map { cell($0, row) }, areOptional: binding.plan.items[item].keys.map(\.isOptional))
  }

  /// A row as it takes part in the query; its order is the row. Nil where no item takes it with a key.
  public func candidate(_ row: Int) -> EQLCandidate? {
    var items: [(item: Int, keys: [JoinKey])] = []
    for item in matched.indices where matched[item].contains(row) {
      let found = keys(item, row)
      if !found.isEmpty { items.append((item, found)) }
    }
    guard binding.plan.isOfEvents || !items.isEmpty else { return nil }
    return EQLCandidate(time: time(row) ?? .max, tiebreaker: tiebreaker(row), order: row, items: items)
  }

  /// Adds a row to candidates where it takes part in the query. All rows of a batch are added to the same candidates.
  ///
  /// - Parameter order: asked where the row takes part, with the bytes that the candidates take: its place in the input, nil where it
  ///   is to be left out.
  func add(_ row: Int, to candidates: inout EQLCandidates, order: (Int, _ bytes: Int) throws -> Int?) rethrows {
    for item in matched.indices where matched[item].contains(row) {
      addKeys(of: item, row, to: &candidates)
    }
    guard binding.plan.isOfEvents || candidates.hasEntries, let order = try order(row, candidates.bytes) else {
      return candidates.leaveOut()
    }
    candidates.end(time: time(row) ?? .max, tiebreaker: tiebreaker(row), order: order)
  }

  private func addKeys(of item: Int, _ row: Int, to candidates: inout EQLCandidates) {
    let columns = binding.keys[item]
    // Rows of the same cells have the same keys.
    var cellsOfRow: UInt64? = 0
    if columns.count <= 2 {
      for column in columns { cellsOfRow = cellsOfRow.map { $0 << 32 | UInt64(cells(column)?.codes.list[row] ?? 0) } }
    } else {
      cellsOfRow = nil
    }
    if let cellsOfRow, let known = keysOfCells[item][cellsOfRow] {
      for place in known { candidates.add(item: item, key: place) }
      return
    }
    let places = keys(item, row).map { candidates.place(of: $0) }
    if let cellsOfRow { keysOfCells[item][cellsOfRow] = places }
    for place in places { candidates.add(item: item, key: place) }
  }
}
