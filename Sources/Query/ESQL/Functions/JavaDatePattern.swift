import Events

/// A pattern of Java's `DateTimeFormatter`, in UTC and English.
struct JavaDatePattern: Sendable {
  static let days = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"]
  static let months = [
    "January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November",
    "December",
  ]

  private enum Part: Sendable {
    case text(String)
    case field(Character, Int)
  }

  private var parts: [Part] = []

  /// Throws where the text is no pattern.
  init(_ pattern: String) throws(EvaluationFault) {
    let named: [String: String] = [
      "date_optional_time": "yyyy-MM-dd'T'HH:mm:ss.SSSX", "strict_date_optional_time": "yyyy-MM-dd'T'HH:mm:ss.SSSX",
      "iso8601": "yyyy-MM-dd'T'HH:mm:ss.SSSX", "date": "yyyy-MM-dd", "strict_date": "yyyy-MM-dd",
      "date_time": "yyyy-MM-dd'T'HH:mm:ss.SSSX", "basic_date": "yyyyMMdd", "hour_minute": "HH:mm",
    ]
    let letters = Array(named[pattern] ?? pattern)
    var at = 0
    func add(_ text: String) {
      if case .text(let before)? = parts.last {
        parts[parts.count - 1] = .text(before + text)
      } else {
        parts.append(.text(text))
      }
    }
    while at < letters.count {
      let letter = letters[at]
      if letter == "'" {
        if at + 1 < letters.count, letters[at + 1] == "'" {
          add("'")
          at += 2
          continue
        }
        guard let end = letters[(at + 1)...].firstIndex(of: "'") else {
          throw EvaluationFault("Pattern ends with an incomplete string literal: \(pattern)")
        }
        add(String(letters[(at + 1)..<end]))
        at = end + 1
      } else if letter.isASCII, letter.isLetter {
        let end = letters[at...].firstIndex { $0 != letter } ?? letters.count
        guard "yuYMLdDEeaHhKkmsSnAXxZzVOQqwGB".contains(letter), end - at <= 9 else {
          throw EvaluationFault("Invalid format: [\(pattern)]: Unknown pattern letter: \(letter)")
        }
        parts.append(.field(letter, end - at))
        at = end
      } else if "[]".contains(letter) {
        at += 1
      } else {
        add(String(letter))
        at += 1
      }
    }
  }

  // MARK: writing

  func text(_ milliseconds: Int64) -> String {
    let time = CivilTime(Timestamp(milliseconds: milliseconds))
    return parts.map { part in
      switch part {
      case .text(let text): text
      case .field(let letter, let count): Self.written(letter, count, time, milliseconds)
      }
    }.joined()
  }

  private static func padded(_ number: Int, _ width: Int) -> String {
    let text = String(abs(number))
    return (number < 0 ? "-" : "") + String(repeating: "0", count: max(0, width - text.count)) + text
  }

  private static func name(_ name: String, _ count: Int) -> String {
    count == 4 ? name : count == 5 ? String(name.prefix(1)) : String(name.prefix(3))
  }

  private static func written(_ letter: Character, _ count: Int, _ time: CivilTime, _ milliseconds: Int64) -> String {
    let weekday = DatePart.weekday(milliseconds)
    switch letter {
    case "y", "u": return count == 2 ? padded(time.year % 100, 2) : padded(time.year, count)
    case "Y":
      let year = week(time, weekday).year
      return count == 2 ? padded(year % 100, 2) : padded(year, count)
    case "w": return padded(week(time, weekday).week, count)
    case "M", "L": return count >= 3 ? name(months[time.month - 1], count) : padded(time.month, count)
    case "d": return padded(time.day, count)
    case "D": return padded(DatePart.dayOfYear(time), count)
    case "E": return name(days[weekday - 1], count)
    case "e": return count >= 3 ? name(days[weekday - 1], count) : padded(weekday, count)
    case "a": return time.hour < 12 ? "AM" : "PM"
    case "H": return padded(time.hour, count)
    case "k": return padded(time.hour == 0 ? 24 : time.hour, count)
    case "K": return padded(time.hour % 12, count)
    case "h": return padded(time.hour % 12 == 0 ? 12 : time.hour % 12, count)
    case "m": return padded(time.minute, count)
    case "s": return padded(time.second, count)
    case "S":
      let digits = padded(time.millisecond, 3) + "000000"
      return String(digits.prefix(count))
    case "n": return padded(time.millisecond * 1_000_000, count)
    case "A": return padded(Int(DateSpans.floorModulo(milliseconds, CivilTime.millisecondsPerDay)), count)
    case "X": return "Z"
    case "x": return count == 1 ? "+00" : count % 2 == 0 ? "+0000" : "+00:00"
    case "Z": return count < 4 ? "+0000" : count == 4 ? "GMT" : "Z"
    case "z", "V", "O": return letter == "O" ? "GMT" : "Z"
    case "Q", "q":
      let quarter = (time.month - 1) / 3 + 1
      return count < 3
        ? padded(quarter, count) : count == 3 ? "Q\(quarter)" : "\(["1st", "2nd", "3rd", "4th"][quarter - 1]) quarter"
    case "G": return "AD"
    default: return ""
    }
  }

