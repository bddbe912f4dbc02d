/// What a further reading of the input gives for the context of alerts.
public struct ContextFindings: Sendable {
  var activity = ActivityLog()

  /// Takes over what another worker has met.
  mutating func merge(_ other: ContextFindings) {
    activity.merge(other.activity)
  }
}
