import Events

extension ValueMatcher {
  /// Bytes of which one, whatever the case of ASCII letters, stands in every value that passes; nil where that cannot be said.
  ///
  /// - Parameter kind: of all values, where it is known.
  func pieces(of kind: ScalarKind?) -> [SoughtBytes]? {
    switch self {
    case .never: []
    case .index: nil
    case .equal(let text): Self.exact(text)
    case .word(let text, let analyzer): Self.words([text], analyzer)
    case .anyWord(let words, let analyzer): Self.united(words.map { Self.words([$0], analyzer) })
    case .phrase(let phrase, let analyzer): Self.words(phrase.words, analyzer)
    case .wildcard(let pattern, _):
      pattern.ignoresCase ? Self.folded(pattern.literals) : Self.longest(pattern.literals).flatMap(Self.exact)
    case .wordWildcard(let patterns, let analyzer): Self.united(patterns.map { Self.words($0.literals, analyzer) })
    case .any(let matchers): Self.united(matchers.map { $0.pieces(of: kind) })
    case .every(let matchers): matchers.lazy.compactMap { $0.pieces(of: kind) }.first
    case .sigma(let matcher): matcher.literals.flatMap { Self.folded($0) }
    case .byKind(let number, let boolean, let text):
      switch kind {
      case .number: number.pieces(of: kind)
      case .boolean: boolean.pieces(of: kind)
      case .string: text.pieces(of: kind)
      case nil: Self.united([number, boolean, text].map { $0.pieces(of: nil) })
      }
    case .readable, .keywordRange, .versionRange, .wordRange, .number, .narrow, .boolean, .date, .dateNanos, .address,
      .listed, .textRanges, .listedWord, .addresses, .numbers, .dates, .anyWordSet, .regex, .wordRegex, .words:
      nil
    }
  }

  private static func united(_ parts: [[SoughtBytes]?]) -> [SoughtBytes]? {
    var all: [SoughtBytes] = []
    for part in parts {
      guard let part else { return nil }
      all += part
    }
    return all
  }

  private static func longest(_ texts: [[UInt8]]) -> [UInt8]? { texts.max { $0.count < $1.count } }

  /// A text that stands in values as it is.
  private static func exact(_ text: [UInt8]) -> [SoughtBytes]? { text.isEmpty ? nil : [SoughtBytes(text)] }

  /// Parts of words all of which stand in values once these are cut into words. A word of ASCII may stand there in other letters, where
  /// the analyzer brings them to ASCII.
  private static func words(_ texts: [[UInt8]], _ analyzer: TextAnalyzer) -> [SoughtBytes]? {
    analyzer.foldsToASCII ? nil : folded(texts)
  }

  /// Texts all of which stand in values once their letters are in lower case.
  ///
  /// Of letters beyond ASCII two become ASCII ones: the dotted capital I, and the sign for kelvin.
  private static func folded(_ texts: [[UInt8]]) -> [SoughtBytes]? {
    let plain = texts.filter { text in text.allSatisfy { $0 < 0x80 } }
    guard let text = longest(plain), !text.isEmpty else { return nil }
    var pieces = [SoughtBytes(text)]
    let letters = Set(pieces[0].bytes)
    if letters.contains(UInt8(ascii: "i")) { pieces.append(SoughtBytes([0xC4, 0xB0])) }
    if letters.contains(UInt8(ascii: "k")) { pieces.append(SoughtBytes([0xE2, 0x84, 0xAA])) }
    return pieces
  }
}
