import Events

/// Finds the candidates of an EQL query in batches. One worker's own.
public final class EQLCollector {
  /// The set whose plan batches must have been built with.
  public let queries: QuerySet
  private let binding: EQLBinding
  private let evaluator: QueryEvaluator
  private let reader: EQLReader
  /// Events that matched an item and lack a time, so that they take part in no sequence.
  public private(set) var timeless = 0

  public typealias Fields = EQLBinding.Fields

  public var plan: EQLPlan { binding.plan }

  /// A set of the plan's queries; workers share it.
  public static func queries(
    _ plan: EQLPlan, _ fields: Fields, catalog: FieldCatalog, now: Timestamp?
  ) -> (set: QuerySet, bound: EQLBinding) {
    var set = QuerySet(catalog: catalog, now: now)
    let bound = EQLBinding(plan, fields, catalog: catalog, to: &set)
    return (set, bound)
  }

  public init(_ queries: (set: QuerySet, bound: EQLBinding)) {
    self.queries = queries.set
    binding = queries.bound
    evaluator = QueryEvaluator(queries.set)
    reader = EQLReader(queries.bound)
  }

  /// What failed within conditions, such as a division by zero.
  public var notes: EvaluationNotes { evaluator.notes }

  /// Calls `take` with the row and the candidate of each event of a batch that takes part; its order is the row.
  public func forEachCandidate(_ batch: EventBatch, _ take: (Int, EQLCandidate) throws -> Void) rethrows {
    evaluator.begin(batch)
    reader.begin(batch, evaluator)
    defer {
      reader.end()
      evaluator.end()
    }
    var any = Bitmap(count: batch.rowCount)
    for rows in reader.matched where !rows.isEmpty { any.formUnion(rows.bitmap(rowCount: batch.rowCount)) }
    guard !any.isEmpty else { return }
    let needsTime = if case .sequence = plan.form { true } else { false }
    try any.forEach { row in
      if needsTime, reader.time(row) == nil {
        timeless += 1
        return
      }
      if let candidate = reader.candidate(row) { try take(row, candidate) }
    }
  }
}
