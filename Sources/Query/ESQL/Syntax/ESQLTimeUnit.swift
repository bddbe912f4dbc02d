/// Spans of time as queries write them: `5 minutes`, `1 month`.
enum ESQLTimeUnit {
  /// So many of a unit, and whether that is of the calendar; nil for no unit, in any case of letters, or a span too long.
  static func span(_ count: Int64, _ unit: String) -> (value: Value, type: DataType)? {
    let one: (months: Int64, days: Int64, milliseconds: Int64)
    switch unit.lowercased() {
    case "millisecond", "milliseconds", "ms": one = (0, 0, 1)
    case "second", "seconds", "sec", "s": one = (0, 0, 1000)
    case "minute", "minutes", "min", "m": one = (0, 0, 60_000)
    case "hour", "hours", "h": one = (0, 0, 3_600_000)
    case "day", "days", "d": one = (0, 1, 0)
    case "week", "weeks", "w": one = (0, 7, 0)
    case "month", "months", "mo": one = (1, 0, 0)
    case "quarter", "quarters", "q": one = (3, 0, 0)
    case "year", "years", "yr", "y": one = (12, 0, 0)
    default: return nil
    }
    let (months, first) = one.months.multipliedReportingOverflow(by: count)
    let (days, second) = one.days.multipliedReportingOverflow(by: count)
    let (milliseconds, third) = one.milliseconds.multipliedReportingOverflow(by: count)
    guard !first, !second, !third else { return nil }
    return (
      .span(months: months, days: days, milliseconds: milliseconds), one.milliseconds > 0 ? .timeDuration : .datePeriod
    )
  }

  /// Reads `1 hour` or `5m`; nil for anything else.
  static func span(_ text: String) -> (value: Value, type: DataType)? {
    let trimmed = text.trimmedOfBlanks
    let digits = trimmed.prefix { $0 == "-" || "0"..."9" ~= $0 }
    guard let count = Int64(digits) else { return nil }
    return span(count, String(trimmed.dropFirst(digits.count)).trimmedOfBlanks)
  }
}

extension String {
  init(scalars: some Sequence<Unicode.Scalar>) {
    var view = String.UnicodeScalarView()
    view.append(contentsOf: scalars)
    self.init(view)
  }

  /// The text without the white space at its ends.
  var trimmedOfBlanks: String {
    let isBlank: (Unicode.Scalar) -> Bool = { $0.properties.isWhitespace }
    var scalars = unicodeScalars[...].drop(while: isBlank)
    while let last = scalars.last, isBlank(last) { scalars.removeLast() }
    return String(scalars)
  }
}
