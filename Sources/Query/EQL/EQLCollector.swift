import Events

/// Finds the candidates of an EQL query in batches. One worker's own.
public final class EQLCollector {
  public let plan: EQLPlan
  /// The set whose plan batches must have been built with.
  public let queries: QuerySet
  private let evaluator: QueryEvaluator
  private let bound: [BoundQuery]
  private let keys: [[(place: Int, reader: CellReader)]]
  private let time: (place: Int, reader: CellReader)
  private let tiebreaker: (place: Int, reader: CellReader)?
  /// Events that matched an item and lack a time, so that they take part in no sequence.
  public private(set) var timeless = 0

  public struct Fields: Sendable {
    public var timestamp: String
    public var tiebreaker: String?

    public init(timestamp: String = "@timestamp", tiebreaker: String? = "event.sequence") {
      self.timestamp = timestamp
      self.tiebreaker = tiebreaker
    }
  }

  /// A set of the plan's queries; workers share it.
  public static func queries(
    _ plan: EQLPlan, _ fields: Fields, catalog: FieldCatalog, now: Timestamp?
  ) -> (set: QuerySet, bound: [BoundQuery]) {
    var set = QuerySet(catalog: catalog, now: now)
    let bound = plan.items.map { set.add($0.predicate) }
    for item in plan.items { for key in item.keys { _ = set.addField(key.field) } }
    _ = set.addField(fields.timestamp)
    if let tiebreaker = fields.tiebreaker { _ = set.addField(tiebreaker) }
    return (set, bound)
  }

  public init(
    _ plan: EQLPlan, _ queries: (set: QuerySet, bound: [BoundQuery]), _ fields: Fields, catalog: FieldCatalog
  ) {
    self.plan = plan
    self.queries = queries.set
    bound = queries.bound
    evaluator = QueryEvaluator(queries.set)
    var copy = queries.set
    func column(_ name: String) -> (place: Int, reader: CellReader) {
      (copy.addField(name), CellReader(catalog.resolve(name).type))
    }
    keys = plan.items.map { $0.keys.map { column($0.field) } }
    time = column(fields.timestamp)
    tiebreaker = fields.tiebreaker.map(column)
  }

  /// What failed within conditions, such as a division by zero.
  public var notes: EvaluationNotes { evaluator.notes }

  /// Calls `take` with the row and the candidate of each event of a batch that takes part; its order is the row.
  public func forEachCandidate(_ batch: EventBatch, _ take: (Int, EQLCandidate) throws -> Void) rethrows {
    evaluator.begin(batch)
    defer { evaluator.end() }
    let matched = bound.map { evaluator.rows($0) }
    var any = Bitmap(count: batch.rowCount)
    for rows in matched where !rows.isEmpty { any.formUnion(rows.bitmap(rowCount: batch.rowCount)) }
    guard !any.isEmpty else { return }
    var known: [Int: CellColumn] = [:]
    func cell(_ column: (place: Int, reader: CellReader), _ row: Int) -> Cell {
      if let cells = known[column.place] { return cells[row] }
      let cells = column.reader.cells(batch.columns[column.place], rowCount: batch.rowCount)
      known[column.place] = cells
      return cells[row]
    }
    let isOfEvents = if case .events = plan.form { true } else { false }
    try any.forEach { row in
      let time = cell(self.time, row).values.first?.wholeValue
      if time == nil, case .sequence = plan.form {
        timeless += 1
        return
      }
      var items: [(item: Int, keys: [JoinKey])] = []
      for item in matched.indices where matched[item].contains(row) {
        let found = JoinKey.all(
          keys[item].map { cell($0, row) }, areOptional: plan.items[item].keys.map(\.isOptional))
        if !found.isEmpty { items.append((item, found)) }
      }
      guard isOfEvents || !items.isEmpty else { return }
      try take(
        row,
        EQLCandidate(
          time: time ?? .max, tiebreaker: tiebreaker.flatMap { cell($0, row).values.first }, order: row, items: items))
    }
  }
}
