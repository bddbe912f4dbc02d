/// A piece of a Lucene query string, and where it stands in Unicode scalars.
struct LuceneToken {
  enum Kind: Equatable {
    case and
    case or
    case not
    case plus
    case minus
    case open
    case close
    case colon
    /// A sign before a blank, which is a word.
    case sign(String)
    /// A word: its escapes are resolved.
    case word(String)
    /// A word with `*` or `?` in it.
    case pattern(WildcardPattern)
    case phrase(String)
    case regex(String)
    /// `~`, and what stands right behind it.
    case tilde(String)
    /// `^` and its number.
    case boost
    case range(lower: End?, lowerInclusive: Bool, upper: End?, upperInclusive: Bool)
    case end
  }

  struct End: Equatable {
    var text: String
  }

  var kind: Kind
  var range: Range<Int>

  /// A star alone.
  var isStar: Bool {
    if case .pattern(let pattern) = kind { pattern.matchesEverything && range.count == 1 } else { false }
  }
}
