import Events
import JSON

/// What surrounds an alert: other alerts of the same principal, and what the principal did before.
struct AlertContext: Sendable {
  struct Related: Sendable {
    var id: String
    var rule: String
    var severity: String
    var time: Timestamp
    var action: String?
  }

  var principal: Principal
  var time: Timestamp
  /// The nearest in time first; at most `mostShown`.
  var related: [Related]
  var relatedCount: Int
  var activity: Activity

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
    var activity: [String: JSONValue] = [
      "from": .string(day.iso8601), "to": .string(time.iso8601), "events": .integer(Int64(self.activity.events)),
      "failures": .integer(Int64(self.activity.failures)),
    ]
    for (facet, values, others) in self.activity.counts {
      activity[facet.name] = .array(
        values.map { ["value": .string($0.value), "count": .integer(Int64($0.count))] })
      if others > 0 { activity[facet.name + "_others"] = .integer(Int64(others)) }
    }
    var members: [String: JSONValue] = [
      "principal": ["field": .string(principal.field), "value": .string(principal.value)],
      "alerts": .array(
        related.map { alert in
          var members: [String: JSONValue] = [
            "id": .string(alert.id), "rule": .string(alert.rule), "severity": .string(alert.severity),
            "time": .string(alert.time.iso8601),
          ]
          if let action = alert.action { members["action"] = .string(action) }
          return .object(members)
        }),
      "alert_query": .string(
        principal.query(
          from: Timestamp(milliseconds: time.milliseconds - around),
          until: Timestamp(milliseconds: time.milliseconds + around + 1), timeField: "kibana.alert.original_time")),
      "activity": .object(activity), "activity_query": .string(principal.query(from: day, until: time)),
    ]
    if relatedCount > related.count { members["alerts_others"] = .integer(Int64(relatedCount - related.count)) }
    return .object(members)
  }
}
