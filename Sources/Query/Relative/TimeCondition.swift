import Events

/// What must be so of an execution's time for an event to satisfy a query that names times relative to it.
///
/// Conditions are plain: what does not depend on the time has been worked out, and `always` and `never` stand only alone.
public indirect enum TimeCondition: Hashable, Sendable {
  case always
  case never
  /// The execution is scheduled for the time or a later one.
  case notBefore(Timestamp)
  /// A test on a date, whose field has a format, holds for one of some times, in milliseconds since the epoch.
  case value(of: [Int64], ValueTest, DateFormat?)
  case all([TimeCondition])
  case any([TimeCondition])
  case not(TimeCondition)

  /// All of them.
  public static func every(_ parts: [TimeCondition]) -> TimeCondition {
    let open = parts.filter { $0 != .always }
    if open.contains(.never) { return .never }
    return open.count < 2 ? open.first ?? .always : .all(open)
  }

  /// At least one of them.
  public static func some(_ parts: [TimeCondition]) -> TimeCondition {
    let open = parts.filter { $0 != .never }
    if open.contains(.always) { return .always }
    return open.count < 2 ? open.first ?? .never : .any(open)
  }

  /// The opposite.
  public var opposite: TimeCondition {
    switch self {
    case .always: .never
    case .never: .always
    case .not(let inner): inner
    default: .not(self)
    }
  }

  /// Whether an execution at a time satisfies it.
  public func holds(at now: Timestamp) -> Bool {
    switch self {
    case .always: return true
    case .never: return false
    case .notBefore(let time): return now >= time
    case .value(let times, let test, let format):
      guard case .date(let range, _) = ValueMatcher(test, type: .date(format), now: now) else { return false }
      return times.contains(where: range.contains)
    case .all(let parts): return parts.allSatisfy { $0.holds(at: now) }
    case .any(let parts): return parts.contains { $0.holds(at: now) }
    case .not(let inner): return !inner.holds(at: now)
    }
  }
}
