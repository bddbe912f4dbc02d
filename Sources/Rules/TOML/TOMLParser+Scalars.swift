import Events
import JSON

extension TOMLParser {
  /// Reads a boolean, a number, or a date or time, which stays text.
  mutating func scalar() throws(TOMLSyntaxError) -> JSONValue {
    let start = at
    while let byte = peek(), Self.isScalar(byte) { at += 1 }
    // A single blank may part a date from its time.
    if at - start == 10, bytes[start + 4] == UInt8(ascii: "-"), peek() == UInt8(ascii: " "),
      let next = peek(1), next &- 0x30 <= 9
    {
      at += 1
      while let byte = peek(), Self.isScalar(byte) { at += 1 }
    }
    let word = text(start..<at)
    guard !word.isEmpty else { throw error("a value was expected, not \(found)") }
    if let value = Self.scalar(word) { return value }
    at = start
    throw error("“\(word.prefix(40))” is no value: text wants quotes, and numbers are written as 42 or 4.2")
  }

  private static func isScalar(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "+"), UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: ":"), UInt8(ascii: "_"): true
    default: byte &- 0x30 <= 9 || (byte | 0x20) &- 0x61 < 26
    }
  }

  private static func scalar(_ word: String) -> JSONValue? {
    switch word {
    case "true": return true
    case "false": return false
    case "inf", "+inf": return .double(.infinity)
    case "-inf": return .double(-.infinity)
    case "nan", "+nan", "-nan": return .double(.nan)
    default: break
    }
    let bytes = Array(word.utf8)
    return integer(bytes) ?? double(bytes) ?? (isDateOrTime(bytes) ? .string(word) : nil)
  }

  private static func integer(_ word: [UInt8]) -> JSONValue? {
    if word.count > 2, word[0] == UInt8(ascii: "0"), let radix = radix(word[1]) {
      guard
        let digits = digits(
          word[2...], where: { Character(Unicode.Scalar($0)).hexDigitValue.map { $0 < radix } ?? false })
      else { return nil }
      return Int64(digits, radix: radix).map(JSONValue.integer)
    }
    let signed = word.first == UInt8(ascii: "+") || word.first == UInt8(ascii: "-")
    guard let digits = digits(word[(signed ? 1 : 0)...], where: { $0 &- 0x30 <= 9 }), !hasLeadingZero(digits) else {
      return nil
    }
    return Int64(word.first == UInt8(ascii: "-") ? "-" + digits : digits).map(JSONValue.integer)
  }

  private static func radix(_ letter: UInt8) -> Int? {
    switch letter {
    case UInt8(ascii: "x"): 16
    case UInt8(ascii: "o"): 8
    case UInt8(ascii: "b"): 2
    default: nil
    }
  }

  private static func hasLeadingZero(_ digits: String) -> Bool { digits.utf8.count > 1 && digits.hasPrefix("0") }

  /// Digits without the underscores that may stand between two of them; nil when there is anything else.
  private static func digits(_ word: ArraySlice<UInt8>, where isDigit: (UInt8) -> Bool) -> String? {
    var digits: [UInt8] = []
    var afterDigit = false
    for byte in word {
      if byte == UInt8(ascii: "_") {
        guard afterDigit else { return nil }
        afterDigit = false
      } else {
        guard isDigit(byte) else { return nil }
        digits.append(byte)
        afterDigit = true
      }
    }
    return afterDigit ? String(decoding: digits, as: UTF8.self) : nil
  }

  private static func double(_ word: [UInt8]) -> JSONValue? {
    let isDigit: (UInt8) -> Bool = { $0 &- 0x30 <= 9 }
    let parts = word.split(
      maxSplits: 1, omittingEmptySubsequences: false, whereSeparator: { $0 | 0x20 == UInt8(ascii: "e") })
    var mantissa = parts[0]
    var text = ""
    if let sign = mantissa.first, sign == UInt8(ascii: "+") || sign == UInt8(ascii: "-") {
      if sign == UInt8(ascii: "-") { text = "-" }
      mantissa = mantissa.dropFirst()
    }
    let halves = mantissa.split(separator: UInt8(ascii: "."), maxSplits: 1, omittingEmptySubsequences: false)
    guard halves.count == 2 || parts.count == 2, let whole = halves.first.flatMap({ digits($0, where: isDigit) }),
      !hasLeadingZero(whole)
    else { return nil }
    text += whole
    if halves.count == 2 {
      guard let fraction = digits(halves[1], where: isDigit) else { return nil }
      text += "." + fraction
    }
    if parts.count == 2 {
      var exponent = parts[1]
      text += "e"
      if let sign = exponent.first, sign == UInt8(ascii: "+") || sign == UInt8(ascii: "-") {
        if sign == UInt8(ascii: "-") { text += "-" }
        exponent = exponent.dropFirst()
      }
      guard let digits = digits(exponent, where: isDigit) else { return nil }
      text += digits
    }
    return Double(text).map(JSONValue.double)
  }

  /// True for a date, a time, or both with or without an offset, that exist.
  private static func isDateOrTime(_ word: [UInt8]) -> Bool {
    guard word.count >= 8 else { return false }
    if word[2] == UInt8(ascii: ":") { return isTime(Array("2000-01-01T".utf8) + word, offset: false) }
    if word.count == 10 { return isTime(word + Array("T00:00:00".utf8), offset: false) }
    var word = word
    if word.count > 10, word[10] == UInt8(ascii: " ") { word[10] = UInt8(ascii: "T") }
    return isTime(word, offset: true)
  }

  private static func isTime(_ text: [UInt8], offset: Bool) -> Bool {
    let tail = text.dropFirst(19)
    // TOML writes offsets with a colon, fractions with a point, and only dates with their time have an offset.
    let zone = tail.drop { $0 == UInt8(ascii: ".") || $0 &- 0x30 <= 9 }
    guard zone.isEmpty || offset && [1, 6].contains(zone.count), !tail.contains(UInt8(ascii: ",")) else { return false }
    return text.withUnsafeBufferPointer { Timestamp(iso8601: $0) } != nil
  }
}
