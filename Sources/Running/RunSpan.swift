import Events
import Rules

/// The times between which executions are run, by rule those since when they are due.
public struct RunSpan: Sendable {
  public var first: Timestamp
  public var last: Timestamp
  /// Where a rule begins another time than the others, by rule id.
  public var since: [String: Timestamp] = [:]
  /// What was due so long ago that it is not run, by rule id.
  public var skipped: [String: ClosedRange<Timestamp>] = [:]
  /// What fell due while a rule was switched off and is not run, by rule id.
  public var off: [String: ClosedRange<Timestamp>] = [:]
  /// True for what is due, false for a span that somebody asks for.
  public var isDue = false

  public init(first: Timestamp, last: Timestamp) {
    self.first = first
    self.last = last
  }

  /// When a rule's executions begin.
  public func begin(_ ruleID: String) -> Timestamp { max(first, since[ruleID] ?? first) }

  /// Whether an execution of a rule at a time is to be run.
  func holds(_ ruleID: String, _ tick: Timestamp) -> Bool { tick >= begin(ruleID) && tick <= last }

  /// How many executions of a rule are run.
  public func executions(of rule: Rule) -> Int { Self.executions(rule, begin(rule.ruleID), last) }

  /// Executions of a rule between two times, both included.
  public static func executions(_ rule: Rule, _ first: Timestamp, _ last: Timestamp) -> Int {
    let interval = rule.schedule.interval.milliseconds
    return Int(max(0, floor(last.milliseconds, interval) - floor(first.milliseconds - 1, interval)))
  }

  /// The own times of the first and the last execution of a rule between two times, both included; nil where there is none.
  public static func ticks(_ rule: Rule, _ first: Timestamp, _ last: Timestamp) -> ClosedRange<Timestamp>? {
    guard executions(rule, first, last) > 0 else { return nil }
    let interval = rule.schedule.interval.milliseconds
    return Timestamp(
      milliseconds: (floor(first.milliseconds - 1, interval) + 1) * interval)...Timestamp(
        milliseconds: floor(last.milliseconds, interval) * interval)
  }

  private static func floor(_ value: Int64, _ interval: Int64) -> Int64 {
    value >= 0 ? value / interval : -((-value + interval - 1) / interval)
  }
}
