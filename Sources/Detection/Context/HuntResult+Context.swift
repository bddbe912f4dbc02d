import CloudTrail
import Events
import JSON
import Parallel

extension HuntResult {
  /// Who made the calls behind the alerts, and when: what `ContextCollector` looks for in a further reading of the input.
  public func contextPlan() throws -> ContextPlan {
    let found = try planned.concurrentSlices(of: 16) { try principals(of: $0) }
    return ContextPlan(principals: found.map(\.principal), times: found.map(\.time.milliseconds))
  }

  /// Gives the alerts their context, from what the further reading came to.
  public mutating func add(_ plan: ContextPlan, _ parts: [ActivityLog]) throws {
    var log = ActivityLog()
    for part in parts { log.merge(part) }
    var related: [AlertContext.Related] = []
    try forEachAlert { alert in
      related.append(
        AlertContext.Related(
          id: alert.id, rule: alert.ruleName, severity: alert.severity.rawValue, time: alert.eventTime,
          action: alert.action))
    }
    contexts = ContextBuilder(plan: plan, log: log, alerts: related).contexts()
  }

  private func principals(of planned: ArraySlice<PlannedAlert>) throws -> [(principal: Principal?, time: Timestamp)] {
    let writer = EventJSON(self.plan.context)
    return try planned.map { alert in
      try findings.kept[Int(alert.kept.worker)].withRow(alert.kept.number) { row in
        writer.withEvent(row) { (Principal(EventFields($0)), row.time) }
      }
    }
  }
}
