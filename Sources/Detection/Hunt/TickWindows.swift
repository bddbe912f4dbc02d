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
  /// How far a bound may run backwards from one execution to a later one: nothing but where months are counted, whose
  /// lengths differ by up to three days.
  let slack: Int64
  /// 1 for a rule that looks for what is new: what was seen at the very start of the window was seen before. Else 0.
  private let novelty: Int64

  /// What executions of the rule see only at some times.
  let conditions: ExecutionConditions

  init(_ rule: Rule, _ conditions: ExecutionConditions = ExecutionConditions()) {
    self.conditions = conditions
    schedule = rule.schedule
    interval = rule.schedule.interval.milliseconds
    historyStart = rule.newTerms?.historyWindowStart
    fixedFrom = schedule.from.fixedOffset
    let end = schedule.to.fixedOffset
    fixedTo = end
    fixedHistory = end.flatMap { end in rule.newTerms?.historyWindowStart.fixedOffset.map { end + $0 } }
    novelty = historyStart == nil ? 0 : 1
    let bounds = [schedule.from, schedule.to] + (historyStart.map { [$0] } ?? [])
    slack = bounds.allSatisfy(\.neverRunsBackwards) ? 0 : 62 * 86_400_000
  }

  /// Two sightings of one thing that are no further apart than this: the later one is never the first that an execution
  /// sees in its window. Nil when that cannot be told for all executions alike.
  var alwaysOldWithin: Int64? {
    guard let fixedFrom, let fixedHistory else { return nil }
    return max(0, fixedFrom + novelty - fixedHistory)
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
    return schedule.to.resolve(now: time(tick), roundingUp: false).milliseconds
  }

  /// The start of the history that the execution reads, inclusive; it counts from the end of the window.
  func history(_ tick: Int64) -> Int64 {
    if let fixedHistory { return tick &* interval &+ fixedHistory }
    return historyStart?.resolve(now: Timestamp(milliseconds: to(tick)), roundingUp: false).milliseconds ?? .min
  }

  /// Whether the execution at a tick sees what is under a condition.
  func sees(_ condition: UInt32, _ tick: Int64) -> Bool { conditions.holds(condition, at: time(tick)) }

  /// The runs of those ticks of some runs that pass a test.
  func runs(of runs: [ClosedRange<Int64>], _ passes: (Int64) -> Bool) -> [ClosedRange<Int64>] {
    var kept: [ClosedRange<Int64>] = []
    for tick in runs.joined() where passes(tick) {
      if let run = kept.last, run.upperBound == tick - 1 {
        kept[kept.count - 1] = run.lowerBound...tick
      } else {
        kept.append(tick...tick)
      }
    }
    return kept
  }

  /// The runs of ticks of a range that find an event of a time in their window, not at its very start when they look for
  /// what is new, and whose history does not reach back to an earlier one.
  func ticks(
    holding time: Int64, forgetting before: Int64?, in ticks: ClosedRange<Int64>
  ) -> [ClosedRange<Int64>] {
    guard var first = firstTick(reaching: time, in: ticks), let last = lastTick(holding: time - novelty, in: ticks)
    else {
      return []
    }
    if slack == 0 {
      if let before {
        guard let forgetting = firstTick(forgetting: before, in: ticks) else { return [] }
        first = max(first, forgetting)
      }
      return first <= last ? [first...last] : []
    }
    // Where bounds may run backwards each execution is asked; a window holds few of them.
    guard first <= last else { return [] }
    return runs(of: [first...last]) { tick in
      from(tick) <= time - novelty && to(tick) >= time && before.map { history(tick) > $0 } ?? true
    }
  }

  // Bounds never run backwards by more than `slack`, so each is found by halving, then step by step.

  /// The first tick of a range whose window has reached a time.
  func firstTick(reaching time: Int64, in ticks: ClosedRange<Int64>) -> Int64? {
    if let fixedTo { return Self.clamp(-Self.floorDivide(-(time - fixedTo), interval), ticks) }
    guard var tick = Self.first(ticks, { to($0) >= time - slack }) else { return nil }
    while to(tick) < time {
      guard tick < ticks.upperBound else { return nil }
      tick += 1
    }
    return tick
  }

  /// The last tick of a range whose window still holds a time.
  func lastTick(holding time: Int64, in ticks: ClosedRange<Int64>) -> Int64? {
    if let fixedFrom {
      let tick = Self.floorDivide(time - fixedFrom, interval)
      return tick < ticks.lowerBound ? nil : min(tick, ticks.upperBound)
    }
    var tick = Self.first(ticks, { from($0) > time + slack }).map { $0 - 1 } ?? ticks.upperBound
    while tick >= ticks.lowerBound, from(tick) > time { tick -= 1 }
    return tick >= ticks.lowerBound ? tick : nil
  }

  /// The first tick of a range whose history no longer reaches back to a time, where bounds never run backwards.
  private func firstTick(forgetting time: Int64, in ticks: ClosedRange<Int64>) -> Int64? {
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
