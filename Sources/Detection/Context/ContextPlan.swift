import Events

/// Whose activity has to be gathered, and of what time: the principals of a hunt's alerts, a day before each.
public struct ContextPlan: Sendable {
  /// How long before an alert's event activity counts.
  static let activityBefore: Int64 = 24 * 3_600_000
  /// How far apart related alerts lie at most.
  static let relatedWithin: Int64 = 48 * 3_600_000

  /// The principal of each alert, in the alerts' order; nil for an event that names nobody.
  let principals: [Principal?]
  /// The time of each alert's event.
  let times: [Int64]
  /// Who is looked for.
  let wanted: Set<Principal>
  /// The time that activity is looked for in.
  let span: ClosedRange<Int64>

  init(principals: [Principal?], times: [Int64]) {
    self.principals = principals
    self.times = times
    wanted = Set(principals.compactMap(\.self))
    let first = times.min() ?? 0
    span = (first - Self.activityBefore)...max(first, times.max() ?? 0)
  }

  /// True when there is nobody to look for.
  public var isEmpty: Bool { wanted.isEmpty }
}
