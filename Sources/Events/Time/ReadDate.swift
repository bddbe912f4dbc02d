/// What a text says of a time: a day and a time of day as clocks show them, and where; or an instant.
public struct ReadDate: Hashable, Sendable {
  /// Days since 1970-01-01.
  var day: Int64
  var nanosOfDay: Int64
  /// What the text says of where it is, as a distance from UTC in seconds.
  var offset: Int?
  /// What the text says of where it is, by a zone.
  var zone: DateZone?
  var isInstant = false

  /// The instant in milliseconds since the epoch, and the nanoseconds beyond them.
  ///
  /// - Parameters:
  ///   - place: where a time is that says nothing of it; UTC where it is not given.
  ///   - overOffset: `place` counts also where the text has a distance from UTC.
  public func instant(in place: DateZone? = nil, overOffset: Bool = false) -> (milliseconds: Int64, nanos: Int64) {
    let nanos = nanosOfDay % 1_000_000
    let local = day * CivilTime.millisecondsPerDay + (nanosOfDay - nanos) / 1_000_000
    if isInstant { return (local, nanos) }
    if let zone { return (zone.instant(local), nanos) }
    if overOffset, let place { return (place.instant(local), nanos) }
    if let offset { return (local - Int64(offset) * 1000, nanos) }
    return (place?.instant(local) ?? local, nanos)
  }
}

extension DatePattern {
  /// A hundred million years, on either side: milliseconds between any two dates fit.
  private static let mostSeconds = 3_150_000_000_000_000
  private static let mostYears = 99_000_000

  /// What a whole text says; nil where it does not fit, or names no time. What is missing is the least it can be, or with
  /// `roundingUp` the end of what is said; a month or a day that is missing is the first.
  public func read(_ text: [UInt8], roundingUp: Bool = false) -> ReadDate? {
    guard var fields = fields(text) else { return nil }
    if let (seconds, nanos) = fields.instant {
      guard seconds.magnitude < Self.mostSeconds else { return nil }
      let day = CivilTime.floorDivide(seconds, 86_400)
      let more = roundingUp ? fields.instantUnit - 1 : 0
      return ReadDate(day: day, nanosOfDay: (seconds - day * 86_400) * 1_000_000_000 + nanos + more, isInstant: true)
    }
    // No era has a year before its first.
    if let year = fields[.yearOfEra], !(1...1_000_000_000 ~= year) { return nil }
    if let place = fields[.dayOfWeek] {
      guard 1...7 ~= place, fields.set(.weekday, weeks.weekday(at: place)) else { return nil }
    }
    if roundingUp { fill(&fields) }
    guard let (day, nanos) = Self.resolve(fields, weeks) else { return nil }
    return ReadDate(day: day, nanosOfDay: nanos, offset: fields[.offset].map { Int($0) }, zone: fields.zone ?? zone)
  }

  /// Fills up what a text leaves out.
  private func fill(_ fields: inout Fields) {
    func add(_ field: Field, _ value: Int64) { if fields[field] == nil { fields[field] = value } }
    if has(.dayOfYear) {
      add(.dayOfYear, 1)
    } else {
      add(.month, 1)
      add(.day, 1)
    }
    if has(.clockHourOfHalf) || has(.hourOfHalf) {
      add(has(.hourOfHalf) ? .hourOfHalf : .clockHourOfHalf, 11)
      add(.half, 1)
    } else if !has(.clockHour), !has(.millisecondOfDay), !has(.nanoOfDay) {
      add(.hour, 23)
    }
    add(.minute, 59)
    add(.second, 59)
    add(.nano, 999_999_999)
  }

  private func has(_ field: Field) -> Bool { Self.has(field, pieces) }

  private static func has(_ wanted: Field, _ pieces: [Piece]) -> Bool {
    pieces.contains { piece in
      switch piece {
      case .number(let field, _, _, _), .shortYear(let field), .name(let field, _): field == wanted
      case .optional(let inner): has(wanted, inner)
      default: false
      }
    }
  }

  // MARK: Fields

  private enum Part {
    case missing
    case wrong
    case known(Int64)
  }

  private static func resolve(_ fields: Fields, _ weeks: Weeks) -> (day: Int64, nanosOfDay: Int64)? {
    let (date, time) = (date(fields, weeks), time(fields))
    switch (date, time) {
    case (.wrong, _), (_, .wrong): return nil
    case (.known(let day), .known(let nanos)): return (day, nanos)
    case (.known(let day), .missing): return (day, 0)
    case (.missing, .known(let nanos)):
      if fields[.weekYear] != nil { return week(fields, weeks).map { ($0, nanos) } }
      guard let month = fields[.month] else { return (0, nanos) }
      return day(year(fields) ?? 1970, month, fields[.day] ?? 1).map { ($0, nanos) }
    case (.missing, .missing):
      if let year = year(fields) { return day(year, fields[.month] ?? 1, 1).map { ($0, 0) } }
      if let month = fields[.month] { return day(1970, month, fields[.day] ?? 1).map { ($0, 0) } }
      return fields[.weekYear] == nil ? nil : week(fields, weeks).map { ($0, 0) }
    }
  }

