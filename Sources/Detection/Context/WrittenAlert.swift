import CloudTrail
import Events
import JSON
import Query

/// What context needs of an alert that was written before.
public struct WrittenAlert: Sendable {
  let related: AlertContext.Related
  /// Nil where its event names nobody.
  public let principal: Principal?
  let eventID: EventID

  /// - Parameters:
  ///   - time: the time of its event.
  ///   - first: the first value that the alert has of a field.
  public init(id: String, rule: String, severity: String, time: Timestamp, first: (String) -> String?) {
    related = AlertContext.Related(
      id: id, rule: rule, severity: severity, time: time, action: first("event.action"),
      outcome: first("event.outcome"), errorCode: first("aws.cloudtrail.error_code"))
    principal = Principal(first)
    eventID = EventID(named: first("event.id") ?? "")
  }

  /// True where two alerts are of one principal, and near enough in time to be told of each other.
  public func isNear(_ other: WrittenAlert) -> Bool {
    principal != nil && principal == other.principal
      && abs(related.time.milliseconds.subtractingReportingOverflow(other.related.time.milliseconds).partialValue)
        <= ContextPlan.relatedWithin
  }
}

extension ContextPlan {
  /// What has to be read for the context of alerts that were written before.
  ///
  /// `inputStart` and `inputEnd` are the times of the first and the last event there is: of earlier and of later nothing is
  /// known.
  public init(_ alerts: [WrittenAlert], inputStart: Timestamp?, inputEnd: Timestamp?) {
    self.init(
      principals: alerts.map(\.principal), times: alerts.map(\.related.time.milliseconds), ids: alerts.map(\.eventID),
      inputStart: inputStart?.milliseconds, inputEnd: inputEnd?.milliseconds)
  }

  /// The times of the events that count.
  public var window: ClosedRange<Timestamp> {
    Timestamp(milliseconds: span.lowerBound)...Timestamp(milliseconds: span.upperBound)
  }

  /// True of all events that count, and of some others.
  public var question: Predicate {
    .or(
      wanted.sorted { ($0.field, $0.value) < ($1.field, $1.value) }.map { .test(.named($0.field), .phrase($0.value)) }
    ).simplified()
  }

  /// `martlet.context` of each of the alerts that the plan was made of, from what a reading came to; nil where the event
  /// names nobody. Also how many events were not remembered for want of memory.
  public func contexts(of alerts: [WrittenAlert], _ parts: [ContextFindings]) -> (contexts: [JSONValue?], left: Int) {
    var found = ContextFindings()
    for part in parts { found.merge(part) }
    let contexts = ContextBuilder(plan: self, log: found.activity, alerts: alerts.map(\.related)).contexts()
    return (contexts.map { $0?.json }, found.activity.left)
  }
}
