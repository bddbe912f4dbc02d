import Events

/// Dates as ES|QL reads and writes them.
enum ESQLDates {
  /// Reads ISO 8601: a date, or a date and a time with what follows left out at will. Nil for anything else.
  static func milliseconds(_ text: String) -> Int64? { parsed(text).map { $0.milliseconds } }

  /// The same in nanoseconds. Throws for a date that they cannot say.
  static func nanoseconds(_ text: String) throws(EvaluationFault) -> Int64? {
    guard let (milliseconds, rest) = parsed(text) else { return nil }
    let (scaled, isOver) = milliseconds.multipliedReportingOverflow(by: 1_000_000)
    let (sum, isMore) = scaled.addingReportingOverflow(rest)
    guard milliseconds >= 0, !isOver, !isMore else {
      throw EvaluationFault(
        "date[\(instant(milliseconds, rest))] is \(beyondNanoseconds(milliseconds)) and cannot be stored in nanosecond "
          + "resolution")
    }
    return sum
  }

  /// Where a time lies that cannot be said in nanoseconds.
  static func beyondNanoseconds(_ milliseconds: Int64) -> String {
    milliseconds < 0 ? "before the epoch in 1970" : "after 2262-04-11T23:47:16.854775807"
  }

  /// A time as Java writes an instant: without a fraction that is none.
  private static func instant(_ milliseconds: Int64, _ nanoseconds: Int64) -> String {
    var text = Timestamp(milliseconds: milliseconds).iso8601
    guard nanoseconds == 0 else { return text.dropLast() + String(nanoseconds + 1_000_000).dropFirst() + "Z" }
    if text.hasSuffix(".000Z") { text = text.dropLast(5) + "Z" }
    return text
  }

  /// Milliseconds since the epoch, and the nanoseconds beyond them.
  private static func parsed(_ text: String) -> (milliseconds: Int64, nanoseconds: Int64)? {
    let bytes = Array(text.utf8)
    var at = 0
    func number(_ digits: Int) -> Int? {
      guard at + digits <= bytes.count else { return nil }
      var value = 0
      for place in at..<(at + digits) {
        guard 0x30...0x39 ~= bytes[place] else { return nil }
        value = value * 10 + Int(bytes[place] - 0x30)
      }
      at += digits
      return value
    }
    func takes(_ sign: Character) -> Bool {
      guard at < bytes.count, bytes[at] == sign.asciiValue else { return false }
      at += 1
      return true
    }
    let isNegative = takes("-")
    guard let digits = number(4) else { return nil }
    let year = isNegative ? -digits : digits
    // Years before the first are counted on in the calendar's cycle of 400 years.
    let cycles = year < 1 ? -year / 400 + 1 : 0
    var time = CivilTime(year: year + cycles * 400)
    var nanoseconds = 0
    var offset = 0
    if takes("-") {
      guard let month = number(2) else { return nil }
      time.month = month
      if takes("-") {
        guard let day = number(2) else { return nil }
        time.day = day
      }
    }
    if takes("T") {
      if at < bytes.count {
        guard let hour = number(2) else { return nil }
        time.hour = hour
        if takes(":") {
          guard let minute = number(2) else { return nil }
          time.minute = minute
          if takes(":") {
            guard let second = number(2) else { return nil }
            time.second = second
            if takes(".") || takes(",") {
              var digits = 0
              while digits < 9, let digit = number(1) {
                nanoseconds = nanoseconds * 10 + digit
                digits += 1
              }
              guard digits > 0 else { return nil }
              for _ in digits..<9 { nanoseconds *= 10 }
            }
          }
        }
        if takes("Z") {
        } else if at < bytes.count {
          let isNegative = bytes[at] == UInt8(ascii: "-")
          guard takes("+") || takes("-"), let hours = number(2), hours <= 18 else { return nil }
          var minutes = 0
          if at < bytes.count {
            _ = takes(":")
            guard let read = number(2), read < 60 else { return nil }
            minutes = read
          }
          offset = (hours * 60 + minutes) * (isNegative ? -1 : 1)
        }
      }
    }
    guard at == bytes.count, let instant = time.timestamp else { return nil }
    let whole = instant.milliseconds - Int64(cycles) * 146_097 * CivilTime.millisecondsPerDay
    return (whole - Int64(offset) * 60_000 + Int64(nanoseconds / 1_000_000), Int64(nanoseconds % 1_000_000))
  }

  /// `2026-01-05T10:00:00.000Z`
  static func text(_ milliseconds: Int64) -> String { Timestamp(milliseconds: milliseconds).iso8601 }

  /// With the digits of the fraction to the last that is no zero, three at least, as `date_nanos` columns are written.
  static func text(nanoseconds: Int64) -> String {
    let instant = ESQLInstant(.whole(nanoseconds), .dateNanos)
    let base = Timestamp(milliseconds: instant.milliseconds).iso8601
    guard instant.nanoseconds != 0 else { return base }
    var digits = String(instant.nanoseconds + 1_000_000).dropFirst()
    while digits.hasSuffix("0") { digits.removeLast() }
    return base.dropLast() + digits + "Z"
  }
}
