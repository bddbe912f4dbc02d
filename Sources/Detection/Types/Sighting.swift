import CloudTrail
import Events

/// An event that a rule's query matched, as far as the replay of the schedule needs it. Ordered by time, then by id.
struct Sighting: Comparable, Sendable {
  /// Milliseconds since the epoch, by the rule's own timestamp field.
  var time: Int64
  var id: EventID
  /// The kept record, when the event may be the one that an alert is built on.
  var kept: KeptReference?
  /// Which executions see the event at all, a number of `ExecutionConditions`.
  var condition = ExecutionConditions.always
  /// True where the rule has a timestamp field of its own and the event lacks it.
  var lacksOverride = false
  /// The event's `@timestamp` where the rule has a field of its own, else 0.
  var timestamp: Int64 = 0

  static func < (left: Sighting, right: Sighting) -> Bool {
    (left.time, left.id) < (right.time, right.id)
  }

  /// The order in which query rules take events: by the rule's own timestamp field, those that lack it last, and then by
  /// `@timestamp`.
  func isTaken(before other: Sighting) -> Bool {
    if lacksOverride != other.lacksOverride { return other.lacksOverride }
    if !lacksOverride, time != other.time { return time < other.time }
    return timestamp != other.timestamp ? timestamp < other.timestamp : self < other
  }

  static func == (left: Sighting, right: Sighting) -> Bool {
    left.time == right.time && left.id == right.id
  }
}
