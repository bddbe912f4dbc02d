import CloudTrail
import Events

/// Whose activity has to be gathered, and of what time: the principals of a hunt's alerts, a day before each and a day
/// after.
public struct ContextPlan: Sendable {
  /// How long before an alert's event activity counts, and how long after it.
  static let activityBefore: Int64 = 24 * 3_600_000
  static let activityAfter: Int64 = 24 * 3_600_000
  /// How far apart related alerts lie at most.
  static let relatedWithin: Int64 = 48 * 3_600_000

  /// The principal of each alert, in the alerts' order; nil for an event that names nobody.
  let principals: [Principal?]
  /// The time of each alert's event, and its identity.
  let times: [Int64]
  let ids: [EventID]
  /// Where the input begins and ends: of earlier and of later nothing is known.
  let inputStart: Int64?
  let inputEnd: Int64?
  /// Who is looked for.
  let wanted: Set<Principal>
  /// What all workers together may remember.
  let memory = MemoryBudget()
  /// The time that activity is looked for in.
  let span: ClosedRange<Int64>

  init(
    principals: [Principal?], times: [Int64], ids: [EventID], inputStart: Int64? = nil,
    inputEnd: Int64? = nil
  ) {
    self.principals = principals
    self.times = times
    self.ids = ids
    self.inputStart = inputStart
    self.inputEnd = inputEnd
    wanted = Set(principals.compactMap(\.self))
    let first = times.min() ?? 0
    span = (first - Self.activityBefore)...(max(first, times.max() ?? 0) + Self.activityAfter)
  }

  /// True when there is nobody to look for.
  public var isEmpty: Bool { wanted.isEmpty }
}
