import Events

/// Dates and spans.
enum DateSpans {
  /// A date moved by months, then days, then milliseconds; a day that the month lacks becomes its last.
  static func adding(
    _ time: Int64, isNanos: Bool, months: Int64, days: Int64, milliseconds: Int64
  ) throws(EvaluationFault) -> Value {
    let overflow = isNanos ? outOfRange : EvaluationFault("java.lang.ArithmeticException", "long overflow")
    let unit: Int64 = isNanos ? 1_000_000 : 1
    var time = time
    if months != 0 {
      let rest = isNanos ? floorModulo(time, unit) : 0
      let milliseconds = isNanos ? (time - rest) / unit : time
      var civil = CivilTime(Timestamp(milliseconds: milliseconds))
      let (total, isOver) = (Int64(civil.year) * 12 + Int64(civil.month - 1)).addingReportingOverflow(months)
      guard !isOver else { throw overflow }
      let year = (total - floorModulo(total, 12)) / 12
      guard abs(year) <= 999_999_999 else {
        throw EvaluationFault(
          "java.time.DateTimeException", "Invalid value for Year (valid values -999999999 - 999999999): \(year)")
      }
      guard abs(total) < 120_000_000 else { throw overflow }
      civil.year = Int(year)
      civil.month = Int(floorModulo(total, 12)) + 1
      civil.day = min(civil.day, CivilTime.daysInMonth(civil.month, of: civil.year))
      guard let moved = civil.timestamp else { throw overflow }
      let (scaled, isLarge) = moved.milliseconds.multipliedReportingOverflow(by: unit)
      guard !isLarge else { throw overflow }
      time = scaled + rest
    }
    let (dayPart, first) = days.multipliedReportingOverflow(by: CivilTime.millisecondsPerDay)
    let (sum, second) = dayPart.addingReportingOverflow(milliseconds)
    let (scaled, third) = sum.multipliedReportingOverflow(by: unit)
    let (result, fourth) = time.addingReportingOverflow(scaled)
    guard !first, !second, !third, !fourth else { throw overflow }
    guard !isNanos || result >= 0 else { throw outOfRange }
    return .whole(result)
  }

  private static let outOfRange = EvaluationFault(
    "java.time.DateTimeException",
    "Date nanos out of range.  Must be between 1970-01-01T00:00:00Z and 2262-04-11T23:47:16.854775807")

  static func floorModulo(_ value: Int64, _ by: Int64) -> Int64 {
    let rest = value % by
    return rest < 0 ? rest + by : rest
  }
}
