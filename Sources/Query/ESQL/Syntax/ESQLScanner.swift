/// Takes the words of a query one by one.
struct ESQLScanner {
  let text: [Unicode.Scalar]
  private(set) var at = 0

  init(_ text: [Unicode.Scalar]) { self.text = text }

  func error(_ message: String, at place: Int, expected: String? = nil, hint: String? = nil) -> QuerySyntaxError {
    QuerySyntaxError(message, at: place, in: text, expected: expected, hint: hint)
  }

  private func peek(_ distance: Int = 0) -> Unicode.Scalar? {
    at + distance < text.count ? text[at + distance] : nil
  }

  mutating func move(to place: Int) { at = place }

  static func isBlank(_ scalar: Unicode.Scalar) -> Bool {
    scalar == " " || scalar == "\t" || scalar == "\n" || scalar == "\r" || scalar == "\u{C}" || scalar == "\u{B}"
  }

  /// Passes over white space and comments.
  mutating func skipBlanks() throws(QuerySyntaxError) {
    while let scalar = peek() {
      if Self.isBlank(scalar) {
        at += 1
      } else if scalar == "/", peek(1) == "/" {
        while let next = peek(), next != "\n", next != "\r" { at += 1 }
      } else if scalar == "/", peek(1) == "*" {
        let start = at
        var depth = 0
        repeat {
          guard let next = peek() else { throw error("this comment is never closed", at: start, expected: "`*/`") }
          if next == "/", peek(1) == "*" {
            depth += 1
            at += 2
          } else if next == "*", peek(1) == "/" {
            depth -= 1
            at += 2
          } else {
            at += 1
          }
        } while depth > 0
      } else {
        return
      }
    }
  }

  private static let signs = [
    "==", "=~", "!=", "<=", ">=", "::", "=", "<", ">", "+", "-", "*", "/", "%", "(", ")", "[", "]", "{", "}", ",", ".",
    ":", "|", ";", "?",
  ].map { (text: $0, scalars: Array($0.unicodeScalars)) }

  static func isLetter(_ scalar: Unicode.Scalar) -> Bool { "a"..."z" ~= scalar || "A"..."Z" ~= scalar }
  static func isDigit(_ scalar: Unicode.Scalar) -> Bool { "0"..."9" ~= scalar }

  /// The next word.
  ///
  /// - Parameter takesPatterns: names may hold `*`, as in `KEEP`.
  mutating func next(takesPatterns: Bool = false) throws(QuerySyntaxError) -> ESQLToken {
    try skipBlanks()
    let start = at
    guard let scalar = peek() else { return ESQLToken(kind: .end, range: at..<at) }
    if scalar == "\"" { return try string() }
    if scalar == "`" { return try quotedName() }
    if Self.isDigit(scalar) || scalar == "." && peek(1).map(Self.isDigit) == true { return try number() }
    let isNamePart: (Unicode.Scalar) -> Bool = {
      Self.isLetter($0) || Self.isDigit($0) || $0 == "_" || takesPatterns && $0 == "*"
    }
    if Self.isLetter(scalar) || scalar == "_" || scalar == "@" || takesPatterns && scalar == "*" {
      at += 1
      while let next = peek(), isNamePart(next) { at += 1 }
      let name = String(scalars: text[start..<at])
      guard name != "_", name != "@" else {
        throw error("token recognition error at: '\(name)'", at: start, hint: "put other names into backquotes")
      }
      return ESQLToken(kind: .identifier(name), range: start..<at)
    }
    for (sign, scalars) in Self.signs where text[start...].starts(with: scalars) {
      at += scalars.count
      return ESQLToken(kind: .sign(sign), range: start..<at)
    }
    throw error(
      "token recognition error at: '\(String(Character(scalar)))'", at: start,
      hint: "names with other signs than letters, digits and _ stand in backquotes")
  }

