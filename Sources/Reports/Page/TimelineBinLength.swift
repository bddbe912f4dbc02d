import Events

/// How long a bin of the timeline is: a span that is always the same, or months of the calendar, which are not.
enum TimelineBinLength: Hashable {
  /// Milliseconds: seconds to weeks.
  case span(Int64)
  /// Months of the calendar, counted from January of the year 0: twelve are a year, leap years too.
  case months(Int)

  private static let day = CivilTime.millisecondsPerDay

  private static let lengths: [TimelineBinLength] =
    [1, 5, 15, 30, 60, 300, 900, 1800, 3600, 3 * 3600, 6 * 3600, 12 * 3600].map { .span($0 * 1000) }
    + [1, 2, 7, 14].map { .span($0 * day) }
    + [1, 3, 6, 12, 24, 60, 120, 240, 600, 1200, 2400, 6000, 12_000].map { .months($0) }

  /// The shortest length of which `most` bins hold all times from `start` to `end`.
  static func shortest(from start: Int64, to end: Int64, most: Int) -> TimelineBinLength {
    if let length = lengths.first(where: { $0.count(from: start, to: end) <= most }) { return length }
    var months = 120_000
    while TimelineBinLength.months(months).count(from: start, to: end) > most { months *= 10 }
    return .months(months)
  }

  /// How many bins hold all times from `start` to `end`.
  private func count(from start: Int64, to end: Int64) -> Int64 { number(end) - number(start) + 1 }

  /// Where the bins of all times from `start` to `end` begin, and last where the last one ends, in milliseconds.
  func edges(from start: Int64, to end: Int64) -> [Int64] { (number(start)...number(end) + 1).map(begin) }

  /// The number of the bin that a time lies in.
  private func number(_ time: Int64) -> Int64 {
    switch self {
    case .span(let length): return (time - Self.origin(length)).floored(by: length)
    case .months(let months):
      let civil = CivilTime(Timestamp(milliseconds: time))
      return Int64(civil.year * 12 + civil.month - 1).floored(by: Int64(months))
    }
  }

  /// When a bin begins; what lies beyond all times is the last of them.
  private func begin(_ number: Int64) -> Int64 {
    switch self {
    case .span(let length):
      let (product, isBeyond) = number.multipliedReportingOverflow(by: length)
      let (time, isFurther) = product.addingReportingOverflow(Self.origin(length))
      return isBeyond || isFurther ? (number < 0 ? .min : .max) : time
    case .months(let months):
      let month = number * Int64(months)
      let year = Int(month.floored(by: 12))
      let date = CivilTime.day(year: year, month: Int(month) - year * 12 + 1, day: 1)
      let (time, isBeyond) = date.multipliedReportingOverflow(by: Self.day)
      return isBeyond ? (number < 0 ? .min : .max) : time
    }
  }

  /// Weeks begin on Mondays; 1970-01-01 was a Thursday.
  private static func origin(_ length: Int64) -> Int64 { length % (7 * day) == 0 ? -3 * day : 0 }

  /// The length in words.
  var text: String {
    func words(_ count: Int64, _ name: String) -> String { count == 1 ? name : "\(count) \(name)s" }
    switch self {
    case .months(let months):
      return months % 12 == 0 ? words(Int64(months / 12), "year") : words(Int64(months), "month")
    case .span(let length):
      for (unit, name) in [
        (7 * Self.day, "week"), (Self.day, "day"), (3_600_000, "hour"), (60_000, "minute"),
      ] where length % unit == 0 {
        return words(length / unit, name)
      }
      return words(length / 1000, "second")
    }
  }

  /// A bin's start, as much of it as tells bins apart: `2026`, `2026-03`, `2026-03-02`, with the time where bins are
  /// shorter than a day.
  func label(_ start: Int64) -> String {
    let text = Timestamp(milliseconds: start).iso8601
    switch self {
    // A year that four digits cannot name stands as it is written there.
    case .months(let months): return String(text.prefix { $0 != "T" }.dropLast(months % 12 == 0 ? 6 : 3))
    case .span(let length) where length % Self.day == 0: return String(text.prefix { $0 != "T" })
    case .span(let length):
      let (date, time) = (text.prefix { $0 != "T" }, text.drop { $0 != "T" }.dropFirst())
      return date + " " + time.prefix(length < 60_000 ? 8 : 5)
    }
  }
}

extension Int64 {
  /// The quotient rounded towards negative infinity; `divisor` is positive.
  fileprivate func floored(by divisor: Int64) -> Int64 {
    let (quotient, remainder) = quotientAndRemainder(dividingBy: divisor)
    return remainder < 0 ? quotient - 1 : quotient
  }
}
