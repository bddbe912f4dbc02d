import CloudTrail
import Events
import Foundation
import Rules

/// What the rules of a hunt come to once the schedule has been replayed.
public struct HuntResult: Sendable {
  /// What became of one rule.
  public struct RuleOutcome: Sendable {
    public let rule: Rule
    public let executions: Int
    public let alerts: Int
    /// Executions that hit the cap.
    public let cuts: [Replay.Cut]
    /// Alerts that no execution created because of the cap.
    public let lost: Int
  }

  public let outcomes: [RuleOutcome]
  /// How many alerts there are.
  public var alertCount: Int { planned.count }

  let planned: [PlannedAlert]
  let findings: HuntFindings
  let plan: HuntPlan

  struct PlannedAlert: Sendable {
    var rule: Int
    var tick: Timestamp
    var kept: KeptReference
    var terms: [NewTerm]
  }

  /// Replays the schedule of every rule of a plan over what was found.
  public init(_ plan: HuntPlan, _ findings: HuntFindings, replay: Replay?) {
    self.plan = plan
    self.findings = findings
    var outcomes: [RuleOutcome] = []
    var planned: [PlannedAlert] = []
    for (at, rule) in plan.rules.enumerated() {
      guard let replay, at < findings.rules.count else {
        outcomes.append(RuleOutcome(rule: rule.rule, executions: 0, alerts: 0, cuts: [], lost: 0))
        continue
      }
      let outcome = replay.run(
        findings.rules[at], rule.windows, maxSignals: rule.rule.schedule.maxSignals,
        overridden: rule.overrideColumn == nil ? nil : findings.overriddenTimes)
      outcomes.append(
        RuleOutcome(
          rule: rule.rule, executions: outcome.executions, alerts: outcome.alerts.count, cuts: outcome.cuts,
          lost: outcome.lost))
      for (tick, pending) in outcome.alerts {
        guard let kept = pending.sighting.kept else {
          preconditionFailure("an event that gives an alert is kept")
        }
        planned.append(
          PlannedAlert(rule: at, tick: tick, kept: kept, terms: pending.terms))
      }
    }
    // By execution, then by rule, then in the order of creation.
    self.outcomes = outcomes
    self.planned = planned.enumerated().sorted { left, right in
      (left.element.tick.milliseconds, left.element.rule, left.offset)
        < (right.element.tick.milliseconds, right.element.rule, right.offset)
    }.map(\.element)
  }

  /// Makes the alerts one by one, in the order in which their executions were scheduled.
  public func forEachAlert(_ body: (Alert) throws -> Void) throws {
    let builder = AlertBuilder(plan.context, catalog: plan.catalog)
    var documents: [Int: RuleDocument] = [:]
    for alert in planned {
      let rule = plan.rules[alert.rule].rule
      let document = documents[alert.rule] ?? RuleDocument(rule)
      documents[alert.rule] = document
      try findings.kept[Int(alert.kept.worker)].withRow(alert.kept.number) { row in
        try body(builder.alert(rule, document, row, tick: alert.tick, terms: alert.terms))
      }
    }
  }
}
