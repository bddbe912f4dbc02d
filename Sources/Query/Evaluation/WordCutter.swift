import Events

/// Collects the words of the standard analyzer scalar by scalar, lower-cased unless something else is said.
///
/// The rules are those of Unicode's word boundaries (UAX #29), as Elasticsearch's standard analyzer applies them:
/// - Letters and digits in a row are one word, also mixed; `_` joins words, but is none by itself.
/// - `.` `'` `’` and their like stay inside a word between two letters (`o'neil`, `iam.amazonaws.com`) and between two
///   digits (`10.0.0.1`, `v1.2`); `:` and `·` only between two letters (`arn:aws:iam`); `,` and `;` only between two digits
///   (`1,000`). Between a letter and a digit all of them part words (`i.1` is `i` and `1`).
/// - Accents and other marks belong to the letter before them. Everything else parts words: `-`, `/`, `@`, `=`, space.
/// - Every ideograph and every hiragana character is a word by itself; katakana in a row is one word, and so is a run
///   of a script that writes without spaces (Thai, Lao, Khmer, Myanmar).
/// - A word longer than 255 UTF-16 units is cut into pieces of that length. Emoji are no words.
struct WordCutter {
  private(set) var words: [String] = []
  private let isLowered: Bool
  private let longest: Int
  private var word = String.UnicodeScalarView()
  /// What stood last in the word, marks aside; nil where no word has begun.
  private var last: WordBreakClass?
  /// The word has a letter or a digit.
  private var isWord = false
  /// A sign that joins the word to what follows if it is a letter or a digit of the right kind.
  private var pending = String.UnicodeScalarView()
  private var pendingClass: WordBreakClass?

  /// - Parameters:
  ///   - isLowered: words are in lower case.
  ///   - longest: a longer word is cut, in UTF-16 units.
  init(isLowered: Bool = true, longest: Int = TextAnalysis.longestWord) {
    self.isLowered = isLowered
    self.longest = longest
  }

  mutating func take(_ scalar: Unicode.Scalar) {
    let kind = WordBreakClass(scalar)
    switch kind {
    case .extend:
      if pendingClass != nil { pending.append(scalar) } else if last != nil { word.append(scalar) }
    case .letter, .digit, .katakana, .joiner, .complex:
      if let sign = pendingClass {
        if joins(sign, kind) { word.append(contentsOf: pending) } else { endWord() }
        dropPending()
      } else if !continues(kind) {
        endWord()
      }
      append(scalar, kind)
    case .ideograph:
      endWord()
      append(scalar, kind)
    case .midLetter, .midNumber, .midBoth:
      if pendingClass == nil, last == .letter && kind != .midNumber || last == .digit && kind != .midLetter {
        pendingClass = kind
        pending.append(scalar)
      } else {
        endWord()
      }
    case .other: endWord()
    }
  }

  private mutating func append(_ scalar: Unicode.Scalar, _ kind: WordBreakClass) {
    word.append(scalar)
    last = kind
    if kind != .joiner { isWord = true }
  }

  private func joins(_ sign: WordBreakClass, _ next: WordBreakClass) -> Bool {
    next == last && (next == .letter && sign != .midNumber || next == .digit && sign != .midLetter)
  }

  private func continues(_ next: WordBreakClass) -> Bool {
    switch (last, next) {
    case (nil, _), (.letter, .letter), (.letter, .digit), (.digit, .letter), (.digit, .digit), (.katakana, .katakana),
      (.complex, .complex), (.joiner, .joiner), (.joiner, .letter), (.joiner, .digit), (.joiner, .katakana),
      (.letter, .joiner), (.digit, .joiner), (.katakana, .joiner):
      true
    default: false
    }
  }

  private mutating func dropPending() {
    pending.removeAll()
    pendingClass = nil
  }

  mutating func endWord() {
    if isWord { add() }
    word.removeAll()
    dropPending()
    last = nil
    isWord = false
  }

  private mutating func add() {
    guard word.count > longest / 2 else {
      words.append(isLowered ? TextAnalyzer.lowered(word) : String(word))
      return
    }
    WordPieces.forEach(word[...], longest: longest) { words.append(isLowered ? TextAnalyzer.lowered($0) : String($0)) }
  }
}

/// The pieces that a long word is cut into.
enum WordPieces {
  /// Calls `body` with pieces of at most so many UTF-16 units.
  static func forEach(
    _ word: Substring.UnicodeScalarView, longest: Int, _ body: (Substring.UnicodeScalarView) -> Void
  ) {
    var start = word.startIndex
    var units = 0
    for at in word.indices {
      let width = UTF16.width(word[at])
      if units > 0, units + width > longest {
        body(word[start..<at])
        start = at
        units = 0
      }
      units += width
    }
    body(word[start...])
  }
}