  private static func year(_ fields: Fields) -> Int64? {
    if let year = fields[.year] { return year }
    guard let year = fields[.yearOfEra] else { return nil }
    return fields[.era] == 0 ? 1 - year : year
  }

  private static func day(_ year: Int64, _ month: Int64, _ day: Int64) -> Int64? {
    guard abs(year) <= mostYears, 1...12 ~= month, day >= 1,
      day <= Int64(CivilTime.daysInMonth(Int(month), of: Int(year)))
    else { return nil }
    return CivilTime.day(year: Int(year), month: Int(month), day: Int(day))
  }

  private static func date(_ fields: Fields, _ weeks: Weeks) -> Part {
    if fields[.weekYear] != nil, let week = fields[.week], let weekday = fields[.weekday] {
      // Not every year has a 53rd week.
      guard 1...53 ~= week, 1...7 ~= weekday, let day = Self.week(fields, weeks), weeks.week(of: day).week == week
      else {
        return .wrong
      }
      return .known(day)
    }
    guard let year = year(fields) else { return .missing }
    let found: Int64
    if let month = fields[.month], let date = fields[.day] {
      guard let day = day(year, month, date) else { return .wrong }
      found = day
    } else if let place = fields[.dayOfYear] {
      guard let first = day(year, 1, 1), 1...(CivilTime.isLeap(Int(year)) ? 366 : 365) ~= place else { return .wrong }
      found = first + place - 1
    } else {
      return .missing
    }
    // Only a year without an era is held against the day of the week.
    if fields[.year] != nil || fields[.era] != nil, let weekday = fields[.weekday],
      weekday != CivilTime.weekday(day: found)
    {
      return .wrong
    }
    return .known(found)
  }

  /// The day of a week, the one that it begins with where none is named; of the first week where that is not named either.
  private static func week(_ fields: Fields, _ weeks: Weeks) -> Int64? {
    guard let year = fields[.weekYear], abs(year) <= mostYears else { return nil }
    guard 1...53 ~= fields[.week] ?? 1, 1...7 ~= fields[.weekday] ?? 1 else { return nil }
    return weeks.start(of: Int(year)) + ((fields[.week] ?? 1) - 1) * 7 + (fields[.weekday].map(weeks.place) ?? 1) - 1
  }

  private static func time(_ fields: Fields) -> Part {
    let day: Int64 = 86_400_000_000_000
    if let nanos = fields[.nanoOfDay] { return 0..<day ~= nanos ? .known(nanos) : .wrong }
    if let milliseconds = fields[.millisecondOfDay] {
      return 0..<CivilTime.millisecondsPerDay ~= milliseconds ? .known(milliseconds * 1_000_000) : .wrong
    }
    var hour = fields[.hour]
    if let clock = fields[.clockHour] {
      guard 1...24 ~= clock else { return .wrong }
      hour = clock % 24
    }
    if let clock = fields[.clockHourOfHalf] {
      guard 1...12 ~= clock else { return .wrong }
      if let half = fields[.half] { hour = clock % 12 + half * 12 }
    } else if let number = fields[.hourOfHalf] {
      guard 0...11 ~= number else { return .wrong }
      if let half = fields[.half] { hour = number + half * 12 }
    }
    for (field, most) in [(Field.minute, Int64(59)), (.second, 59), (.nano, 999_999_999)] {
      if let value = fields[field], !(0...most ~= value) { return .wrong }
    }
    guard let hour else { return .missing }
    guard 0...23 ~= hour else { return .wrong }
    let (minute, second, nano) = (fields[.minute], fields[.second], fields[.nano])
    // A part is not made up between two that are said.
    if minute == nil, second != nil || nano != nil { return .missing }
    if second == nil, nano != nil { return .missing }
    return .known((hour * 3600 + (minute ?? 0) * 60 + (second ?? 0)) * 1_000_000_000 + (nano ?? 0))
  }
}

extension CivilTime {
  /// 1 for Monday to 7 for Sunday, of the day so many days after 1970-01-01.
  public static func weekday(day: Int64) -> Int64 {
    let rest = (day + 3) % 7
    return (rest < 0 ? rest + 7 : rest) + 1
  }
}
