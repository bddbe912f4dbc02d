import Events

/// When the executions of rules are begun by whoever runs them as they fall due, so that thousands that are scheduled for one
/// moment do not begin in it.
///
/// A rule's executions begin later than they are scheduled by an offset of its own: a part of its interval, the same for each
/// of them, in every process and on every machine, since it comes of the rule's id alone. The execution's own time stays the one that
/// it is scheduled for, on a multiple of the interval since 1970; what it sees, its alerts and their ids come of that time, so that a
/// spread changes when an alert is there and never which.
///
/// ```swift
/// let spread = TickSpread(fraction: 0.5)
/// let start = spread.start(of: tick, ruleID: rule.ruleID, interval: rule.schedule.interval.milliseconds)
/// ```
public struct TickSpread: Sendable {
  /// The part of an interval within which the executions of all rules of that interval begin, from 0 to 1: 0 begins each as it is
  /// scheduled.
  public let fraction: Double
  /// The largest offset in milliseconds, whatever the interval: a rule that runs once a day need not wait for hours.
  public let longest: Int64

  /// - Parameters:
  ///   - fraction: what lies beyond 0 and 1 is taken for these.
  ///   - longest: in milliseconds; five minutes unless given.
  public init(fraction: Double, longest: Int64 = 300_000) {
    self.fraction = fraction.isNaN ? 0 : min(1, max(0, fraction))
    self.longest = max(0, longest)
  }

  /// How long after its scheduled time an execution of a rule begins, in milliseconds: less than the interval, and the same for
  /// all executions of the rule.
  ///
  /// - Parameter interval: in milliseconds.
  public func offset(of ruleID: String, interval: Int64) -> Int64 {
    let interval = max(1, interval)
    let room = min(Int64(Double(min(interval, 1 << 52)) * fraction), interval - 1, longest)
    guard room > 0 else { return 0 }
    // As many rules in each part of the room, with no division that favours some.
    return Int64(Self.hash(ruleID).multipliedFullWidth(by: UInt64(room) + 1).high)
  }

  /// When an execution begins that is scheduled for a time.
  public func start(of tick: Timestamp, ruleID: String, interval: Int64) -> Timestamp {
    Timestamp(milliseconds: Self.sum(tick.milliseconds, offset(of: ruleID, interval: interval)))
  }

  /// The newest execution of a rule that has begun by a time: the last that is due.
  public func newestTick(begunBy now: Timestamp, ruleID: String, interval: Int64) -> Timestamp {
    let interval = max(1, interval)
    let time = Self.sum(now.milliseconds, -offset(of: ruleID, interval: interval))
    let rest = time % interval
    return Timestamp(milliseconds: Self.sum(time, rest < 0 ? -rest - interval : -rest))
  }

  /// When the next execution of a rule begins after a time, and what it is scheduled for.
  public func next(
    after now: Timestamp, ruleID: String, interval: Int64
  ) -> (tick: Timestamp, start: Timestamp) {
    let last = newestTick(begunBy: now, ruleID: ruleID, interval: interval)
    let tick = Timestamp(milliseconds: Self.sum(last.milliseconds, max(1, interval)))
    return (tick, start(of: tick, ruleID: ruleID, interval: interval))
  }

  /// A sum that stays within what a time can be.
  private static func sum(_ one: Int64, _ other: Int64) -> Int64 {
    let (sum, isBeyond) = one.addingReportingOverflow(other)
    return isBeyond ? other < 0 ? .min : .max : sum
  }

  /// A hash that is the same everywhere and always, and whose high bits depend on every byte: FNV-1a, and the last steps of
  /// MurmurHash3 over it.
  private static func hash(_ text: String) -> UInt64 {
    var hash: UInt64 = 0xcbf2_9ce4_8422_2325
    for byte in text.utf8 { hash = (hash ^ UInt64(byte)) &* 0x0000_0100_0000_01b3 }
    hash = (hash ^ (hash >> 33)) &* 0xff51_afd7_ed55_8ccd
    hash = (hash ^ (hash >> 33)) &* 0xc4ce_b9fe_1a85_ec53
    return hash ^ (hash >> 33)
  }
}
