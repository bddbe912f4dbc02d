/// A point in time as Elasticsearch's date math writes it: `now-9m`, `now-1d/d`, `2026-01-01||+1M/d`, `2026-01-01`.
///
/// The anchor is `now`, an ISO 8601 date or time that may stop after any part (`2026`, `2026-01-01T10`), or milliseconds
/// since the epoch. Steps follow, `+` and `-` with a number and a unit, `/` with a unit to round; they apply in order.
/// Units are `y M w d h H m s`; weeks start on Monday; adding months clamps to the month's end.
public struct DateMath: Hashable, Sendable {
  /// The text as it was written.
  public let text: String
  let anchor: Anchor
  let steps: [Step]

  enum Anchor: Hashable, Sendable {
    case now
    /// The first and the last millisecond of what the text names; a month or a day that it leaves out is the first.
    case fixed(first: Timestamp, last: Timestamp)
  }

  enum Step: Hashable, Sendable {
    case add(Int64, TimeUnit)
    case round(TimeUnit)
  }

  /// The execution's own time.
  public static let now = DateMath(text: "now", anchor: .now, steps: [])

  /// Parses date math; throws `TimeSyntaxError` with the cause and its place.
  ///
  /// - Parameter format: how a date is written that is named; nil for ISO 8601 and milliseconds since the epoch.
  public init(_ text: String, _ format: DateFormat? = nil) throws(TimeSyntaxError) {
    var parser = DateMathParser(text, format)
    self = try parser.parse()
  }

  init(text: String, anchor: Anchor, steps: [Step]) {
    self.text = text
    self.anchor = anchor
    self.steps = steps
  }

  /// True when the result moves with `now`.
  public var isRelative: Bool { anchor == .now }

  /// The distance from `now` in milliseconds, when it is the same at any time: no rounding, no months or years.
  public var fixedOffset: Int64? {
    guard isRelative else { return nil }
    var offset: Int64 = 0
    for step in steps {
      guard case .add(let count, let unit) = step, let length = unit.milliseconds else { return nil }
      let (product, overflows) = count.multipliedReportingOverflow(by: length)
      let (sum, overflowsToo) = offset.addingReportingOverflow(product)
      // Beyond a few centuries the calendar's bounds would come into play.
      guard !overflows, !overflowsToo, sum.magnitude < 10_000_000_000_000 else { return nil }
      offset = sum
    }
    return offset
  }

  /// True when a later `now` never gives an earlier result. Months differ in length: a month before 30 March 18:00 is
  /// 28 February 18:00, and a month before 31 March 06:00 is 28 February 06:00.
  public var neverRunsBackwards: Bool {
    guard isRelative else { return true }
    return !steps.contains { step in
      guard case .add(_, let unit) = step else { return false }
      return unit == .month || unit == .year
    }
  }

  /// The instant that is meant when the clock says `now`.
  ///
  /// - Parameter roundingUp: what a part that is missing or rounded away becomes: the last millisecond of the unit, as
  ///   the bounds `gt` and `lte` have it, rather than the first. An anchor followed by `||` is never filled up.
  ///
  /// The result lies within `Timestamp.earliest...Timestamp.latest`; what would lie beyond becomes that bound.
  public func resolve(now: Timestamp, roundingUp: Bool) -> Timestamp {
    var result: Timestamp
    switch anchor {
    case .now: result = now.clamped
    case .fixed(let first, let last): result = roundingUp ? last : first
    }
    for step in steps {
      switch step {
      case .add(let count, let unit): result = unit.add(count, to: result)
      case .round(let unit):
        let floor = unit.floor(result)
        if roundingUp {
          // The unit's end, unless the calendar ends first.
          let next = unit.add(1, to: floor)
          result = next == .latest ? next : Timestamp(milliseconds: next.milliseconds - 1)
        } else {
          result = floor.clamped
        }
      }
    }
    return result
  }
}