  private mutating func string() throws(QuerySyntaxError) -> ESQLToken {
    let start = at
    if peek(1) == "\"", peek(2) == "\"" {
      at += 3
      let first = at
      while let scalar = peek() {
        if scalar == "\"", peek(1) == "\"", peek(2) == "\"" {
          // Up to two more quotes belong to the text.
          var extra = 0
          while extra < 2, peek(3 + extra) == "\"" { extra += 1 }
          let value = String(scalars: text[first..<(at + extra)])
          at += 3 + extra
          return ESQLToken(kind: .string(value), range: start..<at)
        }
        if scalar == "\n" || scalar == "\r" { break }
        at += 1
      }
      throw error("this text is never closed on its line", at: start, expected: "`\"\"\"`")
    }
    at += 1
    var value = String.UnicodeScalarView()
    while let scalar = peek() {
      switch scalar {
      case "\"":
        at += 1
        return ESQLToken(kind: .string(String(value)), range: start..<at)
      case "\n", "\r": throw error("this text is never closed on its line", at: start, expected: "`\"`")
      case "\\":
        let escapes: [Unicode.Scalar: Unicode.Scalar] = ["\"": "\"", "\\": "\\", "n": "\n", "r": "\r", "t": "\t"]
        guard let next = peek(1), let meant = escapes[next] else {
          throw error(
            "token recognition error at: '\(String(scalars: text[start..<min(at + 2, text.count)]))'", at: start,
            hint: "a backslash stands before \" \\ n r t; a text in \"\"\"three quotes\"\"\" has no escapes")
        }
        value.append(meant)
        at += 2
      default:
        value.append(scalar)
        at += 1
      }
    }
    throw error("this text is never closed", at: start, expected: "`\"`")
  }

  private mutating func quotedName() throws(QuerySyntaxError) -> ESQLToken {
    let start = at
    at += 1
    var name = String.UnicodeScalarView()
    while let scalar = peek() {
      if scalar == "`" {
        guard peek(1) == "`" else {
          at += 1
          guard !name.isEmpty else { throw error("a name in backquotes is empty", at: start) }
          return ESQLToken(kind: .quoted(String(name)), range: start..<at)
        }
        at += 1
      }
      name.append(scalar)
      at += 1
    }
    throw error("this name is never closed", at: start, expected: "a backquote")
  }

  private mutating func number() throws(QuerySyntaxError) -> ESQLToken {
    let start = at
    var isDecimal = false
    while let next = peek(), Self.isDigit(next) { at += 1 }
    if peek() == "." {
      isDecimal = true
      at += 1
      while let next = peek(), Self.isDigit(next) { at += 1 }
    }
    if let mark = peek(), mark == "e" || mark == "E" {
      var length = 1
      if let sign = peek(1), sign == "+" || sign == "-" { length = 2 }
      if let digit = peek(length), Self.isDigit(digit) {
        isDecimal = true
        at += length
        while let next = peek(), Self.isDigit(next) { at += 1 }
      }
    }
    let written = String(scalars: text[start..<at])
    return ESQLToken(kind: isDecimal ? .decimal(written) : .whole(written), range: start..<at)
  }

  /// A pattern of data streams: quoted, or any run of characters that separate nothing.
  mutating func sourcePattern() throws(QuerySyntaxError) -> ESQLWritten {
    try skipBlanks()
    if peek() == "\"" {
      let token = try string()
      if case .string(let value) = token.kind { return ESQLWritten(text: value, range: token.range, isQuoted: true) }
    }
    let start = at
    if peek() == "<" {
      // Date math holds slashes.
      while let next = peek(), next != ">", next != "\n" { at += 1 }
      if peek() == ">" { at += 1 }
    }
    while let next = peek(), !Self.isBlank(next), !"\"=|,[]()/:".unicodeScalars.contains(next) { at += 1 }
    guard at > start else {
      let found = peek().map { "'\(Character($0))'" } ?? "'<EOF>'"
      throw error("mismatched input \(found)", at: start, expected: "the name of a data stream or an index")
    }
    return ESQLWritten(text: String(scalars: text[start..<at]), range: start..<at)
  }

  /// Whether the next character, after white space, is the one.
  mutating func takes(_ scalar: Unicode.Scalar) throws(QuerySyntaxError) -> Bool {
    try skipBlanks()
    guard peek() == scalar else { return false }
    at += 1
    return true
  }
}
