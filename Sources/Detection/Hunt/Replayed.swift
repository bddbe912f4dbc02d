import CloudTrail
import Events
import Query
import Rules

/// What became of one rule whose schedule was replayed.
struct Replayed: Sendable {
  let outcome: HuntResult.RuleOutcome
  /// Why the rule has no executions, where Elasticsearch would not run it.
  private(set) var refused: UnrunnableRule?
  private(set) var planned: [HuntResult.PlannedAlert] = []
  private(set) var grown: [GrownAlert] = []
  /// Why an event could not be read by whose values alerts are folded.
  private(set) var unreadable: (any Error)?

  /// Replays the schedule of the rule at a place of a plan; nothing runs where there is no replay.
  ///
  /// - Parameters:
  ///   - reader: reads the events by whose values alerts are folded.
  ///   - metadata: reads of a kept event what no column has.
  init(
    _ plan: HuntPlan, _ findings: HuntFindings, at place: Int, replay: Replay?, _ view: IngestionView,
    _ reader: FindingReader, _ metadata: @escaping (KeptReference, String) -> Cell
  ) {
    let rule = plan.rules[place]
    if let refusal = RuleQuery.refusal(rule.rule, plan.catalog, findings.kinds[place] ?? [:]) {
      refused = UnrunnableRule(rule: rule.rule, refusal)
      outcome = HuntResult.RuleOutcome(rule: rule.rule, executions: 0, alerts: 0, cuts: [], lost: 0)
      return
    }
    guard var replay, place < findings.rules.count else {
      outcome = HuntResult.RuleOutcome(rule: rule.rule, executions: 0, alerts: 0, cuts: [], lost: 0)
      return
    }
    if let first = replay.firstTicks[rule.rule.ruleID] {
      replay.earliestTick = max(first, replay.earliestTick ?? first)
    }
    let ran = replay.run(
      findings.rules[place], rule, overridden: findings.overriddenTimes, reader, metadata: metadata)
    grown = Array(ran.grown.values)
    var outcome = HuntResult.RuleOutcome(
      rule: rule.rule, executions: ran.executions, alerts: ran.found.count, cuts: ran.cuts, lost: ran.lost,
      cap: replay.maxSignals(rule.rule),
      matched: plan.countedTimes[rule.rule.ruleID] == nil ? nil : findings.counts[place],
      cutEvents: findings.rules[place].cutEvents, warnings: ran.warnings,
      failures: ran.failures)
    outcome.faults = (findings.faults[place] ?? []).sorted()
    self.outcome = outcome
    for (finding, evidence) in zip(ran.found, findings.rules[place].evidence(ran.found, rule)) {
      var evidence = evidence
      evidence.inputFrom = findings.starts?[place]
      if view == .stored, rule.goesByIngestion { evidence.field = EventField.eventIngested.path }
      planned.append(
        HuntResult.PlannedAlert(rule: place, finding: finding, kept: finding.sighting.kept, evidence: evidence))
    }
    unreadable = reader.failure
  }
}
