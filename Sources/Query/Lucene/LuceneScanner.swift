/// Parts a Lucene query string into tokens.
struct LuceneScanner {
  let text: [Unicode.Scalar]
  private var at = 0

  init(_ text: String) { self.text = Array(text.unicodeScalars) }

  func fault(
    _ message: String, at place: Int, expected: String? = nil, hint: String? = nil
  ) -> QuerySyntaxError {
    QuerySyntaxError(message, at: place, in: text, expected: expected, hint: hint)
  }

  static func isSpace(_ scalar: Unicode.Scalar) -> Bool {
    scalar == " " || scalar == "\t" || scalar == "\n" || scalar == "\r" || scalar == "\u{3000}"
  }

  /// May begin a word; a hyphen and a plus may also stand within one.
  private static func beginsWord(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar {
    case "+", "-", "!", "(", ")", ":", "^", "[", "]", "\"", "{", "}", "~", "*", "?", "\\", "/": false
    default: !isSpace(scalar)
    }
  }

  private func peek(_ offset: Int = 0) -> Unicode.Scalar? { at + offset < text.count ? text[at + offset] : nil }

  static func tokens(_ text: String) throws(QuerySyntaxError) -> (tokens: [LuceneToken], text: [Unicode.Scalar]) {
    var scanner = LuceneScanner(text)
    var tokens: [LuceneToken] = []
    while true {
      let token = try scanner.next()
      tokens.append(token)
      if token.kind == .end { return (tokens, scanner.text) }
    }
  }

  private mutating func next() throws(QuerySyntaxError) -> LuceneToken {
    while let scalar = peek(), Self.isSpace(scalar) { at += 1 }
    let start = at
    func token(_ kind: LuceneToken.Kind) -> LuceneToken { LuceneToken(kind: kind, range: start..<at) }
    guard let scalar = peek() else { return token(.end) }
    func one(_ kind: LuceneToken.Kind) -> LuceneToken {
      at += 1
      return token(kind)
    }
    switch scalar {
    case "+", "-", "!":
      if let next = peek(1), Self.isSpace(next) { return one(.sign(String(scalar))) }
      return one(scalar == "+" ? .plus : scalar == "-" ? .minus : .not)
    case "(": return one(.open)
    case ")": return one(.close)
    case ":": return one(.colon)
    case "&" where peek(1) == "&" && endsWord(2), "|" where peek(1) == "|" && endsWord(2):
      at += 2
      return token(scalar == "&" ? .and : .or)
    case "\"": return token(.phrase(try quoted()))
    case "/": return token(.regex(try regex()))
    case "~":
      at += 1
      while let next = peek(), Self.beginsWord(next) || next == "-" || next == "+" { at += 1 }
      var view = String.UnicodeScalarView()
      view.append(contentsOf: text[(start + 1)..<at])
      return token(.tilde(String(view)))
    case "^":
      at += 1
      guard number() != nil else { throw fault("a number must follow `^`", at: start, expected: "a number") }
      return token(.boost)
    case "[", "{": return token(try range())
    case "]", "}": throw fault("this bracket closes nothing", at: start)
    default: return token(try word())
    }
  }

  /// Whether a word that began before does not go on there.
  private func endsWord(_ offset: Int = 0) -> Bool {
    guard let scalar = peek(offset) else { return true }
    switch scalar {
    case "-", "+", "*", "?", "\\": return false
    default: return !Self.beginsWord(scalar)
    }
  }

  private mutating func number() -> Double? {
    let start = at
    while let next = peek(), ("0"..."9").contains(next) { at += 1 }
    if peek() == ".", let next = peek(1), ("0"..."9").contains(next) {
      at += 1
      while let next = peek(), ("0"..."9").contains(next) { at += 1 }
    }
    guard at > start, at - start < 20 else { return nil }
    var view = String.UnicodeScalarView()
    view.append(contentsOf: text[start..<at])
    return Double(String(view))
  }

