/// Reads date math from left to right over its bytes.
struct DateMathParser {
  private let text: String
  private let bytes: [UInt8]
  private let format: DateFormat?
  private var at = 0

  /// Steps and characters beyond these serve no rule.
  private static let maximumSteps = 32
  private static let maximumLength = 256

  init(_ text: String, _ format: DateFormat?) {
    self.text = text
    self.format = format
    bytes = Array(text.utf8.prefix(Self.maximumLength + 1))
  }

  mutating func parse() throws(TimeSyntaxError) -> DateMath {
    guard !bytes.isEmpty else { throw error("date math is empty; write for example now-9m") }
    guard bytes.count <= Self.maximumLength else {
      throw error("date math is longer than \(Self.maximumLength) characters")
    }
    if bytes.starts(with: "now".utf8) {
      at = 3
      return DateMath(text: text, anchor: .now, steps: try steps())
    }
    let bar = bars()
    let (first, last) = try anchor(until: bar ?? bytes.count)
    guard let bar else { return DateMath(text: text, anchor: .fixed(first: first, last: last), steps: []) }
    at = bar + 2
    return DateMath(text: text, anchor: .fixed(first: first, last: first), steps: try steps())
  }

  /// Where `||` stands.
  private func bars() -> Int? {
    bytes.indices.dropLast().first { bytes[$0] == UInt8(ascii: "|") && bytes[$0 + 1] == UInt8(ascii: "|") }
  }

  private mutating func steps() throws(TimeSyntaxError) -> [DateMath.Step] {
    var steps: [DateMath.Step] = []
    while at < bytes.count {
      guard steps.count < Self.maximumSteps else { throw error("date math has more than \(Self.maximumSteps) steps") }
      let sign = bytes[at]
      switch sign {
      case UInt8(ascii: "+"), UInt8(ascii: "-"):
        at += 1
        let count = try number() ?? 1
        steps.append(.add(sign == UInt8(ascii: "-") ? -count : count, try unit()))
      case UInt8(ascii: "/"):
        at += 1
        guard try number() ?? 1 == 1 else { throw error("rounding takes a unit and no number, as in now/d") }
        steps.append(.round(try unit()))
      default:
        throw error("“\(rest)” is no step of date math: +, - or / was expected, as in now-1d/d")
      }
    }
    return steps
  }

  private mutating func number() throws(TimeSyntaxError) -> Int64? {
    let start = at
    var value: Int64 = 0
    while at < bytes.count, bytes[at] &- 0x30 <= 9 {
      value = value * 10 + Int64(bytes[at] - 0x30)
      guard value <= 1_000_000_000_000 else { throw error("the number is too large for date math") }
      at += 1
    }
    return at > start ? value : nil
  }

  private mutating func unit() throws(TimeSyntaxError) -> TimeUnit {
    guard at < bytes.count else { throw error("a unit is missing at the end: one of y M w d h m s") }
    guard let unit = TimeUnit(letter: bytes[at]) else {
      throw error("“\(character)” is no unit of time: the units are y M w d h m s")
    }
    at += 1
    return unit
  }

  /// The anchor before `end`: milliseconds since the epoch, or a date that may stop after any part.
  private mutating func anchor(until end: Int) throws(TimeSyntaxError) -> (Timestamp, Timestamp) {
    if let format {
      let written = bytes[..<end]
      guard let first = format.read(Array(written)), let last = format.read(Array(written), roundingUp: true) else {
        throw error("it is no date of the format \(format.text)")
      }
      return (
        Timestamp(milliseconds: first.instant().milliseconds).clamped,
        Timestamp(milliseconds: last.instant().milliseconds).clamped
      )
    }
    if let instant = try epochMilliseconds(until: end) { return (instant, instant) }
    var civil = CivilTime(year: try digits(4, "a year of four digits, or now", until: end))
    guard CivilTime.years.contains(civil.year) else { throw error("the year must lie between 0001 and 9999", at: 0) }
    if take("-", until: end) {
      civil.month = try digits(2, "a month of two digits", until: end)
      guard 1...12 ~= civil.month else { throw error("there is no month \(civil.month)", at: at - 2) }
      if take("-", until: end) {
        civil.day = try digits(2, "a day of two digits", until: end)
        guard 1...CivilTime.daysInMonth(civil.month, of: civil.year) ~= civil.day else {
          throw error("there is no day \(civil.day) in that month", at: at - 2)
        }
        if take("T", until: end) { return try time(civil, until: end) }
      }
    }
    guard at == end else { throw error("“\(rest)” was not expected after the date") }
    // A month or a day that is missing is the first, at either end; only hours and less are filled up.
    return try bounds(civil, .day, fraction: false, zone: 0)
  }

