import CloudTrail
import Events
import JSON
import Parallel

extension HuntResult {
  /// Who made the calls behind the alerts, and when: what `ContextCollector` looks for in a further reading of the input.
  ///
  /// `inputStart` and `inputEnd` are the times of the first and the last event of the input: of earlier and of later nothing
  /// is known.
  public func contextPlan(inputStart: Timestamp? = nil, inputEnd: Timestamp? = nil) throws -> ContextPlan {
    let found = try planned.concurrentSlices(of: 16) { try callers(of: $0) }
    return ContextPlan(
      principals: found.map(\.principal), times: found.map(\.time), ids: found.map(\.id),
      inputStart: inputStart?.milliseconds, inputEnd: inputEnd?.milliseconds)
  }

  private struct Caller: Sendable {
    var principal: Principal?
    var time: Int64
    var id: EventID
  }

  /// Gives the alerts their context, from what the further reading came to.
  public mutating func add(_ plan: ContextPlan, _ parts: [ContextFindings]) throws {
    var found = ContextFindings()
    for part in parts { found.merge(part) }
    var related: [AlertContext.Related] = []
    try forEachAlert { alert in
      related.append(
        AlertContext.Related(
          id: alert.id, rule: alert.ruleName, severity: alert.severity.rawValue, time: alert.eventTime,
          action: alert.action, outcome: alert.outcome, errorCode: alert.errorCode))
    }
    contexts = ContextBuilder(plan: plan, log: found.activity, alerts: related).contexts()
    activityLeft = found.activity.left
  }

  private func callers(of planned: ArraySlice<PlannedAlert>) throws -> [Caller] {
    let writer = EventJSON(self.plan.context)
    return try planned.map { alert in
      guard let kept = alert.kept else {
        return Caller(principal: nil, time: alert.sighting.time, id: alert.sighting.id)
      }
      return try findings.withRow(kept) { row in
        try writer.withEvent(row) { event in
          let fields = EventFields(event)
          return Caller(
            principal: Principal(fields), time: row.ownTime?.milliseconds ?? alert.sighting.time, id: row.id)
        }
      }
    }
  }
}
