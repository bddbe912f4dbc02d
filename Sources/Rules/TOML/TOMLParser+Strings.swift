extension TOMLParser {
  /// Reads a string of any of the four kinds.
  mutating func string() throws(TOMLSyntaxError) -> String {
    let quote = bytes[at]
    guard peek(1) == quote, peek(2) == quote else { return try shortString() }
    return try longString(quote)
  }

  /// Reads a string of one line, between double or single quotes.
  mutating func shortString() throws(TOMLSyntaxError) -> String {
    let quote = bytes[at]
    let opening = at
    at += 1
    var start = at
    // Filled once an escape makes the value differ from the text.
    var value: [UInt8] = []
    while let byte = peek() {
      if byte == quote {
        defer { at += 1 }
        guard !value.isEmpty else { return text(start..<at) }
        value += bytes[start..<at]
        return String(decoding: value, as: UTF8.self)
      }
      if byte == UInt8(ascii: "\\"), quote == UInt8(ascii: "\"") {
        value += bytes[start..<at]
        try escape(into: &value)
        start = at
        continue
      }
      guard !Self.isControl(byte) else {
        if byte == UInt8(ascii: "\n") || byte == UInt8(ascii: "\r") { break }
        throw error("a string holds a control character; write it as an escape")
      }
      at += 1
    }
    throw TOMLSyntaxError("the string is not closed on its line", at: opening)
  }

  private mutating func longString(_ quote: UInt8) throws(TOMLSyntaxError) -> String {
    let opening = at
    at += 3
    _ = takeLineEnd()
    // Filled once an escape or a line's end makes the value differ from the text.
    var value: [UInt8] = []
    var start = at
    while let byte = peek() {
      if byte == quote {
        var run = 1
        while run < 5, peek(run) == quote { run += 1 }
        at += run
        guard run >= 3 else { continue }
        // One or two quotes may stand right before the closing three.
        guard !value.isEmpty else { return text(start..<at - 3) }
        value += bytes[start..<at - 3]
        return String(decoding: value, as: UTF8.self)
      }
      if byte == UInt8(ascii: "\\"), quote == UInt8(ascii: "\"") {
        value += bytes[start..<at]
        if try !foldLines() { try escape(into: &value) }
        start = at
        continue
      }
      if byte == UInt8(ascii: "\r") {
        value += bytes[start..<at]
        guard takeLineEnd() else { throw error("a carriage return stands without its line feed") }
        value.append(UInt8(ascii: "\n"))
        start = at
        continue
      }
      guard byte == UInt8(ascii: "\n") || !Self.isControl(byte) else {
        throw error("a string holds a control character; write it as an escape")
      }
      at += 1
    }
    throw TOMLSyntaxError("the string is not closed: three quotes were expected", at: opening)
  }

  /// Passes a backslash at a line's end with all white space after it; false when the backslash is an escape.
  private mutating func foldLines() throws(TOMLSyntaxError) -> Bool {
    var ahead = 1
    while let byte = peek(ahead), byte == UInt8(ascii: " ") || byte == UInt8(ascii: "\t") { ahead += 1 }
    let ends =
      peek(ahead) == UInt8(ascii: "\n") || peek(ahead) == UInt8(ascii: "\r") && peek(ahead + 1) == UInt8(ascii: "\n")
    guard ends else { return false }
    at += ahead
    while let byte = peek() {
      if byte == UInt8(ascii: " ") || byte == UInt8(ascii: "\t") {
        at += 1
      } else if !takeLineEnd() {
        break
      }
    }
    return true
  }

  private mutating func escape(into value: inout [UInt8]) throws(TOMLSyntaxError) {
    let start = at
    at += 2
    switch peek(-1) {
    case UInt8(ascii: "b"): value.append(0x08)
    case UInt8(ascii: "t"): value.append(0x09)
    case UInt8(ascii: "n"): value.append(0x0A)
    case UInt8(ascii: "f"): value.append(0x0C)
    case UInt8(ascii: "r"): value.append(0x0D)
    case UInt8(ascii: "\""): value.append(UInt8(ascii: "\""))
    case UInt8(ascii: "\\"): value.append(UInt8(ascii: "\\"))
    case UInt8(ascii: "u"): try unicodeEscape(4, start, into: &value)
    case UInt8(ascii: "U"): try unicodeEscape(8, start, into: &value)
    default:
      throw TOMLSyntaxError(
        "a backslash starts no escape that TOML knows; double it, or put the string in single quotes", at: start)
    }
  }

  private mutating func unicodeEscape(_ digits: Int, _ start: Int, into value: inout [UInt8]) throws(TOMLSyntaxError) {
    var number: UInt32 = 0
    for _ in 0..<digits {
      guard let byte = peek(), let digit = Character(Unicode.Scalar(byte)).hexDigitValue else {
        throw TOMLSyntaxError("the escape needs \(digits) hexadecimal digits", at: start)
      }
      number = number << 4 | UInt32(digit)
      at += 1
    }
    guard let scalar = Unicode.Scalar(number) else {
      throw TOMLSyntaxError("the escape names no Unicode character", at: start)
    }
    value += Array(String(scalar).utf8)
  }
}