  private mutating func time(_ date: CivilTime, until end: Int) throws(TimeSyntaxError) -> (Timestamp, Timestamp) {
    var civil = date
    // The `T` may close the text.
    guard at < end else { return try bounds(civil, .day, fraction: false, zone: 0) }
    var precision = TimeUnit.hour
    var fraction = false
    civil.hour = try digits(2, "an hour of two digits", until: end)
    guard civil.hour <= 23 else { throw error("there is no hour \(civil.hour)", at: at - 2) }
    if take(":", until: end) {
      civil.minute = try digits(2, "minutes of two digits", until: end)
      guard civil.minute <= 59 else { throw error("there is no minute \(civil.minute)", at: at - 2) }
      precision = .minute
      if take(":", until: end) {
        civil.second = try digits(2, "seconds of two digits", until: end)
        guard civil.second <= 59 else { throw error("there is no second \(civil.second)", at: at - 2) }
        precision = .second
        if take(".", until: end) || take(",", until: end) {
          fraction = true
          civil.millisecond = try milliseconds(until: end)
        }
      }
    }
    let zone = bytes.withUnsafeBufferPointer {
      Timestamp.zoneMinutes(UnsafeBufferPointer(rebasing: $0[at..<end]), 0)
    }
    guard let zone else { throw error("“\(rest)” is no time zone: write Z or an offset like +02:00") }
    return try bounds(civil, precision, fraction: fraction, zone: zone)
  }

  /// The digits of a fraction, cut to milliseconds.
  private mutating func milliseconds(until end: Int) throws(TimeSyntaxError) -> Int {
    let start = at
    var place = 100
    var value = 0
    while at < end, bytes[at] &- 0x30 <= 9 {
      value += Int(bytes[at] - 0x30) * place
      place /= 10
      at += 1
    }
    guard at > start else { throw error("digits of a second were expected") }
    return value
  }

  private func bounds(
    _ civil: CivilTime, _ precision: TimeUnit, fraction: Bool, zone: Int
  ) throws(TimeSyntaxError) -> (Timestamp, Timestamp) {
    guard let local = civil.timestamp else { throw error("there is no such date", at: 0) }
    let shift = Int64(zone) * 60_000
    let first = Timestamp(milliseconds: local.milliseconds - shift)
    guard !fraction else { return (first.clamped, first.clamped) }
    let next = precision.add(1, to: local)
    let last = next == .latest ? next : Timestamp(milliseconds: next.milliseconds - 1)
    return (first.clamped, Timestamp(milliseconds: last.milliseconds - shift).clamped)
  }

  /// Digits alone, unless they are four and so a year.
  private func epochMilliseconds(until end: Int) throws(TimeSyntaxError) -> Timestamp? {
    let negative = end > 0 && bytes[0] == UInt8(ascii: "-")
    let parts = bytes[(negative ? 1 : 0)..<end].split(
      separator: UInt8(ascii: "."), maxSplits: 1, omittingEmptySubsequences: false)
    guard let digits = parts.first, !digits.isEmpty, parts.allSatisfy({ $0.allSatisfy { $0 &- 0x30 <= 9 } }),
      parts.last?.isEmpty == false, negative || parts.count == 2 || digits.count != 4
    else { return nil }
    var value: Int64 = 0
    for digit in digits {
      value = value * 10 + Int64(digit - 0x30)
      guard value <= Timestamp.latest.milliseconds else { throw error("the time lies beyond the year 9999", at: 0) }
    }
    // A fraction of a millisecond is cut off, towards the past.
    let isCut = negative && parts.count == 2 && parts[1].contains { $0 != UInt8(ascii: "0") }
    let instant = Timestamp(milliseconds: negative ? -value - (isCut ? 1 : 0) : value)
    guard instant >= .earliest else { throw error("the time lies before the year 0001", at: 0) }
    return instant
  }

  private mutating func digits(_ count: Int, _ what: String, until end: Int) throws(TimeSyntaxError) -> Int {
    guard at + count <= end, bytes[at..<at + count].allSatisfy({ $0 &- 0x30 <= 9 }) else {
      throw error("\(what) was expected\(at < end ? " instead of “\(rest)”" : " at the end")")
    }
    var value = 0
    for digit in bytes[at..<at + count] { value = value * 10 + Int(digit - 0x30) }
    at += count
    return value
  }

  private mutating func take(_ character: Unicode.Scalar, until end: Int) -> Bool {
    guard at < end, bytes[at] == UInt8(ascii: character) else { return false }
    at += 1
    return true
  }

  private var rest: String { String(decoding: bytes[at...].prefix(40), as: UTF8.self) }
  private var character: String { String(rest.prefix(1)) }

  private func error(_ message: String, at place: Int? = nil) -> TimeSyntaxError {
    let before = bytes.prefix(place ?? at)
    return TimeSyntaxError(message, column: String(decoding: before, as: UTF8.self).count + 1)
  }
}
