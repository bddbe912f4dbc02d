/// The ways in which a string is written in TOML.
enum TOMLStringForm {
  /// A string on one line, in single quotes where that saves escapes.
  static func oneLine(_ text: String) -> String {
    let escapes = text.unicodeScalars.contains { $0 == "\"" || $0 == "\\" }
    if escapes, !text.unicodeScalars.contains(where: { $0 == "'" || $0 == "\t" || needsEscape($0) }) {
      return "'\(text)'"
    }
    return "\"" + escaped(text, isLong: false) + "\""
  }

  /// A string of several lines between three quotes: single ones where they are asked for or save escapes.
  static func block(_ text: String, prefersLiteral: Bool) -> String {
    if prefersLiteral || text.unicodeScalars.contains("\\"), isLiteral(text) { return "'''\n\(text)'''" }
    return "\"\"\"\n" + escaped(text, isLong: true) + "\"\"\""
  }

  /// A long line broken at its blanks, each line ending in a backslash; nil where that cannot be done.
  static func folded(_ text: String, indent: String, columns: Int) -> String? {
    guard let first = text.first, !first.isWhitespace, text.unicodeScalars.contains(" "),
      !text.unicodeScalars.contains("\n")
    else { return nil }
    var lines: [String] = []
    var line = ""
    for piece in pieces(text) {
      let piece = escaped(piece, isLong: true)
      // Room for the indentation and the backslash.
      if !line.isEmpty, indent.count + line.unicodeScalars.count + piece.unicodeScalars.count + 1 > columns {
        lines.append(line)
        line = ""
      }
      line += piece
    }
    lines.append(line)
    return "\"\"\"\\\n" + lines.map { indent + $0 + "\\\n" }.joined() + indent + "\"\"\""
  }

  /// A key: as it is where TOML allows it, else in quotes.
  static func key(_ key: String) -> String {
    let isBare = key.utf8.allSatisfy {
      $0 &- 0x30 <= 9 || ($0 | 0x20) &- 0x61 < 26 || $0 == UInt8(ascii: "-") || $0 == UInt8(ascii: "_")
    }
    return isBare && !key.isEmpty ? key : "\"" + escaped(key, isLong: false) + "\""
  }

  static func key(_ parts: [String]) -> String { parts.map(key).joined(separator: ".") }

  /// Words with the blanks after them.
  private static func pieces(_ text: String) -> [String] {
    var pieces: [String] = []
    var piece = String.UnicodeScalarView()
    var afterBlank = false
    for scalar in text.unicodeScalars {
      let isBlank = scalar == " " || scalar == "\t"
      if afterBlank, !isBlank {
        pieces.append(String(piece))
        piece = String.UnicodeScalarView()
      }
      piece.append(scalar)
      afterBlank = isBlank
    }
    return pieces + [String(piece)]
  }

  private static func isLiteral(_ text: String) -> Bool {
    !text.contains("'''") && text.unicodeScalars.last != "'"
      && !text.unicodeScalars.contains { $0 != "\n" && needsEscape($0) }
  }

  /// True for what cannot stand in TOML as it is, and for what a reader would not see: control and format characters,
  /// and blanks other than the usual one.
  private static func needsEscape(_ scalar: Unicode.Scalar) -> Bool {
    if scalar.isASCII { return scalar.value < 0x20 && scalar != "\t" || scalar.value == 0x7F }
    switch scalar.properties.generalCategory {
    case .control, .format, .lineSeparator, .paragraphSeparator, .spaceSeparator, .privateUse, .unassigned: return true
    default: return false
    }
  }

  /// The text between double quotes; in a long string line ends and tabs stay as they are.
  private static func escaped(_ text: String, isLong: Bool) -> String {
    var output = String.UnicodeScalarView()
    var quotes = 0
    let scalars = Array(text.unicodeScalars)
    for (at, scalar) in scalars.enumerated() {
      quotes = scalar == "\"" ? quotes + 1 : 0
      switch scalar {
      case "\"" where isLong && quotes < 3 && at < scalars.count - 1: output.append(scalar)
      case "\"":
        output.append(contentsOf: "\\\"".unicodeScalars)
        quotes = 0
      case "\\": output.append(contentsOf: "\\\\".unicodeScalars)
      case "\n" where isLong, "\t" where isLong: output.append(scalar)
      case "\n": output.append(contentsOf: "\\n".unicodeScalars)
      case "\t": output.append(contentsOf: "\\t".unicodeScalars)
      case "\r": output.append(contentsOf: "\\r".unicodeScalars)
      case _ where needsEscape(scalar):
        let digits = String(scalar.value, radix: 16, uppercase: true)
        let width = digits.count > 4 ? 8 : 4
        output.append(contentsOf: (width == 8 ? "\\U" : "\\u").unicodeScalars)
        output.append(contentsOf: (String(repeating: "0", count: width - digits.count) + digits).unicodeScalars)
      default: output.append(scalar)
      }
    }
    return String(output)
  }
}
