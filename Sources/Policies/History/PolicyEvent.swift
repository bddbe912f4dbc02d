/// The event that a policy was set by.
public struct PolicyEvent: Hashable, Sendable {
  public let id: String
  /// Orders events: any count of any unit, the same for all, such as milliseconds since the Unix epoch.
  public let instant: Int64
  /// The time as it is to be shown, in ISO 8601.
  public let time: String

  public init(id: String, instant: Int64, time: String) {
    self.id = id
    self.instant = instant
    self.time = time
  }
}

extension PolicyEvent: Comparable {
  /// By time; within one instant by id, since nothing else tells which came first.
  public static func < (left: PolicyEvent, right: PolicyEvent) -> Bool {
    left.instant != right.instant ? left.instant < right.instant : left.id < right.id
  }
}
