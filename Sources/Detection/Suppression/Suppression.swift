import Events
import JSON
import Rules

/// How a rule folds alike alerts into one, as its executions are replayed.
///
/// The steps are those of Kibana's detection engine: `groupAndBulkCreate` for rules of type `query`, and
/// `bulkCreateSuppressedAlertsInMemory` for all others.
struct Suppression {
  let ruleID: String
  /// The fields whose equal values make alerts alike, with their types.
  let fields: [String]
  let types: [FieldType]
  /// Milliseconds after an alert was made in which it takes in others; nil where only those of the same execution are folded.
  let duration: Int64?
  /// True where what lacks one of the fields gives an alert of its own.
  let setsMissingApart: Bool
  /// Alerts that are there: those of earlier executions take in more, and of those that are made anew it is known when they were closed.
  let kept: [SuppressedAlert]
  /// The values of each field in an event.
  let values: (Sighting) -> [[NewTerm]]

  /// Up to when executions before a time counted events for alerts that are there, what these grew by among them; by what makes
  /// alerts alike.
  func ends(before first: Timestamp) -> [String: Timestamp] {
    var ends: [String: Timestamp] = [:]
    for alert in kept where alert.tick < first {
      guard let instance = alert.instance else { continue }
      let end = alert.end(before: first)
      ends[instance] = max(ends[instance] ?? end, end)
    }
    return ends
  }

  /// The alerts that executions before a time made.
  func alerts(before first: Timestamp) -> EarlierAlerts {
    var alerts = EarlierAlerts()
    for alert in kept where alert.tick < first { alerts.add(alert.basis) }
    return alerts
  }

  /// The terms of an alert on one event.
  func terms(of sighting: Sighting) -> SuppressionTerms {
    SuppressionTerms(fields: fields, values: values(sighting).map { .init(all: $0) })
  }

  /// The terms of an alert on several events: of each field the values that all of them have.
  func terms(common events: [Sighting]) -> SuppressionTerms {
    var common = events.first.map(values) ?? fields.map { _ in [] }
    for event in events.dropFirst() {
      for (place, other) in values(event).enumerated() { common[place] = common[place].filter(other.contains) }
    }
    return SuppressionTerms(fields: fields, values: common.map { .init(column: $0) })
  }

  /// What may be folded of a sequence or a sample, or of a single event of a query with pipes; nil where it is to stand apart.
  ///
  /// The time of a sequence is that of the alert.
  func candidate(_ finding: Finding) -> SuppressionState.Candidate? {
    let terms = terms(common: finding.events)
    guard terms.isWhole || !setsMissingApart else { return nil }
    var time = finding.sighting.time
    if case .sequence = finding.basis { time = finding.tick.milliseconds }
    return SuppressionState.Candidate(terms: terms, start: time, end: time, finding: finding)
  }
}

/// What an alert stands for beside itself.
struct FoundSuppression: Sendable {
  var terms: SuppressionTerms
  var instance: String
  /// The times of the first and the last event, and how many more alerts there would have been, in the execution that made it.
  var start: Timestamp
  var end: Timestamp
  var count: Int
  /// What later executions added.
  var growth: [SuppressedAlert.Growth] = []
  /// The events whose alerts were folded into this one, of which it is not made.
  var events: [Sighting] = []

  /// What an alert says of it.
  func members(madeAt tick: Timestamp) -> [String: JSONValue] {
    SuppressedAlert.members(count: count, end: end, tick: tick, growth).merging(
      [
        "kibana.alert.suppression.terms": terms.json,
        "kibana.alert.suppression.start": .string(start.iso8601),
        "kibana.alert.instance.id": .string(instance),
      ]) { mine, _ in mine }
  }
}

/// An alert of an earlier run that executions of this one have folded more into.
public struct GrownAlert: Sendable {
  public var alert: SuppressedAlert
  public var growth: [SuppressedAlert.Growth] = []
  var events: [Sighting] = []
}
