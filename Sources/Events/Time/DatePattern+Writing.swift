extension DatePattern {
  /// How a date is written; a name of a format, or Java's letters. Throws where the text is none.
  public init(writing pattern: String) throws(DatePatternError) {
    if let named = Self.named(pattern) { self = named.writer } else { try self.init(java: pattern, isWritten: true) }
  }

  /// An instant in UTC and English; empty where it cannot be written so.
  public func text(_ milliseconds: Int64) -> String { (try? written(milliseconds)) ?? "" }

  /// An instant in UTC and English. Throws where a piece is longer than it is padded to.
  ///
  /// - Parameters:
  ///   - milliseconds: since the epoch.
  ///   - nanoseconds: beyond them, from 0 to 999,999.
  public func written(_ milliseconds: Int64, nanoseconds: Int64 = 0) throws(DatePatternError) -> String {
    var text = ""
    let time = CivilTime(Timestamp(milliseconds: milliseconds))
    let day = CivilTime.floorDivide(milliseconds, CivilTime.millisecondsPerDay)
    let moment = Moment(
      milliseconds: milliseconds, nanoseconds: nanoseconds, time: time, day: day, weeks: weeks)
    try Self.write(pieces, moment, &text)
    return text
  }

  private struct Moment {
    var milliseconds: Int64
    /// Beyond the milliseconds.
    var nanoseconds: Int64
    var time: CivilTime
    var day: Int64
    var weeks: Weeks

    var weekday: Int64 { CivilTime.weekday(day: day) }
    var dayOfYear: Int64 { day - CivilTime.day(year: time.year, month: 1, day: 1) + 1 }
    // Near the first instant the beginning of its day lies beyond what fits.
    var ofDay: Int64 {
      let rest = milliseconds % CivilTime.millisecondsPerDay
      return rest < 0 ? rest + CivilTime.millisecondsPerDay : rest
    }

    func value(_ field: Field) -> Int64 {
      switch field {
      case .era: time.year > 0 ? 1 : 0
      case .year: Int64(time.year)
      case .yearOfEra: Int64(time.year > 0 ? time.year : 1 - time.year)
      case .weekYear: weeks.week(of: day).year
      case .quarter: Int64((time.month - 1) / 3 + 1)
      case .month: Int64(time.month)
      case .week: weeks.week(of: day).week
      case .day: Int64(time.day)
      case .dayOfYear: dayOfYear
      case .weekday: weekday
      case .dayOfWeek: weeks.place(of: weekday)
      case .weekOfMonth: weeks.weekOfMonth(day, date: Int64(time.day))
      case .alignedWeekOfMonth: Int64((time.day - 1) / 7 + 1)
      case .modifiedJulianDay: day + 40_587
      case .half: time.hour < 12 ? 0 : 1
      case .hour: Int64(time.hour)
      case .clockHour: Int64(time.hour == 0 ? 24 : time.hour)
      case .hourOfHalf: Int64(time.hour % 12)
      case .clockHourOfHalf: Int64(time.hour % 12 == 0 ? 12 : time.hour % 12)
      case .minute: Int64(time.minute)
      case .second: Int64(time.second)
      case .nano: Int64(time.millisecond) * 1_000_000 + nanoseconds
      case .millisecondOfDay: ofDay
      case .nanoOfDay: ofDay * 1_000_000 + nanoseconds
      case .offset: 0
      }
    }
  }

  private static func padded(_ number: Int64, _ width: Int) -> String {
    let text = String(number.magnitude)
    return (number < 0 ? "-" : "") + String(repeating: "0", count: max(0, width - text.count)) + text
  }

  private static func write(
    _ pieces: [Piece], _ moment: Moment, _ text: inout String
  ) throws(DatePatternError) {
    for piece in pieces {
      switch piece {
      case .text(let written): text += written
      case .number(let field, let least, _, let sign):
        let number = moment.value(field)
        let written = padded(number, least)
        if sign == .exceedsPad, number >= 0, written.count > least { text += "+" }
        text += written
      case .shortYear(let field): text += padded(abs(moment.value(field) % 100), 2)
      case .fraction(let least, let most, let point):
        var digits = String((padded(moment.value(.nano), 9)).prefix(most))
        while digits.count > least, digits.last == "0" { digits.removeLast() }
        if !digits.isEmpty { text += (point ? "." : "") + digits }
      case .name(let field, let style): text += name(field, style, moment)
      case .offset(let form): text += form.zero
      case .localizedOffset: text += "GMT"
      case .zoneID, .zoneName: text += "Z"
      case .epoch(let perSecond):
        let whole = perSecond == 1 ? CivilTime.floorDivide(moment.milliseconds, 1000) : moment.milliseconds
        text += String(whole)
        // Of what lies behind a second nine digits, of what lies behind a millisecond six.
        let (rest, width) = perSecond == 1 ? (moment.value(.nano), 9) : (moment.nanoseconds, 6)
        guard rest != 0 else { break }
        var digits = padded(rest, width)
        while digits.last == "0" { digits.removeLast() }
        text += "." + digits
      case .optional(let inner): try write(inner, moment, &text)
      case .dayPeriod(let narrow): text += dayPeriod(moment.time, narrow: narrow)
      case .padded(let width, let inner):
        var written = ""
        try write([inner], moment, &written)
        guard written.count <= width else {
          throw DatePatternError(
            message: "Cannot print as output of \(written.count) characters exceeds pad width of \(width)")
        }
        text += String(repeating: " ", count: width - written.count) + written
      }
    }
  }

  /// The part of the day in English; noon and midnight are minutes.
  private static func dayPeriod(_ time: CivilTime, narrow: Bool) -> String {
    switch (time.hour, time.minute) {
    case (0, 0): narrow ? "mi" : "midnight"
    case (12, 0): narrow ? "n" : "noon"
    case (..<12, _): "in the morning"
    case (..<18, _): "in the afternoon"
    case (..<21, _): "in the evening"
    default: "at night"
    }
  }

  private static func name(_ field: Field, _ style: NameStyle, _ moment: Moment) -> String {
    let value = Int(moment.value(field))
    switch field {
    case .month: return name(months[value - 1], style)
    case .weekday: return name(days[value - 1], style)
    case .half: return value == 0 ? "AM" : "PM"
    case .quarter: return quarter(value, style)
    case .era:
      return value == 1
        ? (style == .full ? "Anno Domini" : style == .narrow ? "A" : "AD")
        : style == .full ? "Before Christ" : style == .narrow ? "B" : "BC"
    default: return ""
    }
  }
}
