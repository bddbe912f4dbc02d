import Events

/// What `DATE_DIFF` counts in.
enum DateUnit {
  case year, quarter, month, day, week, hour, minute, second, millisecond, microsecond, nanosecond

  init?(_ name: String) {
    switch name.lowercased() {
    case "year", "years", "yy", "yyyy": self = .year
    case "quarter", "quarters", "qq", "q": self = .quarter
    case "month", "months", "mm", "m": self = .month
    case "dayofyear", "dy", "y", "day", "days", "dd", "d", "weekday", "weekdays", "dw": self = .day
    case "week", "weeks", "wk", "ww": self = .week
    case "hour", "hours", "hh": self = .hour
    case "minute", "minutes", "mi", "n": self = .minute
    case "second", "seconds", "ss", "s": self = .second
    case "millisecond", "milliseconds", "ms": self = .millisecond
    case "microsecond", "microseconds", "mcs": self = .microsecond
    case "nanosecond", "nanoseconds", "ns": self = .nanosecond
    default: return nil
    }
  }

  /// Whole units between two instants in milliseconds, truncated towards zero. Throws where they do not fit.
  func count(from start: Int64, to end: Int64, startNanos: Int64?, endNanos: Int64?) throws(EvaluationFault) -> Int64 {
    let overflow = EvaluationFault("java.lang.ArithmeticException", "long overflow")
    let (difference, isOver) = end.subtractingReportingOverflow(start)
    guard !isOver else { throw overflow }
    switch self {
    case .year: return Self.months(start, end) / 12
    case .quarter: return Self.months(start, end) / 3
    case .month: return Self.months(start, end)
    case .week: return difference / (7 * CivilTime.millisecondsPerDay)
    case .day: return difference / CivilTime.millisecondsPerDay
    case .hour: return difference / 3_600_000
    case .minute: return difference / 60_000
    case .second: return difference / 1000
    case .millisecond: return difference
    case .microsecond, .nanosecond:
      func nanos(_ milliseconds: Int64, _ exact: Int64?) throws(EvaluationFault) -> Int64 {
        if let exact { return exact }
        let (scaled, isLarge) = milliseconds.multipliedReportingOverflow(by: 1_000_000)
        guard !isLarge else { throw overflow }
        return scaled
      }
      let (nanoseconds, isLarge) = try nanos(end, endNanos).subtractingReportingOverflow(try nanos(start, startNanos))
      guard !isLarge else { throw overflow }
      return self == .nanosecond ? nanoseconds : nanoseconds / 1000
    }
  }

  /// Whole months of the calendar.
  private static func months(_ start: Int64, _ end: Int64) -> Int64 {
    if end < start { return -months(end, start) }
    let (first, second) = (CivilTime(Timestamp(milliseconds: start)), CivilTime(Timestamp(milliseconds: end)))
    var count = Int64(second.year - first.year) * 12 + Int64(second.month - first.month)
    let day = CivilTime.millisecondsPerDay
    let (firstRest, secondRest) = (DateSpans.floorModulo(start, day), DateSpans.floorModulo(end, day))
    if second.day < first.day || second.day == first.day && secondRest < firstRest { count -= 1 }
    return count
  }
}
