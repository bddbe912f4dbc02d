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

  /// Text up to a special character or a keyword; blanks around it do not count, escaped ones neither.
  private mutating func takeUnquoted() throws(QuerySyntaxError) -> KQLLiteral {
    let start = at
    var pattern = WildcardPattern()
    var run = ""
    while at < text.count {
      let scalar = text[at]
      if scalar == "*" {
        pattern.append(.literal(run))
        pattern.append(.anyRun)
        run = ""
        at += 1
      } else if scalar == "\\" {
        run.unicodeScalars.append(contentsOf: try takeEscape())
      } else if Self.isSpecial(scalar) || endsText(at: at) {
        break
      } else if Self.isSpace(scalar) {
        // No keyword begins at its other blanks either.
        let end = afterSpace(at)
        run += string(at..<end)
        at = end
      } else {
        // What no keyword can begin at is taken together.
        let from = at
        repeat {
          at += 1
        } while at < text.count && !Self.isSpecial(text[at]) && !Self.isSpace(text[at])
          && text[at] != "n" && text[at] != "N"
        run += string(from..<at)
      }
    }
    pattern.append(.literal(run))
    var end = at
    while end > start, Self.isSpace(text[end - 1]) { end -= 1 }
    return KQLLiteral(pattern: pattern.trimmed, isQuoted: false, source: start..<end)
  }

  /// Reads the scalar that stands here and those after it that stand for themselves.
  private mutating func takeStretch(_ isPlain: (Unicode.Scalar) -> Bool) -> String {
    let start = at
    repeat { at += 1 } while at < text.count && isPlain(text[at])
    return string(start..<at)
  }

  /// Reads an escape outside quotes.
  private mutating func takeEscape() throws(QuerySyntaxError) -> [Unicode.Scalar] {
    let next = at + 1
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
      // `\not` is a line break and "ot".
      for word in ["and", "or"] where next + word.count <= text.count {
        let letters = text[next..<next + word.count].map { $0.isASCII ? $0.value | 32 : 0 }
        if letters.elementsEqual(word.unicodeScalars.map(\.value)) { return take(from: next, to: next + word.count) }
      }
    }
    throw fault(
      "this backslash escapes nothing", at: at,
      expected: #"one of `\\ \( \) \: \< \> \" \* \{ \} \t \r \n \uXXXX \and \or`"#,
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
