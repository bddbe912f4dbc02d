/// Texts without regard to case.
enum CaseFolding {
  /// The text in lower case, letter by letter.
  static func folded(_ text: String) -> String { TextAnalyzer.lowered(text) }
}