  /// The character that a backslash makes plain.
  private mutating func escaped() throws(QuerySyntaxError) -> Unicode.Scalar {
    let start = at
    at += 1
    guard let scalar = peek() else {
      throw fault("nothing stands behind this backslash", at: start, expected: "a character")
    }
    at += 1
    guard scalar == "u" else { return scalar }
    guard let first = hexadecimal() else {
      throw fault("this names no character", at: start, expected: #"`\u` and four hexadecimal digits"#)
    }
    if let scalar = Unicode.Scalar(first) { return scalar }
    // Two units of UTF-16 make one character.
    if (0xD800..<0xDC00).contains(first), peek() == "\\", peek(1) == "u" {
      at += 2
      if let second = hexadecimal(), (0xDC00..<0xE000).contains(second),
        let scalar = Unicode.Scalar(0x10000 + ((first - 0xD800) << 10) + (second - 0xDC00))
      {
        return scalar
      }
    }
    return "\u{FFFD}"
  }

  private mutating func hexadecimal() -> UInt32? {
    guard at + 4 <= text.count else { return nil }
    var value: UInt32 = 0
    for scalar in text[at..<(at + 4)] {
      guard let digit = Character(scalar).hexDigitValue, scalar.isASCII else { return nil }
      value = value << 4 | UInt32(digit)
    }
    at += 4
    return value
  }

  private mutating func quoted() throws(QuerySyntaxError) -> String {
    let start = at
    at += 1
    var view = String.UnicodeScalarView()
    while let scalar = peek() {
      if scalar == "\\" {
        view.append(try escaped())
        continue
      }
      at += 1
      if scalar == "\"" { return String(view) }
      view.append(scalar)
    }
    throw fault("this phrase is never closed", at: start, expected: "`\"`")
  }

  private mutating func regex() throws(QuerySyntaxError) -> String {
    let start = at
    at += 1
    var view = String.UnicodeScalarView()
    while let scalar = peek() {
      at += 1
      if scalar == "\\", let next = peek() {
        at += 1
        if next != "/" { view.append("\\") }
        view.append(next)
        continue
      }
      if scalar == "/" { return String(view) }
      view.append(scalar)
    }
    throw fault(
      "this regular expression is never closed", at: start, expected: "`/`",
      hint: #"write `\/` where a slash is meant, or put the value into quotes"#)
  }

  private mutating func word() throws(QuerySyntaxError) -> LuceneToken.Kind {
    let start = at
    var pattern = WildcardPattern()
    var plain = String.UnicodeScalarView()
    var isPlain = true
    while let scalar = peek() {
      switch scalar {
      case "\\": plain.append(try escaped())
      case "*", "?":
        isPlain = false
        pattern.append(.literal(String(plain)))
        plain.removeAll()
        pattern.append(scalar == "*" ? .anyRun : .anyCharacter)
        at += 1
      case _ where Self.beginsWord(scalar) || at > start && (scalar == "-" || scalar == "+"):
        plain.append(scalar)
        at += 1
      default:
        guard at > start else { throw fault("`\(scalar)` has no meaning here", at: at) }
        return finish()
      }
    }
    return finish()
    func finish() -> LuceneToken.Kind {
      guard isPlain else {
        pattern.append(.literal(String(plain)))
        return .pattern(pattern)
      }
      let word = String(plain)
      // Only as written: an escape makes a plain word of it.
      guard at - start == word.unicodeScalars.count else { return .word(word) }
      switch word {
      case "AND": return .and
      case "OR": return .or
      case "NOT": return .not
      default: return .word(word)
      }
    }
  }

  private mutating func range() throws(QuerySyntaxError) -> LuceneToken.Kind {
    let start = at
    let lowerInclusive = text[at] == "["
    at += 1
    let lower = try rangeEnd(start)
    skipSpace()
    guard peek() == "T", peek(1) == "O", peek(2).map({ Self.isSpace($0) || $0 == "\"" }) ?? true else {
      throw fault("a range has two ends", at: at, expected: "`TO`", hint: "write [1 TO 5]")
    }
    at += 2
    let upper = try rangeEnd(start)
    skipSpace()
    guard let closing = peek(), closing == "]" || closing == "}" else {
      throw fault("this range is never closed", at: start, expected: "`]` or `}`")
    }
    at += 1
    return .range(
      lower: lower, lowerInclusive: lowerInclusive, upper: upper, upperInclusive: closing == "]")
  }

  private mutating func skipSpace() { while let scalar = peek(), Self.isSpace(scalar) { at += 1 } }

  /// One end of a range; nil for a star.
  private mutating func rangeEnd(_ start: Int) throws(QuerySyntaxError) -> LuceneToken.End? {
    skipSpace()
    // A star is open in quotes too, and behind a backslash.
    if peek() == "\"" {
      let end = try quoted()
      return end == "*" ? nil : LuceneToken.End(text: end)
    }
    var view = String.UnicodeScalarView()
    let first = at
    while let scalar = peek(), !Self.isSpace(scalar), scalar != "]", scalar != "}" {
      if scalar == "\\" {
        view.append(try escaped())
      } else {
        view.append(scalar)
        at += 1
      }
    }
    guard at > first else { throw fault("this range lacks an end", at: start, expected: "a value, or `*`") }
    let end = String(view)
    return end == "*" ? nil : LuceneToken.End(text: end)
  }
}
