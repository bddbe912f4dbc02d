/// How a text is cut into the words by which an analyzed field compares, as an analyzer of Elasticsearch does it.
///
/// ```swift
/// let scripts = TextAnalysis.pattern("[\\W&&[^-]]+")
/// ```
public enum TextAnalysis: Hashable, Sendable {
  /// By Unicode's word boundaries, in lower case.
  case standard
  /// By a tokenizer, whose words go through filters one after another.
  indirect case steps(Tokenizer, [Filter])

  /// What cuts a text.
  public enum Tokenizer: Hashable, Sendable {
    /// By Unicode's word boundaries; a longer word than so many UTF-16 units is cut into pieces.
    case standard(longest: Int)
    /// Letters in a row are a word, and nothing else is.
    case letter
    /// The same, in lower case.
    case lowercase
    /// At white space; a longer word than so many UTF-16 units is cut into pieces.
    case whitespace(longest: Int)
    /// The whole text is one word.
    case keyword
    /// At what a regular expression of Java matches.
    case pattern(JavaExpression)
  }

  /// What is made of a word.
  public enum Filter: Hashable, Sendable {
    case lowercase
    /// Brings letters, digits and signs to those of ASCII that stand for them: `é` to `e`.
    case asciiFolding
    /// Leaves words out; their places in the text stay empty.
    case stop(words: Set<String>, ignoresCase: Bool)
  }

  /// A regular expression of Java, with flags by Java's letters (`i`, `m`, `s`, `u`, `d`, `x`, `U`).
  public struct JavaExpression: Hashable, Sendable {
    public var pattern: String
    public var flags: String

    public init(_ pattern: String, flags: String = "") {
      self.pattern = pattern
      self.flags = flags
    }
  }

  /// The longest word where nothing else is said, in UTF-16 units.
  public static let longestWord = 255

  public static let simple = TextAnalysis.steps(.letter, [.lowercase])
  public static let whitespace = TextAnalysis.steps(.whitespace(longest: longestWord), [])
  public static let keyword = TextAnalysis.steps(.keyword, [])
  public static let stop = TextAnalysis.steps(
    .letter, [.lowercase, .stop(words: englishStopWords, ignoresCase: false)])
  /// Words parted by what matches a regular expression of Java, in lower case.
  public static func pattern(_ pattern: String = #"\W+"#) -> TextAnalysis {
    .steps(.pattern(JavaExpression(pattern)), [.lowercase])
  }

  /// The words of scripts of PowerShell, as Elastic's integration for Windows indexes them: letters and digits of ASCII, `_` and `-`.
  ///
  /// Source: elastic/integrations, `packages/windows/data_stream/powershell_operational/manifest.yml`.
  public static let powershell = TextAnalysis.pattern(#"[\W&&[^-]]+"#)

  /// The words that `_english_` stands for in a stop filter.
  ///
  /// Source: Elasticsearch's guide, "Stop token filter".
  public static let englishStopWords: Set<String> = [
    "a", "an", "and", "are", "as", "at", "be", "but", "by", "for", "if", "in", "into", "is", "it", "no", "not", "of",
    "on",
    "or", "such", "that", "the", "their", "then", "there", "these", "they", "this", "to", "was", "will", "with",
  ]

  /// The analysis of a tokenizer and filters, by the shorter name where there is one.
  public init(_ tokenizer: Tokenizer, _ filters: [Filter]) {
    if tokenizer == .standard(longest: Self.longestWord), filters == [.lowercase] {
      self = .standard
    } else {
      self = .steps(tokenizer, filters)
    }
  }
}
