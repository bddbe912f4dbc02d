import CloudTrail
import Events

/// Where the events begin that each rule with a history can see, by the rule's own time field.
struct HistoryStarts: Sendable {
  /// Milliseconds since the epoch, by the rule's place; `none` where nothing was seen, and for rules without a history.
  private var starts: [Int64]
  /// Times that show where the input begins. A history never reaches back before CloudTrail, whose API is of November 2013,
  /// and a clock runs at most a day ahead: a single odd time would pass every history off as given.
  private let credible: ClosedRange<Int64>

  private static let none = Int64.max
  static let firstRecords: Int64 = 1_383_264_000_000
  private static let day: Int64 = 86_400_000

  init(rules: Int, now: Timestamp) {
    starts = Array(repeating: Self.none, count: rules)
    let times = Self.credibleTimes(at: now)
    credible = times.lowerBound.milliseconds...times.upperBound.milliseconds
  }

  static func credibleTimes(at now: Timestamp) -> ClosedRange<Timestamp> {
    Timestamp(milliseconds: firstRecords)...Timestamp(milliseconds: max(firstRecords, now.milliseconds + day))
  }

  subscript(rule: Int) -> Timestamp? {
    starts[rule] == Self.none ? nil : Timestamp(milliseconds: starts[rule])
  }

  /// A rule can see an event of that time, in milliseconds since the epoch.
  mutating func note(_ time: Int64, rule: Int) {
    if time < starts[rule], credible.contains(time) { starts[rule] = time }
  }

  /// The earliest `@timestamp` of a batch's CloudTrail records that is credible.
  func earliest(in batch: RecordBatch) -> Int64? {
    var earliest = Self.none
    for row in batch.rows
    where row.kind == .cloudTrail && row.time.milliseconds < earliest && credible.contains(row.time.milliseconds) {
      earliest = row.time.milliseconds
    }
    return earliest == Self.none ? nil : earliest
  }

  mutating func merge(_ other: HistoryStarts) {
    for rule in starts.indices { starts[rule] = min(starts[rule], other.starts[rule]) }
  }
}
