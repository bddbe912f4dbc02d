/// Parts an EQL query into tokens; comments and white space are passed over.
struct EQLScanner {
  let text: [Unicode.Scalar]
  private var at = 0

  init(_ text: String) { self.text = Array(text.unicodeScalars) }

  /// All tokens, the last of them the end.
  static func tokens(_ text: String) throws(QuerySyntaxError) -> (tokens: [EQLToken], text: [Unicode.Scalar]) {
    var scanner = EQLScanner(text)
    var tokens: [EQLToken] = []
    while true {
      let token = try scanner.next()
      tokens.append(token)
      if token.kind == .end { return (tokens, scanner.text) }
    }
  }

  private func fault(
    _ message: String, at place: Int, expected: String? = nil, hint: String? = nil
  ) -> QuerySyntaxError {
    QuerySyntaxError(message, at: place, in: text, expected: expected, hint: hint)
  }

  private func peek(_ offset: Int = 0) -> Unicode.Scalar? { at + offset < text.count ? text[at + offset] : nil }

  private func starts(_ word: String) -> Bool {
    var place = at
    for scalar in word.unicodeScalars {
      guard place < text.count, text[place] == scalar else { return false }
      place += 1
    }
    return true
  }

  private mutating func skipSpace() throws(QuerySyntaxError) {
    while let scalar = peek() {
      switch scalar {
      case " ", "\t", "\n", "\r": at += 1
      case "/" where peek(1) == "/":
        while let next = peek(), next != "\n", next != "\r" {
          at += 1
          _ = next
        }
      case "/" where peek(1) == "*":
        let start = at
        var depth = 0
        repeat {
          if starts("/*") {
            depth += 1
            at += 2
          } else if starts("*/") {
            depth -= 1
            at += 2
          } else if at < text.count {
            at += 1
          } else {
            throw fault("this comment is never closed", at: start, expected: "`*/`")
          }
        } while depth > 0
      default: return
      }
    }
  }

  private mutating func next() throws(QuerySyntaxError) -> EQLToken {
    let before = at
    try skipSpace()
    let isGlued = before == at
    let start = at
    func token(_ kind: EQLToken.Kind) -> EQLToken { EQLToken(kind: kind, range: start..<at, isGlued: isGlued) }
    guard let scalar = peek() else { return token(.end) }
    switch scalar {
    case "\"":
      let value = starts("\"\"\"") ? try rawText() : try quotedText()
      return token(.text(value))
    case "'":
      throw fault("texts stand in double quotes", at: start, expected: "a text such as \"this\"")
    case "?" where peek(1) == "\"":
      throw fault(
        "the form ?\"…\" for raw texts is no longer known", at: start, hint: "write three quotes: \"\"\"…\"\"\"")
    case "`": return token(.quotedName(try quotedName()))
    case "0"..."9": return token(try number())
    case "." where peek(1).map({ ("0"..."9").contains($0) }) == true: return token(try number())
    case _ where Self.beginsWord(scalar):
      at += 1
      while let next = peek(), Self.isWordPart(next) { at += 1 }
      return token(.word(string(start..<at)))
    default:
      for sign in [
        "==", "!=", "<=", ">=", "<", ">", "=", "!", "(", ")", "[", "]", ",", ".", ":", "|", "+", "-", "*", "/", "%",
        "?", "~",
      ]
      where starts(sign) {
        at += sign.unicodeScalars.count
        return token(.sign(sign))
      }
      throw fault("`\(scalar)` has no meaning here", at: start)
    }
  }

  private static func beginsWord(_ scalar: Unicode.Scalar) -> Bool {
    ("a"..."z").contains(scalar) || ("A"..."Z").contains(scalar) || scalar == "_" || scalar == "@"
  }

  private static func isWordPart(_ scalar: Unicode.Scalar) -> Bool {
    ("a"..."z").contains(scalar) || ("A"..."Z").contains(scalar) || ("0"..."9").contains(scalar) || scalar == "_"
  }

  private func string(_ range: Range<Int>) -> String {
    var view = String.UnicodeScalarView()
    view.append(contentsOf: text[range])
    return String(view)
  }

