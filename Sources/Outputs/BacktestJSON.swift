import Detection
import Events
import JSON

/// A back-test as JSON for a program.
public enum BacktestJSON {
  public static func value(
    _ run: BacktestRun, against other: BacktestRun?, span: ClosedRange<Timestamp>, events: Int
  ) -> JSONValue {
    var members: [String: JSONValue] = [
      "events": .integer(Int64(events)), "from": .string(span.lowerBound.iso8601),
      "to": .string(span.upperBound.iso8601), "rule": version(run, span),
    ]
    if let other {
      let (appearing, disappearing) = run.compared(with: other)
      members["against"] = version(other, span)
      members["appearing"] = .array(appearing.map(alert))
      members["disappearing"] = .array(disappearing.map(alert))
    }
    return .object(members)
  }

  private static func version(_ run: BacktestRun, _ span: ClosedRange<Timestamp>) -> JSONValue {
    var loudest: [String: JSONValue] = [
      "who": counts(run.loudest(\.actor)), "what": counts(run.loudest(\.action)), "from": counts(run.loudest(\.origin)),
    ]
    for (at, field) in (run.rule.newTerms?.fields ?? []).enumerated() {
      loudest[field] = counts(run.loudest { $0.terms.indices.contains(at) ? $0.terms[at].text : nil })
    }
    var members: [String: JSONValue] = [
      "name": .string(run.rule.name), "rule_id": .string(run.rule.ruleID),
      "version": .integer(Int64(run.rule.version)), "executions": .integer(Int64(run.executions)),
      "alerts": .integer(Int64(run.alerts.count)), "lost_to_max_signals": .integer(Int64(run.lost)),
      "alerts_per_day": .array(
        run.alertsPerDay(span).map {
          ["day": .string(String($0.day.iso8601.prefix(10))), "alerts": .integer(Int64($0.count))]
        }),
      "loudest": .object(loudest),
      "cost": [
        "mapped": .integer(Int64(run.work.mapped)), "matched": .integer(Int64(run.work.matched)),
        "processor_seconds": .double(run.time.seconds),
      ],
    ]
    if let account = run.alertSupply { members["alerts_read"] = account.json }
    return .object(members)
  }

  private static func counts(_ values: [BacktestRun.Loud]) -> JSONValue {
    .array(values.map { ["value": .string($0.value), "count": .integer(Int64($0.count))] })
  }

  private static func alert(_ alert: BacktestRun.AlertLine) -> JSONValue {
    var members: [String: JSONValue] = ["id": .string(alert.id), "time": .string(alert.time.iso8601)]
    if let actor = alert.actor { members["who"] = .string(actor) }
    if let action = alert.action { members["what"] = .string(action) }
    if let origin = alert.origin { members["from"] = .string(origin) }
    return .object(members)
  }
}
