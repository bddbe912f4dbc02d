import Events
import Rules

/// Replays the schedule of rules over what was found, as if the engine had been running all along.
public struct Replay: Sendable {
  /// The times of the first and the last event; no ticks lie outside what they need.
  public var events: ClosedRange<Timestamp>
  /// Bounds on the scheduled times, where the user gives any.
  public var earliestTick: Timestamp?
  public var latestTick: Timestamp?
  /// The scheduled times from which on single rules run, by their ids; others run from `earliestTick` on.
  public var firstTicks: [String: Timestamp] = [:]
  /// How many alerts one execution of a query rule creates at most, whatever its `max_signals`: in Kibana the setting
  /// `xpack.alerting.rules.run.alerts.max`. Rules of new terms follow `max_signals` alone.
  public var mostQueryAlerts = 1000

  public init(events: ClosedRange<Timestamp>, earliestTick: Timestamp? = nil, latestTick: Timestamp? = nil) {
    self.events = events
    self.earliestTick = earliestTick
    self.latestTick = latestTick
  }

  /// An execution of a rule that found more than it may create.
  public struct Cut: Sendable {
    public var tick: Timestamp
    /// How many alerts the execution left uncreated.
    public var count: Int
  }

  /// What the executions of one rule came to.
  struct Outcome: Sendable {
    /// What each alert is made of, in the order of creation.
    var alerts: [(tick: Timestamp, pending: Pending)] = []
    var executions = 0
    var cuts: [Cut] = []
    /// Alerts that no execution created.
    var lost = 0
  }

  /// The ticks of a rule: from the first at or after the earliest event to the last whose window holds the latest.
  func ticks(_ windows: TickWindows, overridden: ClosedRange<Int64>?) -> ClosedRange<Int64>? {
    var span = events
    if let overridden {
      span =
        min(
          span.lowerBound, Timestamp(milliseconds: overridden.lowerBound))...max(
          span.upperBound, Timestamp(milliseconds: overridden.upperBound))
    }
    var first = windows.firstTick(atOrAfter: span.lowerBound)
    // Windows reach back a bounded time; the search needs some end, and a year is the longest interval.
    let far = windows.lastTick(atOrBefore: span.upperBound) + (400 * 366 * 86_400_000) / windows.interval
    guard var last = windows.lastTick(holding: span.upperBound.milliseconds, in: first...max(first, far)) else {
      return nil
    }
    if let earliestTick { first = max(first, windows.firstTick(atOrAfter: earliestTick)) }
    if let latestTick { last = min(last, windows.lastTick(atOrBefore: latestTick)) }
    return first <= last ? first...last : nil
  }

  /// The most alerts that one execution of a rule creates.
  func maxSignals(_ rule: Rule) -> Int {
    rule.type == .query ? min(rule.schedule.maxSignals, mostQueryAlerts) : rule.schedule.maxSignals
  }

  /// Runs all executions of a rule.
  ///
  /// - Parameter keepsLatest: an execution looks at the latest events of its window only, as the searches of EQL rules do.
  func run(
    _ findings: RuleFindings, _ windows: TickWindows, maxSignals: Int, keepsLatest: Bool = false,
    overridden: ClosedRange<Int64>?
  ) -> Outcome {
    var outcome = Outcome()
    guard let ticks = ticks(windows, overridden: overridden) else { return outcome }
    outcome.executions = Int(ticks.upperBound - ticks.lowerBound) + 1
    let pending = findings.pending(windows, in: ticks).sorted { left, right in
      (left.firstTick, left.sighting.time, left.sighting.id)
        < (right.firstTick, right.sighting.time, right.sighting.id)
    }
    if keepsLatest {
      EQLRule.run(pending, windows, maxSignals: maxSignals, &outcome)
      return outcome
    }
    // What an execution leaves because of the cap, the next one finds again while it is in the window.
    var waiting: [Pending] = []
    var next = 0
    var tick = pending.first?.firstTick ?? 0
    while next < pending.count || !waiting.isEmpty {
      if waiting.isEmpty { tick = pending[next].firstTick }
      while next < pending.count, pending[next].firstTick == tick {
        waiting.append(pending[next])
        next += 1
      }
      let gone = waiting.count
      waiting.removeAll { $0.lastTick < tick }
      outcome.lost += gone - waiting.count
      waiting.sort { Self.order($0, $1) }
      var created = 0
      var cut = 0
      waiting.removeAll { item in
        guard item.isFound(by: tick) else { return false }
        guard created < maxSignals else {
          cut += 1
          return false
        }
        created += 1
        outcome.alerts.append((windows.time(tick), item))
        return true
      }
      if cut > 0 { outcome.cuts.append(Cut(tick: windows.time(tick), count: cut)) }
      tick += 1
    }
    return outcome
  }

  /// The earliest event first; the combinations of one event by their values, so that the order is always the same.
  static func order(_ left: Pending, _ right: Pending) -> Bool {
    if left.sighting != right.sighting {
      return left.terms.isEmpty ? left.sighting.isTaken(before: right.sighting) : left.sighting < right.sighting
    }
    return left.terms.lexicographicallyPrecedes(right.terms) { one, other in
      one.text != other.text ? one.text < other.text : one.kind.rawValue < other.kind.rawValue
    }
  }
}