  private mutating func quotedText() throws(QuerySyntaxError) -> String {
    let start = at
    at += 1
    var value = String.UnicodeScalarView()
    while let scalar = peek() {
      switch scalar {
      case "\"":
        at += 1
        return String(value)
      case "\n", "\r": throw fault("this text does not end on its line", at: start, expected: "`\"`")
      case "\\": value.append(try escape())
      default:
        value.append(scalar)
        at += 1
      }
    }
    throw fault("this text is never closed", at: start, expected: "`\"`")
  }

  private mutating func escape() throws(QuerySyntaxError) -> Unicode.Scalar {
    let start = at
    at += 2
    switch start + 1 < text.count ? text[start + 1] : " " {
    case "b": return "\u{8}"
    case "t": return "\t"
    case "n": return "\n"
    case "f": return "\u{C}"
    case "r": return "\r"
    case "\"": return "\""
    case "'": return "'"
    case "\\": return "\\"
    case "u":
      guard peek() == "{" else { break }
      at += 1
      let first = at
      while let next = peek(), next.properties.isASCIIHexDigit { at += 1 }
      let digits = string(first..<at)
      guard (2...8).contains(digits.count), peek() == "}", let code = UInt32(digits, radix: 16),
        let scalar = Unicode.Scalar(code)
      else {
        throw fault("this names no character", at: start, expected: #"`\u{…}` with 2 to 8 hexadecimal digits"#)
      }
      at += 1
      return scalar
    default: break
    }
    throw fault(
      "a backslash begins an escape, and this is none", at: start, expected: #"`\\`, `\"`, `\n`, `\t`, `\r`, `\u{…}`"#,
      hint: #"write `\\` for a backslash, or put the text into three quotes"#)
  }

  private mutating func rawText() throws(QuerySyntaxError) -> String {
    let start = at
    at += 3
    let first = at
    while at < text.count {
      if text[at] == "\n" || text[at] == "\r" {
        throw fault("this text does not end on its line", at: start, expected: "`\"\"\"`")
      }
      guard starts("\"\"\"") else {
        at += 1
        continue
      }
      // Up to two more quotes belong to the text.
      var end = at
      if at + 3 < text.count, text[at + 3] == "\"" { end += 1 }
      if end > at, at + 4 < text.count, text[at + 4] == "\"" { end += 1 }
      at = end + 3
      return string(first..<end)
    }
    throw fault("this text is never closed", at: start, expected: "`\"\"\"`")
  }

  private mutating func quotedName() throws(QuerySyntaxError) -> String {
    let start = at
    at += 1
    var value = String.UnicodeScalarView()
    while let scalar = peek() {
      at += 1
      if scalar == "`" {
        guard peek() == "`" else { return String(value) }
        at += 1
      }
      value.append(scalar)
    }
    throw fault("this name is never closed", at: start, expected: "a backtick")
  }

  private mutating func number() throws(QuerySyntaxError) -> EQLToken.Kind {
    let start = at
    func isDigit(_ scalar: Unicode.Scalar?) -> Bool { scalar.map { ("0"..."9").contains($0) } ?? false }
    while isDigit(peek()) { at += 1 }
    var isDecimal = false
    if peek() == ".", !(peek(1).map(Self.beginsWord) ?? false) {
      isDecimal = true
      at += 1
      while isDigit(peek()) { at += 1 }
    }
    if peek() == "e" || peek() == "E" {
      let signed = peek(1) == "+" || peek(1) == "-"
      if isDigit(peek(signed ? 2 : 1)) {
        isDecimal = true
        at += signed ? 2 : 1
        while isDigit(peek()) { at += 1 }
      }
    }
    let written = string(start..<at)
    if !isDecimal, let whole = Int64(written) { return .whole(whole) }
    guard written.utf8.count <= 400,
      let value = Double(written.hasSuffix(".") ? written + "0" : written.hasPrefix(".") ? "0" + written : written),
      value.isFinite
    else { throw fault("this number is too large", at: start) }
    return .decimal(value)
  }
}
