import CloudTrail
import Events

extension Explanation.Subject {
  /// What the event of a row is.
  ///
  /// - Parameters:
  ///   - records: all that have the id, that of the row first.
  ///   - value: gives the first value of a field.
  init(
    _ row: RecordRow, _ records: [FoundRecord], ruleTime: Timestamp?, dataStream: String, deliveries: Int,
    _ value: (String) -> String?
  ) {
    // The `event.id` of an alert is that of the event that it stands on.
    id = (row.isAlert ? value("kibana.alert.uuid") : value(EventField.eventID.path)) ?? row.id.text
    time = row.ownTime
    self.ruleTime = ruleTime
    self.dataStream = dataStream
    self.deliveries = row.kind == .cloudTrail && deliveries > 0 ? deliveries : nil
    others = records.dropFirst().count { row.isAlert || !$0.isAlert }
    raisedBy = row.isAlert ? value("kibana.alert.rule.name") : nil
    tell(value)
  }

  /// Takes over what was called, by whom, and how it ended; `value` gives the first value of a field.
  private mutating func tell(_ value: (String) -> String?) {
    action = value("event.action")
    actor = Principal.fields.lazy.compactMap(value).first
    let ending = CallEnding(value)
    outcome = ending.outcome
    errorCode = ending.errorCode
  }
}
