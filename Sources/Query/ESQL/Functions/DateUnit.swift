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

  /// Whole units between two instants, truncated towards zero, as Java's `ChronoUnit.between` has it of dates in UTC. Throws
  /// where they do not fit.
  func count(from start: ESQLInstant, to end: ESQLInstant) throws(EvaluationFault) -> Int64 {
    switch self {
    case .year: return Self.months(start, end) / 12
    case .quarter: return Self.months(start, end) / 3
    case .month: return Self.months(start, end)
    case .week: return Self.days(start, end).whole / 7
    case .day: return Self.days(start, end).whole
    case .hour: return try Self.units(start, end, of: 3_600_000_000_000)
    case .minute: return try Self.units(start, end, of: 60_000_000_000)
    case .second: return try Self.units(start, end, of: 1_000_000_000)
    case .millisecond: return try Self.units(start, end, of: 1_000_000)
    case .microsecond: return try Self.units(start, end, of: 1000)
    case .nanosecond: return try Self.units(start, end, of: 1)
    }
  }

  /// Whole days, and nanoseconds beyond them, which have the same sign.
  private static func days(_ start: ESQLInstant, _ end: ESQLInstant) -> (whole: Int64, rest: Int64) {
    let (days, rest) = (end.day - start.day, end.nanosecondOfDay - start.nanosecondOfDay)
    if days > 0, rest < 0 { return (days - 1, rest + ESQLInstant.nanosecondsPerDay) }
    if days < 0, rest > 0 { return (days + 1, rest - ESQLInstant.nanosecondsPerDay) }
    return (days, rest)
  }

  /// Whole units of so many nanoseconds, of which a day has a whole number.
  private static func units(
    _ start: ESQLInstant, _ end: ESQLInstant, of unit: Int64
  ) throws(EvaluationFault) -> Int64 {
    let (days, rest) = days(start, end)
    let (scaled, isLarge) = days.multipliedReportingOverflow(by: ESQLInstant.nanosecondsPerDay / unit)
    let (sum, isOver) = scaled.addingReportingOverflow(rest / unit)
    guard !isLarge, !isOver else { throw EvaluationFault("java.lang.ArithmeticException", "long overflow") }
    return sum
  }

  /// Whole months of the calendar. The end moves a day towards the start where its time of day has not come, and only then do dates
  /// count: from January 31st at noon to March 1st at midnight, which is a February 28th, there is none.
  private static func months(_ start: ESQLInstant, _ end: ESQLInstant) -> Int64 {
    var last = end.day
    if last > start.day, end.nanosecondOfDay < start.nanosecondOfDay { last -= 1 }
    if end.day < start.day, end.nanosecondOfDay > start.nanosecondOfDay { last += 1 }
    func packed(_ day: Int64) -> Int64 {
      let date = CivilTime.date(day: day)
      return (Int64(date.year) * 12 + Int64(date.month - 1)) * 32 + Int64(date.day)
    }
    return (packed(last) - packed(start.day)) / 32
  }
}
