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

  /// Adds the events of a batch that take part to candidates, in the order of their rows.
  ///
  /// - Parameters:
  ///   - rows: those that are meant; all unless given.
  ///   - order: asked of each row that takes part, with the bytes that all candidates take by now: its place in the input, nil where
  ///     it is to be left out.
  public func collect(
    _ batch: EventBatch, into candidates: inout EQLCandidates, among rows: Bitmap? = nil,
    order: (Int, _ bytes: Int) throws -> Int?
  ) rethrows {
    evaluator.begin(batch)
    reader.begin(batch, evaluator, among: rows)
    defer {
      reader.end()
      evaluator.end()
    }
    guard !reader.taken.isEmpty else { return }
    let needsTime = if case .sequence = plan.form { true } else { false }
    try reader.taken.forEach { row in
      if needsTime, reader.time(row) == nil {
        timeless += 1
        return
      }
      try reader.add(row, to: &candidates, order: order)
    }
  }
}
