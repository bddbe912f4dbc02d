import Events

/// When a rule runs, and how far back each execution looks.
public struct RuleSchedule: Hashable, Sendable {
  /// The time from one execution to the next.
  public var interval: Interval
  /// The start of what an execution reads, inclusive.
  public var from: DateMath
  /// The end of what an execution reads, inclusive.
  public var to: DateMath
  /// The most alerts that one execution creates.
  public var maxSignals: Int

  /// `now-6m`, the start where a rule names none.
  public static let defaultFrom = try? DateMath("now-6m")
  /// The most alerts of one execution where a rule names no number.
  public static let defaultMaxSignals = 100

  /// Every five minutes over the last six, at most a hundred alerts, unless said otherwise.
  public init(
    interval: Interval = .fiveMinutes, from: DateMath? = nil, to: DateMath = .now,
    maxSignals: Int = Self.defaultMaxSignals
  ) {
    self.interval = interval
    self.from = from ?? Self.defaultFrom ?? .now
    self.to = to
    self.maxSignals = maxSignals
  }

  /// What an execution at `now` reads: both ends inclusive; the end lies before the start when the rule says so. Both are
  /// rounded down.
  public func window(at now: Timestamp) -> (from: Timestamp, to: Timestamp) {
    (from.resolve(now: now, roundingUp: false), to.resolve(now: now, roundingUp: false))
  }
}
