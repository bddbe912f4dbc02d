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

  public let plan: EQLPlan
  /// What each item of the plan asks.
  let conditions: [BoundQuery]
  let keys: [[Column]]
  let time: Column
  let tiebreaker: Column?

  /// Adds a plan's conditions and fields to a set.
  public init(_ plan: EQLPlan, _ fields: Fields, catalog: FieldCatalog, to queries: inout QuerySet) {
    func column(_ name: String, _ queries: inout QuerySet) -> Column {
      Column(place: queries.addField(name), type: catalog.resolve(name).type)
    }
    self.plan = plan
    conditions = plan.items.map { queries.add($0.predicate) }
    keys = plan.items.map { item in item.keys.map { column($0.field, &queries) } }
    time = column(fields.timestamp, &queries)
    tiebreaker = fields.tiebreaker.map { column($0, &queries) }
  }
}

/// Reads the candidates of an EQL query out of batches, one after another. One worker's own.
public final class EQLReader {
  private let binding: EQLBinding
  private var batch: EventBatch?
  /// The rows of the batch that each item asks for.
  private(set) var matched: [RowSet] = []
  private var readers: [Int: CellReader] = [:]
  private var known: [Int: CellColumn] = [:]

  public init(_ binding: EQLBinding) { self.binding = binding }

  /// Makes a batch the one that is read.
  ///
  /// - Parameter evaluator: of the set that the query is bound in, asked about the batch.
  public func begin(_ batch: EventBatch, _ evaluator: QueryEvaluator) {
    self.batch = batch
    known.removeAll(keepingCapacity: true)
    matched = binding.conditions.map { evaluator.rows($0) }
  }

  /// Lets go of the batch, so that its room can be used again.
  public func end() {
    batch = nil
    known.removeAll(keepingCapacity: true)
  }

  private func cell(_ column: EQLBinding.Column, _ row: Int) -> Cell {
    if let cells = known[column.place] { return cells[row] }
    guard let batch else { return .none }
    let reader = readers[column.place] ?? CellReader(column.type)
    readers[column.place] = reader
    let cells = reader.cells(batch.columns[column.place], rowCount: batch.rowCount)
    known[column.place] = cells
    return cells[row]
  }

  /// The time of a row by the query's timestamp field, in milliseconds since the epoch.
  public func time(_ row: Int) -> Int64? {
    guard let time = cell(binding.time, row).values.first?.wholeValue else { return nil }
    guard binding.time.type == .dateNanos else { return time }
    let (whole, rest) = time.quotientAndRemainder(dividingBy: 1_000_000)
    return rest < 0 ? whole - 1 : whole
  }

  /// A row as it takes part in the query; its order is the row. Nil where no item takes it with a key.
  public func candidate(_ row: Int) -> EQLCandidate? {
    var items: [(item: Int, keys: [JoinKey])] = []
    for item in matched.indices where matched[item].contains(row) {
      let found = JoinKey.all(
        binding.keys[item].map { cell($0, row) }, areOptional: binding.plan.items[item].keys.map(\.isOptional))
      if !found.isEmpty { items.append((item, found)) }
    }
    guard binding.plan.isOfEvents || !items.isEmpty else { return nil }
    return EQLCandidate(
      time: time(row) ?? .max, tiebreaker: binding.tiebreaker.flatMap { cell($0, row).values.first }, order: row,
      items: items)
  }
}