  /// The week of ISO 8601, and the year that it belongs to.
  private static func week(_ time: CivilTime, _ weekday: Int) -> (year: Int, week: Int) {
    let week = (DatePart.dayOfYear(time) - weekday + 10) / 7
    func weeks(_ year: Int) -> Int {
      let first = DatePart.weekday(CivilTime.day(year: year, month: 1, day: 1) &* CivilTime.millisecondsPerDay)
      return first == 4 || first == 3 && CivilTime.isLeap(year) ? 53 : 52
    }
    if week < 1 { return (time.year - 1, weeks(time.year - 1)) }
    return week > weeks(time.year) ? (time.year + 1, 1) : (time.year, week)
  }

  // MARK: reading

  /// The instant that a whole text names; nil where it does not fit. What the pattern lacks is the least it can be.
  func milliseconds(_ text: String) -> Int64? {
    let letters = Array(text)
    var at = 0
    var time = CivilTime(year: 1970)
    var isAfternoon: Bool?
    var dayOfYear: Int?
    var offset = 0
    func number(_ least: Int, _ most: Int) -> Int? {
      let start = at
      while at < letters.count, at - start < most, letters[at].isASCII, letters[at].isNumber { at += 1 }
      guard at - start >= least else { return nil }
      return Int(String(letters[start..<at]))
    }
    func name(_ names: [String], _ count: Int) -> Int? {
      for (place, full) in names.enumerated() {
        let wanted = Array(count == 4 ? full : String(full.prefix(3)))
        if letters[at...].starts(with: wanted) {
          at += wanted.count
          return place
        }
      }
      return nil
    }
    for (place, part) in parts.enumerated() {
      switch part {
      case .text(let wanted):
        guard letters[at...].starts(with: Array(wanted)) else { return nil }
        at += wanted.count
      case .field(let letter, let count):
        // A number with another right behind it has just its digits.
        var isNextNumber = false
        if place + 1 < parts.count, case .field = parts[place + 1] { isNextNumber = true }
        let most = count == 1 && !isNextNumber ? 19 : count
        switch letter {
        case "y", "u", "Y":
          guard let year = number(count == 1 ? 1 : count, count == 2 ? 2 : count == 4 ? 4 : most) else { return nil }
          time.year = count == 2 ? 2000 + year : year
        case "M", "L":
          if count >= 3 {
            guard let month = name(Self.months, count) else { return nil }
            time.month = month + 1
          } else {
            guard let month = number(count, count == 1 ? 2 : count) else { return nil }
            time.month = month
          }
        case "d":
          guard let day = number(count, count == 1 ? 2 : count) else { return nil }
          time.day = day
        case "D": dayOfYear = number(count, 3)
        case "E", "e": guard name(Self.days, count) != nil else { return nil }
        case "a":
          let half = String(letters[at..<min(at + 2, letters.count)]).uppercased()
          guard half == "AM" || half == "PM" else { return nil }
          isAfternoon = half == "PM"
          at += 2
        case "H", "k", "K", "h":
          guard let hour = number(count, count == 1 ? 2 : count) else { return nil }
          time.hour = letter == "k" && hour == 24 || letter == "h" && hour == 12 ? 0 : hour
        case "m":
          guard let minute = number(count, count == 1 ? 2 : count) else { return nil }
          time.minute = minute
        case "s":
          guard let second = number(count, count == 1 ? 2 : count) else { return nil }
          time.second = second
        case "S":
          let start = at
          guard number(count, count) != nil else { return nil }
          time.millisecond = Int((String(letters[start..<at]) + "000").prefix(3)) ?? 0
        case "X", "x", "Z", "z", "V", "O":
          if at < letters.count, letters[at] == "Z" {
            at += 1
          } else {
            guard at < letters.count, letters[at] == "+" || letters[at] == "-" else { return nil }
            let sign = letters[at] == "-" ? -1 : 1
            at += 1
            guard let hours = number(2, 2) else { return nil }
            if at < letters.count, letters[at] == ":" { at += 1 }
            let minutes = number(2, 2) ?? 0
            offset = sign * (hours * 60 + minutes)
          }
        default: return nil
        }
      }
    }
    guard at == letters.count else { return nil }
    if let isAfternoon {
      guard time.hour < 12 else { return nil }
      if isAfternoon { time.hour += 12 }
    }
    if dayOfYear != nil { (time.month, time.day) = (1, 1) }
    guard let instant = time.timestamp else { return nil }
    let days = Int64((dayOfYear ?? 1) - 1)
    return instant.milliseconds + days * CivilTime.millisecondsPerDay - Int64(offset) * 60_000
  }
}
