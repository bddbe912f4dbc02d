import Events
import Rules

/// Which executions of a rule see an event. Executions lie on multiples of the interval since the Unix epoch; each is
/// named by its number, the scheduled time divided by the interval.
struct TickWindows: Sendable {
  let interval: Int64
  private let schedule: RuleSchedule
  private let historyStart: DateMath?
  /// Distances from the scheduled time, where they are the same for every execution.
  private let fixedFrom: Int64?
  private let fixedTo: Int64?
  private let fixedHistory: Int64?

  init(_ rule: Rule) {
    schedule = rule.schedule
    interval = rule.schedule.interval.milliseconds
    historyStart = rule.newTerms?.historyWindowStart
    fixedFrom = schedule.from.fixedOffset
    fixedTo = schedule.to.fixedOffset
    fixedHistory = historyStart?.fixedOffset
  }

  /// Two sightings of one thing that are no further apart than this: the later one is never the first that an execution
  /// sees in its window. Nil when that cannot be told for all executions alike.
  var alwaysOldWithin: Int64? {
    guard let fixedFrom, let fixedHistory else { return nil }
    return max(0, fixedFrom - fixedHistory)
  }

  func time(_ tick: Int64) -> Timestamp { Timestamp(milliseconds: tick &* interval) }

  /// The first tick at or after a time.
  func firstTick(atOrAfter time: Timestamp) -> Int64 { -Self.floorDivide(-time.milliseconds, interval) }

  /// The last tick at or before a time.
  func lastTick(atOrBefore time: Timestamp) -> Int64 { Self.floorDivide(time.milliseconds, interval) }

  /// The start of what the execution reads, inclusive.
  func from(_ tick: Int64) -> Int64 {
    if let fixedFrom { return tick &* interval &+ fixedFrom }
    return schedule.from.resolve(now: time(tick), roundingUp: false).milliseconds
  }

  /// The end of what the execution reads, inclusive.
  func to(_ tick: Int64) -> Int64 {
    if let fixedTo { return tick &* interval &+ fixedTo }
    return schedule.to.resolve(now: time(tick), roundingUp: true).milliseconds
  }

  /// The start of the history that the execution reads, inclusive.
  func history(_ tick: Int64) -> Int64 {
    if let fixedHistory { return tick &* interval &+ fixedHistory }
    return historyStart?.resolve(now: time(tick), roundingUp: false).milliseconds ?? .min
  }

  // Date math never runs backwards, so each bound is found by halving.

  /// The first tick of a range whose window has reached a time.
  func firstTick(reaching time: Int64, in ticks: ClosedRange<Int64>) -> Int64? {
    if let fixedTo { return Self.clamp(-Self.floorDivide(-(time - fixedTo), interval), ticks) }
    return Self.first(ticks) { to($0) >= time }
  }

  /// The last tick of a range whose window still holds a time.
  func lastTick(holding time: Int64, in ticks: ClosedRange<Int64>) -> Int64? {
    if let fixedFrom {
      let tick = Self.floorDivide(time - fixedFrom, interval)
      return tick < ticks.lowerBound ? nil : min(tick, ticks.upperBound)
    }
    guard let beyond = Self.first(ticks, { from($0) > time }) else { return ticks.upperBound }
    return beyond > ticks.lowerBound ? beyond - 1 : nil
  }

  /// The first tick of a range whose history no longer reaches back to a time.
  func firstTick(forgetting time: Int64, in ticks: ClosedRange<Int64>) -> Int64? {
    if let fixedHistory { return Self.clamp(Self.floorDivide(time - fixedHistory, interval) + 1, ticks) }
    return Self.first(ticks) { history($0) > time }
  }

  private static func clamp(_ tick: Int64, _ ticks: ClosedRange<Int64>) -> Int64? {
    tick > ticks.upperBound ? nil : max(tick, ticks.lowerBound)
  }

  private static func first(_ ticks: ClosedRange<Int64>, _ holds: (Int64) -> Bool) -> Int64? {
    var low = ticks.lowerBound
    var high = ticks.upperBound &+ 1
    while low < high {
      let middle = low + (high - low) / 2
      if holds(middle) { high = middle } else { low = middle + 1 }
    }
    return low > ticks.upperBound ? nil : low
  }

  static func floorDivide(_ value: Int64, _ divisor: Int64) -> Int64 {
    let quotient = value / divisor
    return value % divisor < 0 ? quotient - 1 : quotient
  }
}
