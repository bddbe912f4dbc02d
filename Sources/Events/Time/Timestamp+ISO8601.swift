extension Timestamp {
  /// 0001-01-01T00:00:00.000Z, the first instant that ISO 8601 text can name without agreement.
  public static let earliest = Timestamp(milliseconds: -62_135_596_800_000)
  /// 9999-12-31T23:59:59.999Z, the last one.
  public static let latest = Timestamp(milliseconds: 253_402_300_799_999)
  /// Stands for the time of an event without one; it lies before all others.
  public static let missing = Timestamp(milliseconds: earliest.milliseconds - 1)
  /// 2006-01-01T00:00:00Z, before which no event is to be expected: AWS's first service came in that year.
  public static let earliestPlausible = Timestamp(milliseconds: 1_136_073_600_000)

  /// The instant that ISO 8601 text names, as `2024-08-01T13:29:57Z`; nil when the text is anything else.
  ///
  /// Years 0001–9999 by four digits; seconds are required; a fraction of any length is cut to milliseconds; the zone is
  /// `Z`, `+02:00`, `+0200` or `+02`, and UTC where there is none, as in Elasticsearch's `date` type.
  public init?(iso8601 text: some StringProtocol) {
    // A native string lends its bytes; only a foreign one is copied.
    let parsed = text.utf8.withContiguousStorageIfAvailable { Timestamp(iso8601: $0) }
    guard let timestamp = parsed ?? Array(text.utf8).withUnsafeBufferPointer({ Timestamp(iso8601: $0) }) else {
      return nil
    }
    self = timestamp
  }

  /// The instant that ISO 8601 text names, read in place without allocation; nil when the text is anything else.
  public init?(iso8601 text: UnsafeRawBufferPointer) {
    self.init(iso8601: text.assumingMemoryBound(to: UInt8.self))
  }

  /// The instant that ISO 8601 text names, read in place without allocation; nil when the text is anything else.
  public init?(iso8601 text: UnsafeBufferPointer<UInt8>) {
    guard text.count >= 19, let start = text.baseAddress else { return nil }
    // Three words of eight bytes: `2024-08-`, `01T13:29`, `13:29:57`. Against the separators and the digit 0, separators
    // become zero and digits their values; the T's case does not count.
    let raw = UnsafeRawPointer(start)
    let date = UInt64(littleEndian: raw.loadUnaligned(as: UInt64.self)) ^ 0x2D30_302D_3030_3030
    let middle =
      (UInt64(littleEndian: raw.loadUnaligned(fromByteOffset: 8, as: UInt64.self)) ^ 0x3030_3A30_3054_3030)
      & 0xFFFF_FFFF_FFDF_FFFF
    let time = UInt64(littleEndian: raw.loadUnaligned(fromByteOffset: 11, as: UInt64.self)) ^ 0x3030_3A30_303A_3030
    let separators = date & 0xFF00_00FF_0000_0000 | middle & 0x0000_FF00_00FF_0000 | time & 0x0000_FF00_00FF_0000
    guard separators == 0, Self.areDigits(date), Self.areDigits(middle), Self.areDigits(time) else { return nil }
    let year = Self.pair(date, 0) * 100 + Self.pair(date, 2)
    let month = Self.pair(date, 5)
    let day = Self.pair(middle, 0)
    let hour = Self.pair(time, 0)
    let minute = Self.pair(time, 3)
    let second = Self.pair(time, 6)
    guard year >= 1, month >= 1, month <= 12, day >= 1, day <= 28 || day <= CivilTime.daysInMonth(month, of: year),
      hour <= 23, minute <= 59, second <= 59
    else { return nil }
    var at = 19
    var fraction = 0
    if at < text.count, start[at] == UInt8(ascii: ".") || start[at] == UInt8(ascii: ",") {
      at += 1
      let first = at
      var place = 100
      while at < text.count, start[at] &- 0x30 <= 9 {
        fraction += Int(start[at] &- 0x30) * place
        place /= 10
        at += 1
      }
      guard at > first else { return nil }
    }
    guard let offset = Self.zoneMinutes(text, at) else { return nil }
    let seconds = (hour * 60 + minute - offset) * 60 + second
    self.init(
      milliseconds: CivilTime.day(year: year, month: month, day: day) * CivilTime.millisecondsPerDay
        + Int64(seconds * 1000 + fraction))
  }

  /// True when every byte is at most 9.
  @inline(__always)
  private static func areDigits(_ word: UInt64) -> Bool {
    // A byte of 10 or more reaches its high bit when 118 is added, or has it already; nine and less carry nothing over.
    (word & 0x7F7F_7F7F_7F7F_7F7F &+ 0x7676_7676_7676_7676 | word) & 0x8080_8080_8080_8080 == 0
  }

  /// The number that two digit bytes write, the first at byte `place`.
  @inline(__always)
  private static func pair(_ word: UInt64, _ place: UInt64) -> Int {
    Int(truncatingIfNeeded: (word >> (place * 8) & 0xFF) * 10 + (word >> (place * 8 + 8) & 0xFF))
  }

  /// Minutes east of UTC that the text from `at` to its end names: nothing, `Z`, `±hh`, `±hhmm` or `±hh:mm`.
  @inline(__always)
  static func zoneMinutes(_ text: UnsafeBufferPointer<UInt8>, _ at: Int) -> Int? {
    let left = text.count - at
    if left == 0 { return 0 }
    if left == 1 { return text[at] | 0x20 == UInt8(ascii: "z") ? 0 : nil }
    return numericZoneMinutes(text, at)
  }

  @inline(never)
  private static func numericZoneMinutes(_ text: UnsafeBufferPointer<UInt8>, _ at: Int) -> Int? {
    let negative = text[at] == UInt8(ascii: "-")
    guard negative || text[at] == UInt8(ascii: "+") else { return nil }
    func pair(_ at: Int) -> Int? {
      guard text[at] &- 0x30 <= 9, text[at + 1] &- 0x30 <= 9 else { return nil }
      return Int(text[at] - 0x30) * 10 + Int(text[at + 1] - 0x30)
    }
    var minutes: Int? = 0
    switch text.count - at {
    case 3: break
    case 5: minutes = pair(at + 3)
    case 6 where text[at + 3] == UInt8(ascii: ":"): minutes = pair(at + 4)
    default: return nil
    }
    guard let hours = pair(at + 1), let minutes, minutes <= 59, hours * 60 + minutes <= 18 * 60 else { return nil }
    return negative ? -(hours * 60 + minutes) : hours * 60 + minutes
  }

  /// The instant as `2024-08-01T13:29:57.000Z`.
  ///
  /// A year outside 0000–9999 is written with its sign and at least four digits.
  public var iso8601: String { withISO8601 { String(decoding: $0, as: UTF8.self) } }

  /// Appends the instant as `2024-08-01T13:29:57.000Z`.
  public func appendISO8601(to output: inout [UInt8]) { withISO8601 { output.append(contentsOf: $0) } }

  /// Calls `body` with the instant as `2024-08-01T13:29:57.000Z`; the bytes are borrowed for the call.
  public func withISO8601<Result>(_ body: (UnsafeBufferPointer<UInt8>) -> Result) -> Result {
    let civil = CivilTime(self)
    guard 0...9999 ~= civil.year else { return Self.signedText(civil).withUnsafeBufferPointer(body) }
    return withUnsafeTemporaryAllocation(of: UInt8.self, capacity: 24) { text in
      func put(_ digit: Int, _ place: Int) { text[place] = UInt8(ascii: "0") + UInt8(truncatingIfNeeded: digit) }
      func putPair(_ number: Int, _ place: Int, then separator: UInt8) {
        put(number / 10, place)
        put(number % 10, place + 1)
        text[place + 2] = separator
      }
      // Behind the first two digits of the year come more.
      putPair(civil.year / 100, 0, then: UInt8(ascii: "0"))
      putPair(civil.year % 100, 2, then: UInt8(ascii: "-"))
      putPair(civil.month, 5, then: UInt8(ascii: "-"))
      putPair(civil.day, 8, then: UInt8(ascii: "T"))
      putPair(civil.hour, 11, then: UInt8(ascii: ":"))
      putPair(civil.minute, 14, then: UInt8(ascii: ":"))
      putPair(civil.second, 17, then: UInt8(ascii: "."))
      put(civil.millisecond / 100, 20)
      putPair(civil.millisecond % 100, 21, then: UInt8(ascii: "Z"))
      return body(UnsafeBufferPointer(text))
    }
  }

  /// The text of a time whose year takes a sign.
  private static func signedText(_ civil: CivilTime) -> [UInt8] {
    func padded(_ number: Int, _ digits: Int) -> String {
      let text = String(number)
      return String(repeating: "0", count: max(0, digits - text.count)) + text
    }
    let date =
      "\(civil.year < 0 ? "-" : "+")\(padded(abs(civil.year), 4))-\(padded(civil.month, 2))-\(padded(civil.day, 2))"
    let time = "\(padded(civil.hour, 2)):\(padded(civil.minute, 2)):\(padded(civil.second, 2))"
    return Array("\(date)T\(time).\(padded(civil.millisecond, 3))Z".utf8)
  }
}
