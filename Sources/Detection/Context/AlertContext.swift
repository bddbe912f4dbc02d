import Events
import JSON

/// What surrounds an alert: other alerts of the same principal, and what the principal did before and afterwards.
struct AlertContext: Sendable {
  struct Related: Sendable {
    var id: String
    var rule: String
    var severity: String
    var time: Timestamp
    var action: String?
    var outcome: String?
    var errorCode: String?
  }

  var principal: Principal
  var time: Timestamp
  /// The nearest in time first; at most `mostShown`.
  var related: [Related]
  var relatedCount: Int
  var activity: Activity
  /// What came after the event; nil where the input ends with it.
  var activityAfter: Activity?
  /// Until when that is known: a day, or to the end of the input.
  var afterEnd: Timestamp
  /// Since when the time before was looked at.
  var beforeStart: Timestamp

  struct Activity: Sendable {
    var events = 0
    var failures = 0
    /// The most frequent values of each facet, and how many others there are.
    var counts: [(facet: ActivityFacet, values: [(value: String, count: Int)], others: Int)] = []
  }

  /// How many values of a facet, and how many related alerts are named.
  static let mostShown = 20

  var json: JSONValue {
    let day = Timestamp(milliseconds: time.milliseconds - ContextPlan.activityBefore)
    let around = ContextPlan.relatedWithin
    var members: [String: JSONValue] = [
      "principal": ["field": .string(principal.field), "value": .string(principal.value)],
      "alerts": .array(
        related.map { alert in
          var members: [String: JSONValue] = [
            "id": .string(alert.id), "rule": .string(alert.rule), "severity": .string(alert.severity),
            "time": .string(alert.time.iso8601),
          ]
          if let action = alert.action { members["action"] = .string(action) }
          if let outcome = alert.outcome { members["outcome"] = .string(outcome) }
          if let code = alert.errorCode { members["error_code"] = .string(code) }
          return .object(members)
        }),
      "alert_query": .string(
        principal.query(
          from: Timestamp(milliseconds: time.milliseconds - around),
          until: Timestamp(milliseconds: time.milliseconds + around + 1), timeField: "kibana.alert.original_time")),
      "activity": activity.json(from: beforeStart, to: time),
      "activity_query": .string(principal.query(from: day, until: time)),
    ]
    if let activityAfter {
      members["activity_after"] = activityAfter.json(from: time, to: afterEnd)
      members["activity_after_query"] = .string(
        principal.query(from: time, until: Timestamp(milliseconds: afterEnd.milliseconds + 1)))
    }
    if relatedCount > related.count { members["alerts_others"] = .integer(Int64(relatedCount - related.count)) }
    return .object(members)
  }
}

extension AlertContext.Activity {
  fileprivate func json(from: Timestamp, to: Timestamp) -> JSONValue {
    var members: [String: JSONValue] = [
      "from": .string(from.iso8601), "to": .string(to.iso8601), "events": .integer(Int64(events)),
      "failures": .integer(Int64(failures)),
    ]
    for (facet, values, others) in counts {
      members[facet.name] = .array(values.map { ["value": .string($0.value), "count": .integer(Int64($0.count))] })
      if others > 0 { members[facet.name + "_others"] = .integer(Int64(others)) }
    }
    return .object(members)
  }
}
