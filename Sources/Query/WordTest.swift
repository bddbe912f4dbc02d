import Events

/// What is asked of the words of a text; a value of any other type is compared as a whole.
public enum WordTest: Hashable, Sendable {
  /// So many words are there, as they are or nearly.
  case some(WordCount)
  /// The words of a phrase stand in order once they are moved by so many places in all; elsewhere it is as
  /// `ValueTest.phrase`.
  case near(String, moves: Int)
  /// The words of a phrase stand side by side, the last of them a beginning. Only fields of text can be asked that.
  case beginning(String)
}

/// So many of some words, for fields of text, and what any other field is asked.
public struct WordCount: Hashable, Sendable {
  /// The words as they are indexed; none where fields of text are not asked, and have nothing that is.
  public var words: [String]
  /// So many of the words have to be there.
  public var least = 1
  /// What fields of other types are asked as a whole; nil where they are not asked, and so not refused either.
  public var whole: String?
  /// The last word is a beginning; and so is the whole, for keywords.
  public var isPrefix = false
  /// How many letters may differ; nil where none may, and values compare by their type.
  public var fuzziness: Fuzziness?
  /// So many first letters may not differ.
  public var fixedLetters = 0
  /// What fields of text that are cut otherwise than by the standard analyzer cut themselves; nil where the words are those of the one
  /// field that is asked.
  var source: WordSource?

  public init(
    words: [String], least: Int = 1, whole: String? = nil, isPrefix: Bool = false, fuzziness: Fuzziness? = nil,
    fixedLetters: Int = 0
  ) {
    self.words = words
    self.least = least
    self.whole = whole
    self.isPrefix = isPrefix
    self.fuzziness = fuzziness
    self.fixedLetters = fixedLetters
  }
}

/// What the words of a count were cut from.
indirect enum WordSource: Hashable, Sendable {
  case match(WordMatch)
  /// One word, which is not cut.
  case word(String)
}

extension WordCount {
  /// A word of which some letters may differ, as it is written in a query string.
  init(
    near word: String, in field: FieldSelector, _ catalog: FieldCatalog, fuzziness: Fuzziness, fixedLetters: Int
  ) {
    let analyzer = field.path.map { catalog.resolve($0).type.analyzer }
    self.init(
      words: [(analyzer ?? .standard).normalized(word)], whole: word, fuzziness: fuzziness, fixedLetters: fixedLetters)
    if analyzer == nil { source = .word(word) }
  }

  /// The count as a field of text asks it whose words are not those of the standard analyzer.
  func cut(by analyzer: TextAnalyzer) -> WordCount {
    switch source {
    case nil: return self
    case .match(let match): return match.cut(self, by: analyzer)
    case .word(let word):
      var cut = self
      cut.words = [analyzer.normalized(word)]
      return cut
    }
  }
}

/// How many letters of a word may differ: always so many, or by its length.
public enum Fuzziness: Hashable, Sendable {
  case edits(Int)
  /// None below `low` letters, one below `high`, two from there.
  case auto(low: Int, high: Int)

  /// What `AUTO` stands for.
  static let byLength = Fuzziness.auto(low: 3, high: 6)

  /// Reads `0`, `1`, `2`, `AUTO` and `AUTO:low,high`; nil where it is none of them.
  init?(_ written: String) {
    switch written.uppercased() {
    case "AUTO": self = .byLength
    case "0", "0.0": self = .edits(0)
    case "1", "1.0": self = .edits(1)
    case "2", "2.0": self = .edits(2)
    case let text where text.hasPrefix("AUTO:"):
      let bounds = text.dropFirst(5).split(separator: ",", omittingEmptySubsequences: false).map { Int($0) }
      guard bounds.count == 2, let low = bounds[0], let high = bounds[1], 0...high ~= low else { return nil }
      self = .auto(low: low, high: high)
    default: return nil
    }
  }

  /// The letters that may differ in a word of so many.
  func edits(_ length: Int) -> Int {
    switch self {
    case .edits(let count): count
    case .auto(let low, let high): length < low ? 0 : length < high ? 1 : 2
    }
  }
}

extension WordTest {
  /// What values that are no text are compared with; nil where they are not.
  var whole: String? {
    switch self {
    case .some(let count): count.whole
    case .near(let text, _), .beginning(let text): text
    }
  }

  /// The texts that are looked for, in words.
  public var texts: [String] {
    switch self {
    case .some(let count): count.whole.map { [$0] } ?? count.words
    case .near(let text, _), .beginning(let text): [text]
    }
  }

  /// Whether letters may differ.
  public var isFuzzy: Bool {
    if case .some(let count) = self { count.fuzziness != nil } else { false }
  }

  /// The test in words, behind the name of a field: `has a word nearly like “admin”`.
  func clause(negated: Bool, quoted: (String) -> String) -> String {
    let verb = negated ? "does not have" : "has"
    switch self {
    case .near(let text, let moves):
      return "\(verb) the words \(quoted(text)) within \(moves) \(moves == 1 ? "move" : "moves")"
    case .beginning(let text): return "\(verb) words that begin with \(quoted(text))"
    case .some(let count):
      let likeness = count.fuzziness == nil ? (count.isPrefix ? "that begins with" : "like") : "nearly like"
      let shown = texts.map(quoted).joined(separator: ", ")
      if count.words.count < 2 { return "\(verb) a word \(likeness) \(shown)" }
      return "\(verb) \(count.least) of the words \(likeness) \(shown)"
    }
  }
}
