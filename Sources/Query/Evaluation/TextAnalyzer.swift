import Events

/// Cuts texts into the words by which an analyzed field compares.
///
/// ```swift
/// TextAnalyzer.standard.words("Invoke-Expression")  // ["invoke", "expression"]
/// TextAnalyzer(.powershell).words("Invoke-Expression")  // ["invoke-expression"]
/// ```
public struct TextAnalyzer: Sendable {
  /// Nil for the standard analyzer.
  private let steps: AnalysisSteps?

  public static let standard = TextAnalyzer(steps: nil)

  private init(steps: AnalysisSteps?) { self.steps = steps }

  /// What an analysis asks for is made ready once in a process.
  public init(_ analysis: TextAnalysis) {
    switch analysis {
    case .standard: steps = nil
    case .steps(let tokenizer, let filters): steps = AnalysisSteps.known(tokenizer, filters)
    }
  }

  /// The words of a text in order.
  public func words(_ text: String) -> [String] {
    guard let steps else {
      var cutter = WordCutter()
      for scalar in text.unicodeScalars { cutter.take(scalar) }
      cutter.endWord()
      return cutter.words
    }
    return steps.words(text).map(\.text)
  }

  /// The words of a text in order with their places, which leave out those that a filter has taken.
  func placedWords(_ text: String) -> [PlacedWord] {
    guard let steps else {
      return words(text).enumerated().map { PlacedWord(text: $1, place: $0) }
    }
    return steps.words(text)
  }

  /// A text as one word that is not cut, for patterns, bounds and words with letters that may differ.
  public func normalized(_ text: String) -> String { steps.map { $0.normalized(text) } ?? Self.lowered(text) }

  /// Words may stand in places that do not follow each other.
  var hasGaps: Bool { steps?.hasGaps ?? false }

  /// Words have letters of ASCII in place of others that stand in the text.
  var foldsToASCII: Bool { steps?.foldsToASCII ?? false }

  /// A text with its letters lower-cased one by one, as the standard analyzer does it.
  public static func lowered(_ text: String) -> String { lowered(text.unicodeScalars) }

  static func lowered(_ scalars: some Sequence<Unicode.Scalar>) -> String {
    var result = ""
    for scalar in scalars {
      switch scalar.value {
      case 0x41...0x5A: result.unicodeScalars.append(Unicode.Scalar(UInt8(scalar.value) + 32))
      case ..<0x80: result.unicodeScalars.append(scalar)
      // The dotted capital I becomes one letter, not a letter and a mark.
      case 0x130: result.unicodeScalars.append("i")
      default: result += scalar.properties.lowercaseMapping
      }
    }
    return result
  }
}

/// A word of a text, and the how-manieth it is, those counted that a filter left out.
struct PlacedWord: Hashable, Sendable {
  var text: String
  var place: Int
}

extension FieldType {
  /// What cuts the field's values and what is asked of them; the standard analyzer where the field has none.
  var analyzer: TextAnalyzer { analysis.map { TextAnalyzer($0) } ?? .standard }
}
