import CloudTrail
import Events

/// What explanations go by: the events that have the id that is asked about, and what the rules of a plan found in the input and in
/// alerts. Made once for all rules of the plan.
public struct ExplainFindings: Sendable {
  /// Of the input and of alerts, the one that is meant first.
  let records: [FoundRecord]
  let result: HuntResult
  /// As the result was made with; nil where there was nothing to run over.
  let replay: Replay?

  var findings: HuntFindings { result.findings }

  /// - Parameters:
  ///   - parts: what workers found, of a plan that keeps all that it matches.
  ///   - id: the id that the workers looked for.
  ///   - replay: nil where no event has a time.
  ///   - known: alerts of others than the plan's rules, for those of these that read alerts.
  public init(
    _ plan: HuntPlan, _ parts: [ExplainCollector.Found], id: String, replay: Replay?, known: [KnownAlert] = []
  ) throws {
    let findings = HuntFindings(merging: parts.map(\.findings))
    let replay = replay ?? findings.overriddenSpan.map { Replay(events: $0) }
    let base = HuntResult(plan, findings, replay: replay)
    var records = parts.flatMap(\.records)
    if known.isEmpty, plan.rulesOverAlerts.isEmpty {
      result = base
      self.replay = replay
    } else {
      let read = try base.readingAlerts(replay, known: known)
      result = read.result
      self.replay = read.replay
      records += try RecordFinder.records(of: id, in: read.pool.sorted, isAlone: records.isEmpty)
    }
    self.records = records.sorted(by: FoundRecord.precedes)
  }

  /// Alerts that rules over alerts did not read, there being too many.
  public var alertsLeft: Int { result.alertsLeft }
  /// False where rules over alerts would go on making alerts of one another's.
  public var areAlertsSettled: Bool { result.areAlertsSettled }
  /// Alerts that rules over alerts match and that found no room among what is remembered.
  public var alertProblems: ProblemLog { result.alertProblems }
}
