import Events

/// Dates as Elasticsearch reads them (`strict_date_optional_time||epoch_millis`), and date math.
enum ReferenceDate {
  /// The milliseconds that a text covers: those of the smallest unit of a day that it names, in UTC; a month or a day that is missing is the first. nil when it is no date.
  ///
  /// With `now`, the text may be date math; then rounding (`/d`) covers the unit rounded to.
  static func interval(_ text: String, now: Timestamp? = nil) -> ClosedRange<Int64>? {
    guard let now else { return instant(text) }
    if text.hasPrefix("now") {
      return math(text.dropFirst(3), from: now.milliseconds)
    }
    if let bars = text.firstRange(of: "||") {
      guard let anchor = instant(String(text[..<bars.lowerBound])) else { return nil }
      return math(text[bars.upperBound...], from: anchor.lowerBound)
    }
    return instant(text)
  }

  // MARK: Instants

  private static func instant(_ text: String) -> ClosedRange<Int64>? {
    if let match = text.wholeMatch(
      of: #/(\d{4})(-(\d\d)(-(\d\d)(T((\d\d)(:(\d\d)(:(\d\d)([.,](\d{1,9}))?)?)?(Z|[+-]\d\d(:?\d\d)?)?)?)?)?)?/#
        .asciiOnlyDigits())
    {
      let m = match.output
      func number(_ part: Substring?) -> Int? { part.flatMap { Int($0) } }
      let year = number(m.1) ?? 0
      let month = number(m.3)
      let day = number(m.5)
      let hour = number(m.8)
      let minute = number(m.10)
      let second = number(m.12)
      guard 1...12 ~= month ?? 1, 1...daysIn(year, month ?? 1) ~= day ?? 1, 0...23 ~= hour ?? 0, 0...59 ~= minute ?? 0,
        0...59 ~= second ?? 0
      else { return nil }
      var start = days(year, month ?? 1, day ?? 1) * 86_400_000
      start += Int64(hour ?? 0) * 3_600_000 + Int64(minute ?? 0) * 60_000 + Int64(second ?? 0) * 1000
      if let fraction = m.14 {
        start += Int64(fraction.prefix(3).padded(to: 3)) ?? 0
      }
      if let zone = m.15, zone != "Z" {
        let digits = zone.filter(\.isNumber)
        let minutes = (Int64(digits.prefix(2)) ?? 0) * 60 + (Int64(digits.dropFirst(2)) ?? 0)
        guard minutes <= 18 * 60, (Int64(digits.dropFirst(2)) ?? 0) < 60 else { return nil }
        start -= (zone.hasPrefix("-") ? -minutes : minutes) * 60_000
      }
      let width: Int64 =
        m.14 != nil
        ? 1
        : second != nil
          ? 1000
          : minute != nil
            ? 60_000
            : hour != nil
              ? 3_600_000
              : 86_400_000
      return start...(start + width - 1)
    }
    // Milliseconds since the epoch. Four digits were a year, above.
    guard let match = text.wholeMatch(of: #/(-?)([0-9]{1,18})(\.[0-9]+)?/#), var milliseconds = Int64(match.output.2)
    else { return nil }
    if match.output.1 == "-" {
      milliseconds = -milliseconds
      if match.output.3?.contains(where: { $0 != "." && $0 != "0" }) ?? false { milliseconds -= 1 }
    }
    return milliseconds...milliseconds
  }

  // MARK: Math

  private static func math(_ text: Substring, from start: Int64) -> ClosedRange<Int64>? {
    var (down, up) = (start, start)
    var text = text
    while let sign = text.popFirst() {
      let digits = text.prefix { $0.isASCII && $0.isNumber }
      text = text.dropFirst(digits.count)
      guard let unit = text.popFirst(), "yMwdhHms".contains(unit) else { return nil }
      switch sign {
      case "+", "-":
        guard let count = digits.isEmpty ? 1 : Int64(digits), count <= Int64(Int32.max) else { return nil }
        guard let movedDown = move(down, sign == "+" ? count : -count, unit),
          let movedUp = move(up, sign == "+" ? count : -count, unit)
        else { return nil }
        (down, up) = (movedDown, movedUp)
      case "/":
        guard digits.isEmpty else { return nil }
        down = floor(down, unit)
        guard let next = move(floor(up, unit), 1, unit) else { return nil }
        up = next - 1
      default: return nil
      }
    }
    return down...max(down, up)
  }

  /// A time some units later. Months and years keep the day of the month where the month has it.
  private static func move(_ time: Int64, _ count: Int64, _ unit: Character) -> Int64? {
    let limit: Int64 = 8_000_000_000_000_000
    switch unit {
    case "y", "M":
      let (year, month, day) = date(time)
      let months = Int64(year) * 12 + Int64(month - 1) + count * (unit == "y" ? 12 : 1)
      guard abs(months) < 3_000_000 else { return nil }
      let newYear = Int(floorDivide(months, 12))
      let newMonth = Int(months - floorDivide(months, 12) * 12) + 1
      let newDay = min(day, daysIn(newYear, newMonth))
      return days(newYear, newMonth, newDay) * 86_400_000 + time - floorDivide(time, 86_400_000) * 86_400_000
    default:
      let (delta, overflow) = count.multipliedReportingOverflow(by: width(unit))
      guard !overflow, abs(delta) < limit, abs(time) < limit else { return nil }
      return time + delta
    }
  }

  private static func width(_ unit: Character) -> Int64 {
    switch unit {
    case "w": 604_800_000
    case "d": 86_400_000
    case "h", "H": 3_600_000
    case "m": 60_000
    default: 1000
    }
  }

  /// The start of the unit that a time lies in; weeks start on Monday.
  private static func floor(_ time: Int64, _ unit: Character) -> Int64 {
    let (year, month, _) = date(time)
    switch unit {
    case "y": return days(year, 1, 1) * 86_400_000
    case "M": return days(year, month, 1) * 86_400_000
    case "w":
      // The epoch was a Thursday, three days after a Monday.
      let shift: Int64 = 3 * 86_400_000
      return floorDivide(time + shift, 604_800_000) * 604_800_000 - shift
    default: return floorDivide(time, width(unit)) * width(unit)
    }
  }

  // MARK: Calendar

  private static func floorDivide(_ left: Int64, _ right: Int64) -> Int64 {
    left / right - (left % right < 0 ? 1 : 0)
  }

  private static func isLeap(_ year: Int) -> Bool { year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) }

