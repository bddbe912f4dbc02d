/// A date and a time of day in UTC, by the proleptic Gregorian calendar, to the millisecond.
///
/// The fields are taken as they are: `timestamp` says nil when they name no instant.
public struct CivilTime: Hashable, Sendable {
  /// The year; 0 is the year before 1.
  public var year: Int
  /// The month, 1–12.
  public var month: Int
  /// The day of the month, from 1.
  public var day: Int
  /// The hour, 0–23.
  public var hour: Int
  /// The minute, 0–59.
  public var minute: Int
  /// The second, 0–59: leap seconds do not exist on this clock.
  public var second: Int
  /// The millisecond, 0–999.
  public var millisecond: Int

  public static let millisecondsPerDay: Int64 = 86_400_000
  /// The years that text can name: four digits, from 0001.
  public static let years = 1...9999

  public init(
    year: Int, month: Int = 1, day: Int = 1, hour: Int = 0, minute: Int = 0, second: Int = 0, millisecond: Int = 0
  ) {
    self.year = year
    self.month = month
    self.day = day
    self.hour = hour
    self.minute = minute
    self.second = second
    self.millisecond = millisecond
  }

  /// The date and time at an instant; every instant has one.
  public init(_ timestamp: Timestamp) {
    let day = Self.floorDivide(timestamp.milliseconds, Self.millisecondsPerDay)
    // From the remainder: near the first instant, the day's start lies beyond what fits.
    let remainder = Int(timestamp.milliseconds % Self.millisecondsPerDay)
    let rest = remainder < 0 ? remainder + Int(Self.millisecondsPerDay) : remainder
    let date = Self.date(day: day)
    self.init(
      year: date.year, month: date.month, day: date.day, hour: rest / 3_600_000, minute: rest / 60_000 % 60,
      second: rest / 1000 % 60, millisecond: rest % 1000)
  }

  /// The instant; nil when a field is out of its range or the year outside `years`.
  public var timestamp: Timestamp? {
    guard Self.years.contains(year), 1...12 ~= month, 1...Self.daysInMonth(month, of: year) ~= day,
      0...23 ~= hour, 0...59 ~= minute, 0...59 ~= second, 0...999 ~= millisecond
    else { return nil }
    let time = Int64(((hour * 60 + minute) * 60 + second) * 1000 + millisecond)
    return Timestamp(milliseconds: Self.day(year: year, month: month, day: day) * Self.millisecondsPerDay + time)
  }

  /// True when February of `year` has 29 days.
  public static func isLeap(_ year: Int) -> Bool {
    year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
  }

  /// The number of days in a month, 28–31; `month` lies in 1–12.
  @inline(__always)
  public static func daysInMonth(_ month: Int, of year: Int) -> Int {
    if month == 2 { return isLeap(year) ? 29 : 28 }
    // From March on, long and short months alternate, with a break between July and August.
    return 30 + (month + month >> 3) & 1
  }

  /// Days from 1970-01-01 to a date; `month` lies in 1–12, `year` within ±1,000,000,000.
  @inline(__always)
  public static func day(year: Int, month: Int, day: Int) -> Int64 {
    // The year is taken to start in March, so that a leap day comes last and month lengths follow one straight line.
    let year = month > 2 ? year : year - 1
    let era = (year >= 0 ? year : year - 399) / 400
    let yearOfEra = year - era * 400
    let dayOfYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1
    let dayOfEra = yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear
    return Int64(era * 146_097 + dayOfEra - 719_468)
  }

  /// The date that lies `day` days after 1970-01-01.
  public static func date(day: Int64) -> (year: Int, month: Int, day: Int) {
    // Days from 0000-03-01; an instant's day is at most 2^63 / 86,400,000 away, so nothing overflows.
    let shifted = Int(day) + 719_468
    let era = (shifted >= 0 ? shifted : shifted - 146_096) / 146_097
    let dayOfEra = shifted - era * 146_097
    let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
    let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
    let shiftedMonth = (5 * dayOfYear + 2) / 153
    let month = shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9
    return (
      yearOfEra + era * 400 + (month <= 2 ? 1 : 0), month, dayOfYear - (153 * shiftedMonth + 2) / 5 + 1
    )
  }

  /// The quotient rounded towards negative infinity; `divisor` is positive.
  static func floorDivide(_ value: Int64, _ divisor: Int64) -> Int64 {
    value >= 0 ? value / divisor : (value + 1) / divisor - 1
  }
}
