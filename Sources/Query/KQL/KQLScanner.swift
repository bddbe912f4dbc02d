/// The text of a query with a place in it: white space, keywords, names and values.
struct KQLScanner {
  let text: [Unicode.Scalar]
  var at = 0

  init(_ text: String) {
    self.text = Array(text.unicodeScalars)
  }

  var isAtEnd: Bool { at >= text.count }
  var current: Unicode.Scalar? { at < text.count ? text[at] : nil }

  static func isSpace(_ scalar: Unicode.Scalar) -> Bool {
    scalar == " " || scalar == "\t" || scalar == "\n" || scalar == "\r" || scalar == "\u{A0}"
  }

  /// Characters that mean something outside quotes unless a backslash stands before them.
  static func isSpecial(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar {
    case "\\", "(", ")", ":", "<", ">", "\"", "*", "{", "}": true
    default: false
    }
  }

  /// The first place at or after `start` that holds no white space.
  func afterSpace(_ start: Int) -> Int {
    var place = start
    while place < text.count, Self.isSpace(text[place]) { place += 1 }
    return place
  }

  mutating func skipSpace() { at = afterSpace(at) }

  /// The letters of a keyword, in either case, stand at `start`.
  private func spells(_ keyword: KQLKeyword, at start: Int) -> Bool {
    var place = start
    for letter in keyword.rawValue.unicodeScalars {
      guard place < text.count, text[place] == letter || text[place].value == letter.value - 32 else { return false }
      place += 1
    }
    return true
  }

  private static func beginsKeyword(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar {
    case "a", "A", "o", "O", "n", "N": true
    default: false
    }
  }

  /// The keyword that is the whole word at `start`, and where it ends.
  func keyword(at start: Int) -> (keyword: KQLKeyword, end: Int)? {
    // Most words begin with another letter than the keywords do.
    guard start < text.count, Self.beginsKeyword(text[start]) else { return nil }
    for keyword in KQLKeyword.allCases where spells(keyword, at: start) {
      let end = start + keyword.rawValue.count
      guard end < text.count else { return (keyword, end) }
      switch text[end] {
      case "(", ")", "}", "\"": return (keyword, end)
      case let next where Self.isSpace(next): return (keyword, end)
      default: return nil
      }
    }
    return nil
  }

  /// True where nothing more of the present group follows: the text ends or a bracket closes.
  func isGroupEnd(_ start: Int) -> Bool {
    let place = afterSpace(start)
    return place >= text.count || text[place] == ")" || text[place] == "}"
  }

  /// A part of the text.
  func string(_ range: Range<Int>) -> String {
    let part = text[range]
    guard part.allSatisfy(\.isASCII) else {
      var view = String.UnicodeScalarView()
      view.append(contentsOf: part)
      return String(view)
    }
    // ASCII, as nearly all queries are, needs no encoding.
    return String(unsafeUninitializedCapacity: part.count) { buffer in
      for (place, scalar) in zip(buffer.indices, part) { buffer[place] = UInt8(truncatingIfNeeded: scalar.value) }
      return part.count
    }
  }

  func fault(_ message: String, at place: Int, expected: String? = nil, hint: String? = nil) -> QuerySyntaxError {
    QuerySyntaxError(message, at: place, in: text, expected: expected, hint: hint)
  }

  /// Some of the text, for a message: shortened, on one line.
  func quote(_ range: Range<Int>) -> String {
    var view = String.UnicodeScalarView()
    for scalar in text[range].prefix(40) { view.append(Self.isSpace(scalar) ? " " : scalar) }
    return "`" + String(view) + (range.count > 40 ? "…" : "") + "`"
  }

  /// The words of a part of the text, as their places.
  func words(in range: Range<Int>) -> [Range<Int>] {
    var words: [Range<Int>] = []
    var place = range.lowerBound
    while place < range.upperBound {
      let start = afterSpace(place)
      guard start < range.upperBound else { break }
      place = start
      while place < range.upperBound, !Self.isSpace(text[place]) { place += 1 }
      words.append(start..<place)
    }
    return words
  }

  /// True when the scalars of a range are those of an ASCII text.
  func reads(_ range: Range<Int>, _ expected: String) -> Bool {
    range.count == expected.unicodeScalars.count && text[range].elementsEqual(expected.unicodeScalars)
  }
}
