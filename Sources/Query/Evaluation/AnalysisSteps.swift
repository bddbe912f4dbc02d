import Events
import Synchronization

/// A tokenizer and filters made ready: what an analysis other than the standard one does.
final class AnalysisSteps: Sendable {
  private enum Cutter: Sendable {
    case standard(longest: Int)
    case separators(WordSeparators, longest: Int, isLowered: Bool)
    case whole
    /// At what matches.
    case matches(BacktrackingRegex)
  }

  private enum Filter: Sendable {
    case lowercase
    case asciiFolding
    case stop(Set<[UInt8]>, ignoresCase: Bool)
  }

  private let cutter: Cutter
  private let filters: [Filter]
  /// Words may stand in places that do not follow each other.
  let hasGaps: Bool
  /// Letters of words are brought to those of ASCII.
  let foldsToASCII: Bool

  private struct Key: Hashable {
    var tokenizer: TextAnalysis.Tokenizer
    var filters: [TextAnalysis.Filter]
  }

  private static let made = Mutex<[Key: AnalysisSteps]>([:])
  /// Mappings come from outside, and one names few.
  private static let mostKept = 256

  static func known(_ tokenizer: TextAnalysis.Tokenizer, _ filters: [TextAnalysis.Filter]) -> AnalysisSteps {
    let key = Key(tokenizer: tokenizer, filters: filters)
    if let known = made.withLock({ $0[key] }) { return known }
    let steps = AnalysisSteps(tokenizer, filters)
    made.withLock { made in
      if made.count >= mostKept { made.removeAll() }
      made[key] = steps
    }
    return steps
  }

  private init(_ tokenizer: TextAnalysis.Tokenizer, _ filters: [TextAnalysis.Filter]) {
    self.filters = filters.map { filter in
      switch filter {
      case .lowercase: .lowercase
      case .asciiFolding: .asciiFolding
      case .stop(let words, let ignoresCase):
        .stop(
          Set(words.map { Array((ignoresCase ? TextAnalyzer.lowered($0) : $0).utf8) }), ignoresCase: ignoresCase)
      }
    }
    foldsToASCII = filters.contains(.asciiFolding)
    hasGaps = filters.contains { if case .stop = $0 { true } else { false } }
    switch tokenizer {
    case .standard(let longest): cutter = .standard(longest: longest)
    case .letter: cutter = .separators(.noLetters, longest: TextAnalysis.longestWord, isLowered: false)
    case .lowercase: cutter = .separators(.noLetters, longest: TextAnalysis.longestWord, isLowered: true)
    case .whitespace(let longest): cutter = .separators(.whitespace, longest: longest, isLowered: false)
    case .keyword: cutter = .whole
    case .pattern(let expression):
      if let separators = WordSeparators(expression) {
        cutter = .separators(separators, longest: .max, isLowered: false)
      } else if let regex = try? WordPattern.regex(expression) {
        cutter = .matches(regex)
      } else {
        // Whoever reads a mapping has refused an expression that is none.
        cutter = .whole
      }
    }
  }

  /// The words of a text with their places.
  func words(_ text: String) -> [PlacedWord] {
    var place = -1
    var words: [PlacedWord] = []
    func add(_ word: String) {
      place += 1
      if let kept = filtered(word) { words.append(PlacedWord(text: kept, place: place)) }
    }
    switch cutter {
    case .standard(let longest):
      var cutter = WordCutter(isLowered: false, longest: longest)
      for scalar in text.unicodeScalars { cutter.take(scalar) }
      cutter.endWord()
      for word in cutter.words { add(word) }
    case .separators(let separators, let longest, let isLowered):
      separators.forEachWord(in: text) { word in
        let word = isLowered ? TextAnalyzer.lowered(word) : word
        guard word.utf8.count > longest else { return add(word) }
        WordPieces.forEach(word[...].unicodeScalars, longest: longest) { add(String($0)) }
      }
    // A text without a character is no word.
    case .whole: if !text.isEmpty { add(text) }
    case .matches(let regex): WordPattern.forEachWord(in: text, between: regex, add)
    }
    return words
  }

  /// A word as it is indexed; nil where it is left out.
  private func filtered(_ word: String) -> String? {
    var word = word
    for filter in filters {
      switch filter {
      case .lowercase: word = TextAnalyzer.lowered(word)
      case .asciiFolding: word = ASCIIFolding.folded(word)
      case .stop(let words, let ignoresCase):
        if words.contains(Array((ignoresCase ? TextAnalyzer.lowered(word) : word).utf8)) { return nil }
      }
    }
    return word
  }

  /// A text as one word that is not cut, by the filters that look at characters alone. Of a tokenizer nothing is asked, so one that
  /// lower-cases leaves it as it is.
  func normalized(_ text: String) -> String {
    filters.reduce(text) { text, filter in
      switch filter {
      case .lowercase: TextAnalyzer.lowered(text)
      case .asciiFolding: ASCIIFolding.folded(text)
      case .stop: text
      }
    }
  }
}
