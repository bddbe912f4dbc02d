/// Days of the Gregorian calendar, in UTC.
struct CivilDate: Equatable {
  var year: Int
  var month: Int
  var day: Int

  /// The date that lies `days` days after 1970-01-01.
  init(daysSinceEpoch days: Int) {
    // Eras of 400 years, counted from a March so that a leap day comes last in its year.
    let shifted = days + 719_468
    let era = (shifted >= 0 ? shifted : shifted - 146_096) / 146_097
    let dayOfEra = shifted - era * 146_097
    let yearOfEra = (dayOfEra - dayOfEra / 1_460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
    let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
    let marchMonth = (5 * dayOfYear + 2) / 153
    day = dayOfYear - (153 * marchMonth + 2) / 5 + 1
    month = marchMonth < 10 ? marchMonth + 3 : marchMonth - 9
    year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
  }

  /// 0 is a Sunday.
  static func weekday(daysSinceEpoch days: Int) -> Int {
    (days + 4) % 7
  }

  private static let monthNames = [
    "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
  ]

  /// `2026/01/31`.
  var slashed: String { "\(padded(year, 4))/\(padded(month, 2))/\(padded(day, 2))" }

  /// `20260131`.
  var compact: String { padded(year, 4) + padded(month, 2) + padded(day, 2) }

  /// `2026-01-31`.
  var dashed: String { "\(padded(year, 4))-\(padded(month, 2))-\(padded(day, 2))" }

  /// `2026-01-31T12:00:00Z` for seconds since the Unix epoch.
  static func timestamp(_ seconds: Int) -> String {
    let date = CivilDate(daysSinceEpoch: seconds / 86_400)
    let time = seconds % 86_400
    return date.dashed + "T" + padded(time / 3_600, 2) + ":" + padded(time / 60 % 60, 2) + ":"
      + padded(time % 60, 2) + "Z"
  }

  /// `Jan 31, 2026, 12:00:00 PM`, the form that response elements hold.
  static func longTimestamp(_ seconds: Int) -> String {
    let date = CivilDate(daysSinceEpoch: seconds / 86_400)
    let time = seconds % 86_400
    let hour = time / 3_600
    let twelve = hour % 12 == 0 ? 12 : hour % 12
    return monthNames[date.month - 1] + " \(date.day), \(date.year), \(twelve):" + padded(time / 60 % 60, 2) + ":"
      + padded(time % 60, 2) + (hour < 12 ? " AM" : " PM")
  }

  private func padded(_ value: Int, _ width: Int) -> String { Self.padded(value, width) }

  private static func padded(_ value: Int, _ width: Int) -> String {
    let digits = String(value)
    return String(repeating: "0", count: max(0, width - digits.count)) + digits
  }
}
