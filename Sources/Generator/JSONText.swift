/// Small pieces of JSON text for the records that are written one by one.
enum JSONText {
  /// `text` in quotes, with the escapes that JSON asks for.
  static func string(_ text: String) -> String {
    "\"" + escaped(text) + "\""
  }

  /// `text` with the escapes that JSON asks for, without the quotes.
  static func escaped(_ text: String) -> String {
    var result = ""
    result.reserveCapacity(text.utf8.count + 16)
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\"": result += "\\\""
      case "\\": result += "\\\\"
      case "\n": result += "\\n"
      case "\r": result += "\\r"
      case "\t": result += "\\t"
      case let control where control.value < 0x20:
        let digits = String(control.value, radix: 16)
        result += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
      default: result.unicodeScalars.append(scalar)
      }
    }
    return result
  }
}
