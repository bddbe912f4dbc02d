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

  /// Where the condition after a joining `and` or `or` starts, if one stands at `start`: with a blank on both sides.
  func join(_ keyword: KQLKeyword, at start: Int) -> (word: Range<Int>, end: Int)? {
    guard start < text.count, Self.isSpace(text[start]) else { return nil }
    let word = afterSpace(start)
    guard spells(keyword, at: word) else { return nil }
    let end = word + keyword.rawValue.count
    guard end < text.count, Self.isSpace(text[end]) else { return nil }
    return (word..<end, afterSpace(end))
  }

  /// Where what a `not` negates starts, if one stands at `start`: with a blank after it.
  func negation(at start: Int) -> Int? {
    guard start < text.count, Self.beginsKeyword(text[start]), spells(.not, at: start) else { return nil }
    let end = start + 3
    guard end < text.count, Self.isSpace(text[end]) else { return nil }
    return afterSpace(end)
  }

  /// True where a keyword ends an unquoted text: a joining word that a blank comes before, or a `not`, even the end of
  /// another word.
  func endsText(at place: Int) -> Bool {
    if Self.isSpace(text[place]) {
      let word = afterSpace(place)
      guard word < text.count, Self.beginsKeyword(text[word]) else { return false }
      return join(.and, at: place) != nil || join(.or, at: place) != nil
    }
    return negation(at: place) != nil
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
