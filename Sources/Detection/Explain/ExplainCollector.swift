import CloudTrail

/// Looks for one event, and runs rules over all of them. One worker's own.
public final class ExplainCollector: RecordConsumer {
  public struct Found: Sendable {
    var findings: HuntFindings
    /// The events of the id that this worker met.
    var records: [FoundRecord]
  }

  private let hunt: HuntCollector
  private let finder: RecordFinder

  /// `id` is the event's `event.id`, the `_id` of its document, or an alert's `kibana.alert.uuid`.
  public init(_ plan: HuntPlan, id: String) {
    // Alerts that rules read are to say all that those of a hunt do.
    hunt = HuntCollector(plan, isForAlerts: !plan.rulesOverAlerts.isEmpty)
    finder = RecordFinder(id: id)
  }

  public var leanFields: [LeanField] { hunt.leanFields }

  public var problems: ProblemLog { hunt.problems }

  public func consume(_ batch: RecordBatch) throws {
    finder.consume(batch)
    try hunt.consume(batch)
  }

  public func finish() -> Found { Found(findings: hunt.finish(), records: finder.finish()) }
}
