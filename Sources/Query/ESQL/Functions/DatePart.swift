import Events
import Foundation

/// What `DATE_EXTRACT` takes of a date, as Java's fields of a chronology are called.
enum DatePart: String {
  case year, yearOfEra, era, monthOfYear, prolepticMonth, dayOfMonth, dayOfWeek, dayOfYear, epochDay
  case hourOfDay, clockHourOfDay, hourOfAmpm, clockHourOfAmpm, ampmOfDay, minuteOfHour, minuteOfDay
  case secondOfMinute, secondOfDay, milliOfSecond, milliOfDay, microOfSecond, microOfDay, nanoOfSecond
  case nanoOfDay, instantSeconds, offsetSeconds, alignedWeekOfYear, alignedWeekOfMonth
  case alignedDayOfWeekInMonth, alignedDayOfWeekInYear

  /// The part of a name in any case, as `day_of_week`.
  init?(named name: String) {
    let words = name.lowercased().split(separator: "_", omittingEmptySubsequences: false).map(String.init)
    self.init(rawValue: words[0] + words.dropFirst().map(\.capitalized).joined())
  }

  /// 1 for Monday to 7 for Sunday.
  static func weekday(_ milliseconds: Int64) -> Int {
    let rest = DateSpans.floorModulo(milliseconds, CivilTime.millisecondsPerDay)
    return Int(DateSpans.floorModulo((milliseconds &- rest) / CivilTime.millisecondsPerDay + 3, 7)) + 1
  }

  static func dayOfYear(_ time: CivilTime) -> Int {
    Int(
      CivilTime.day(year: time.year, month: time.month, day: time.day)
        - CivilTime.day(year: time.year, month: 1, day: 1)) + 1
  }

  func value(_ instant: ESQLInstant) -> Int64 {
    let milliseconds = instant.milliseconds
    let time = CivilTime(Timestamp(milliseconds: milliseconds))
    let ofDay = DateSpans.floorModulo(milliseconds, CivilTime.millisecondsPerDay)
    let half = time.hour % 12
    let value: Int
    switch self {
    case .year: value = time.year
    case .yearOfEra: value = time.year > 0 ? time.year : 1 - time.year
    case .era: value = time.year > 0 ? 1 : 0
    case .monthOfYear: value = time.month
    case .prolepticMonth: value = time.year * 12 + time.month - 1
    case .dayOfMonth: value = time.day
    case .dayOfWeek: value = Self.weekday(milliseconds)
    case .dayOfYear: value = Self.dayOfYear(time)
    case .epochDay: return instant.day
    case .hourOfDay: value = time.hour
    case .clockHourOfDay: value = time.hour == 0 ? 24 : time.hour
    case .hourOfAmpm: value = half
    case .clockHourOfAmpm: value = half == 0 ? 12 : half
    case .ampmOfDay: value = time.hour / 12
    case .minuteOfHour: value = time.minute
    case .minuteOfDay: value = time.hour * 60 + time.minute
    case .secondOfMinute: value = time.second
    case .secondOfDay: return ofDay / 1000
    case .milliOfSecond: value = time.millisecond
    case .milliOfDay: return ofDay
    case .microOfSecond: return Int64(time.millisecond) * 1000 + instant.nanoseconds / 1000
    case .microOfDay: return ofDay * 1000 + instant.nanoseconds / 1000
    case .nanoOfSecond: return Int64(time.millisecond) * 1_000_000 + instant.nanoseconds
    case .nanoOfDay: return instant.nanosecondOfDay
    case .instantSeconds: return (milliseconds &- DateSpans.floorModulo(milliseconds, 1000)) / 1000
    case .offsetSeconds: value = 0
    case .alignedWeekOfYear: value = (Self.dayOfYear(time) - 1) / 7 + 1
    case .alignedWeekOfMonth: value = (time.day - 1) / 7 + 1
    case .alignedDayOfWeekInMonth: value = (time.day - 1) % 7 + 1
    case .alignedDayOfWeekInYear: value = (Self.dayOfYear(time) - 1) % 7 + 1
    }
    return Int64(value)
  }
}
