import JSON

/// What an unquoted word of YAML means.
enum YAMLScalar {
  /// Why a word is refused, as a sentence.
  struct Ambiguity: Error {
    var message: String
  }

  /// The value of a plain scalar.
  ///
  /// Words that one version of YAML takes for a text and another one for a boolean or a number are refused, so that
  /// what is written is what is meant.
  static func value(_ text: String) throws(Ambiguity) -> JSONValue {
    switch text {
    case "", "~", "null", "Null", "NULL": return .null
    case "true", "True", "TRUE": return .bool(true)
    case "false", "False", "FALSE": return .bool(false)
    default: break
    }
    switch text.lowercased() {
    case "yes", "on": throw ambiguity(text, "a boolean", "true")
    case "no", "off": throw ambiguity(text, "a boolean", "false")
    case ".inf", "+.inf", "-.inf", ".nan":
      throw Ambiguity(message: "“\(text)” is no number that an event can hold; put it in quotes if it is a text.")
    default: break
    }
    return try number(text) ?? .string(text)
  }

  private static func number(_ text: String) throws(Ambiguity) -> JSONValue? {
    let isSigned = text.hasPrefix("-") || text.hasPrefix("+")
    let bytes = Array((isSigned ? text.dropFirst() : text[...]).utf8)
    guard let first = bytes.first, isDigit(first) || first == UInt8(ascii: ".") && bytes.count > 1 else { return nil }
    if bytes.allSatisfy(isDigit) {
      if (first != UInt8(ascii: "0") || bytes.count == 1) && !text.hasPrefix("+") {
        if let whole = Int64(text) { return .integer(whole) }
        throw Ambiguity(message: "\(text) is too large for a number; put it in quotes if it is a text.")
      }
      throw ambiguity(text, "a number", nil)
    }
    if isFraction(bytes) {
      guard first != UInt8(ascii: "."), !text.hasPrefix("+"), let value = Double(text), value.isFinite else {
        throw ambiguity(text, "a number", nil)
      }
      return .double(value)
    }
    if isOldNumber(bytes) { throw ambiguity(text, "a number", nil) }
    return nil
  }

  private static func isDigit(_ byte: UInt8) -> Bool { byte &- 0x30 <= 9 }

  /// Digits with one point, an exponent, or both.
  private static func isFraction(_ bytes: [UInt8]) -> Bool {
    var at = 0
    func digits() -> Int {
      let start = at
      while at < bytes.count, isDigit(bytes[at]) { at += 1 }
      return at - start
    }
    var count = digits()
    if at < bytes.count, bytes[at] == UInt8(ascii: ".") {
      at += 1
      count += digits()
    }
    guard count > 0 else { return false }
    if at < bytes.count, bytes[at] | 0x20 == UInt8(ascii: "e") {
      at += 1
      if at < bytes.count, bytes[at] == UInt8(ascii: "-") || bytes[at] == UInt8(ascii: "+") { at += 1 }
      guard digits() > 0 else { return false }
    }
    return at == bytes.count
  }

  /// Forms of numbers that YAML 1.1 or 1.2 knows and JSON does not: `0x1F`, `0o17`, `0b1`, `1_000`, `12:30:45`.
  private static func isOldNumber(_ bytes: [UInt8]) -> Bool {
    if bytes.count > 2, bytes[0] == UInt8(ascii: "0") {
      let rest = bytes.dropFirst(2)
      switch bytes[1] {
      case UInt8(ascii: "x"):
        return rest.allSatisfy { isDigit($0) || ($0 | 0x20) &- 0x61 < 6 || $0 == UInt8(ascii: "_") }
      case UInt8(ascii: "o"), UInt8(ascii: "b"): return rest.allSatisfy { isDigit($0) || $0 == UInt8(ascii: "_") }
      default: break
      }
    }
    let digitsOr = { (mark: Character) in bytes.allSatisfy { isDigit($0) || $0 == mark.asciiValue } }
    return isDigit(bytes[0]) && (digitsOr("_") || digitsOr(":"))
  }

  private static func ambiguity(_ text: String, _ other: String, _ written: String?) -> Ambiguity {
    let remedy = written.map { "or write \($0)" } ?? "or write the number in plain decimals"
    return Ambiguity(message: "“\(text)” may be a text or \(other); put it in quotes for the text, \(remedy).")
  }
}
