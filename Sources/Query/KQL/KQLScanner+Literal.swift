extension KQLScanner {
  /// Reads the name or value that starts here, quoted or not.
  mutating func takeLiteral() throws(QuerySyntaxError) -> KQLLiteral {
    current == "\"" ? try takeQuoted() : try takeUnquoted()
  }

  /// Text in quotes: `\"`, `\\`, `\t`, `\r`, `\n` and `\uXXXX` are escapes, any other backslash is itself.
  private mutating func takeQuoted() throws(QuerySyntaxError) -> KQLLiteral {
    let start = at
    var content = ""
    at += 1
    while at < text.count {
      let scalar = text[at]
      if scalar == "\"" {
        at += 1
        return KQLLiteral(pattern: WildcardPattern([.literal(content)]), isQuoted: true, source: start..<at)
      }
      if scalar == "\\" {
        if at + 1 < text.count, let plain = Self.escapedInQuotes(text[at + 1]) {
          content.unicodeScalars.append(plain)
          at += 2
          continue
        }
        if let unicode = try takeUnicodeEscape() {
          content.unicodeScalars.append(unicode)
          continue
        }
      }
      content += takeStretch { $0 != "\"" && $0 != "\\" }
    }
    throw fault("this quote is never closed", at: start, expected: "a closing `\"`")
  }

  private static func escapedInQuotes(_ scalar: Unicode.Scalar) -> Unicode.Scalar? {
    switch scalar {
    case "t": "\t"
    case "r": "\r"
    case "n": "\n"
    case "\\", "\"": scalar
    default: nil
    }
  }

  /// Words up to a special character or a keyword; the white space between them counts, that around them does not.
  private mutating func takeUnquoted() throws(QuerySyntaxError) -> KQLLiteral {
    let start = at
    var end = at
    var pattern = WildcardPattern()
    var run = ""
    // White space that counts only where more of the value follows.
    var space = at..<at
    while at < text.count {
      let scalar = text[at]
      if Self.isSpace(scalar) {
        let next = afterSpace(at)
        if try endsValue(at: next) { break }
        space = at..<next
        at = next
        continue
      }
      guard scalar == "*" || scalar == "\\" || !Self.isSpecial(scalar) else { break }
      if !space.isEmpty {
        run += string(space)
        space = at..<at
      }
      if scalar == "*" {
        pattern.append(.literal(run))
        pattern.append(.anyRun)
        run = ""
        at += 1
      } else if scalar == "\\" {
        run.unicodeScalars.append(contentsOf: try takeEscape())
      } else {
        run += takeStretch { !Self.isSpace($0) && !Self.isSpecial($0) }
      }
      end = at
    }
    pattern.append(.literal(run))
    return KQLLiteral(pattern: pattern, isQuoted: false, source: start..<end)
  }

  /// Reads the scalar that stands here and those after it that stand for themselves.
  private mutating func takeStretch(_ isPlain: (Unicode.Scalar) -> Bool) -> String {
    let start = at
    repeat { at += 1 } while at < text.count && isPlain(text[at])
    return string(start..<at)
  }

  /// True where the word at `place`, which follows white space, is no part of the value before it.
  private func endsValue(at place: Int) throws(QuerySyntaxError) -> Bool {
    if let (keyword, end) = keyword(at: place) {
      // A `not` with nothing behind it is the last word of the value, as in `state: do not`.
      return keyword != .not || !isGroupEnd(end)
    }
    for (symbol, word) in [("&&", "and"), ("||", "or")] where place + 2 <= text.count {
      guard reads(place..<place + 2, symbol) else { continue }
      let next = place + 2 < text.count ? text[place + 2] : " "
      if Self.isSpace(next) || next == "(" || next == "\"" {
        throw fault(
          "`\(symbol)` joins nothing in KQL", at: place, expected: "`\(word)`",
          hint: "to search for the characters, put the value in quotes")
      }
    }
    return false
  }

  /// Reads an escape outside quotes.
  private mutating func takeEscape() throws(QuerySyntaxError) -> [Unicode.Scalar] {
    let next = at + 1
    // `\not` as a word is the word; the start of any other word is a line break.
    if let (keyword, end) = keyword(at: next), keyword == .not {
      return take(from: next, to: end)
    }
    if next < text.count {
      switch text[next] {
      case "t", "r", "n":
        let plain: Unicode.Scalar = text[next] == "t" ? "\t" : text[next] == "r" ? "\r" : "\n"
        at += 2
        return [plain]
      case let scalar where Self.isSpecial(scalar):
        return take(from: next, to: next + 1)
      default: break
      }
      if let unicode = try takeUnicodeEscape() { return [unicode] }
      for word in ["and", "or", "not"] where next + word.count <= text.count {
        let letters = text[next..<next + word.count].map { $0.isASCII ? $0.value | 32 : 0 }
        if letters.elementsEqual(word.unicodeScalars.map(\.value)) { return take(from: next, to: next + word.count) }
      }
    }
    throw fault(
      "this backslash escapes nothing", at: at,
      expected: #"one of `\\ \( \) \: \< \> \" \* \{ \} \t \r \n \uXXXX \and \or \not`"#,
      hint: #"write `\\` for a backslash, or put the value in quotes"#)
  }

  private mutating func take(from start: Int, to end: Int) -> [Unicode.Scalar] {
    at = end
    return Array(text[start..<end])
  }

  /// Reads `\uXXXX`, or two of them that make one character; nil where none stands here.
  private mutating func takeUnicodeEscape() throws(QuerySyntaxError) -> Unicode.Scalar? {
    guard let unit = unicodeEscape(at: at) else { return nil }
    if let scalar = Unicode.Scalar(unit) {
      at += 6
      return scalar
    }
    if unit < 0xDC00, let low = unicodeEscape(at: at + 6), 0xDC00..<0xE000 ~= low,
      let scalar = Unicode.Scalar(0x10000 + (unit - 0xD800) << 10 + (low - 0xDC00))
    {
      at += 12
      return scalar
    }
    throw fault("this is half of a character", at: at, expected: "both halves, as in `\\uD83D\\uDE00`")
  }

  private func unicodeEscape(at place: Int) -> UInt32? {
    guard place + 6 <= text.count, text[place] == "\\", text[place + 1] == "u" else { return nil }
    var unit: UInt32 = 0
    for scalar in text[place + 2..<place + 6] {
      guard scalar.isASCII, let digit = Character(scalar).hexDigitValue else { return nil }
      unit = unit << 4 | UInt32(digit)
    }
    return unit
  }
}