  private static func daysIn(_ year: Int, _ month: Int) -> Int {
    switch month {
    case 2: isLeap(year) ? 29 : 28
    case 4, 6, 9, 11: 30
    default: 31
    }
  }

  /// Days from the epoch to a date of the Gregorian calendar, which is taken to have held always.
  static func days(_ year: Int, _ month: Int, _ day: Int) -> Int64 {
    let before = Int64(year) - 1
    let leaps = floorDivide(before, 4) - floorDivide(before, 100) + floorDivide(before, 400)
    let ofYear = (1..<month).reduce(0) { $0 + daysIn(year, $1) } + day
    // 719,163 days lead from the day before the year 1 to the epoch.
    return before * 365 + leaps + Int64(ofYear) - 719_163
  }

  static func date(_ time: Int64) -> (year: Int, month: Int, day: Int) {
    let target = floorDivide(time, 86_400_000)
    var year = 1970 + Int(floorDivide(target, 366))
    while days(year + 1, 1, 1) <= target { year += 1 }
    while days(year, 1, 1) > target { year -= 1 }
    var month = 1
    while month < 12, days(year, month + 1, 1) <= target { month += 1 }
    return (year, month, Int(target - days(year, month, 1)) + 1)
  }
}

extension Substring {
  fileprivate func padded(to count: Int) -> String {
    String(self) + String(repeating: "0", count: Swift.max(0, count - self.count))
  }
}
