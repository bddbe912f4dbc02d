import Foundation

/// Texts against patterns.
enum ReferenceEQLText {
  static func lowered(_ text: String) -> String { text.lowercased() }

  /// `*` is any run, `?` any one character; nothing else has a meaning.
  static func fits(_ text: String, _ pattern: String, ignoresCase: Bool) -> Bool {
    let text = Array((ignoresCase ? lowered(text) : text).unicodeScalars)
    let pattern = Array((ignoresCase ? lowered(pattern) : pattern).unicodeScalars)
    func rest(_ at: Int, _ place: Int) -> Bool {
      guard place < pattern.count else { return at == text.count }
      switch pattern[place] {
      case "*": return (at...text.count).contains { rest($0, place + 1) }
      case "?": return at < text.count && rest(at + 1, place + 1)
      default: return at < text.count && text[at] == pattern[place] && rest(at + 1, place + 1)
      }
    }
    return rest(0, 0)
  }

  /// Whether a text fits a regular expression from its beginning to its end. The tests have such as mean the same to Lucene
  /// and to Foundation.
  static func isWhole(_ text: String, _ pattern: String, ignoresCase: Bool) -> Bool {
    let options: NSRegularExpression.Options =
      ignoresCase ? [.dotMatchesLineSeparators, .caseInsensitive] : [.dotMatchesLineSeparators]
    guard let regex = try? NSRegularExpression(pattern: "\\A(?:\(pattern))\\z", options: options) else { return false }
    return regex.firstMatch(in: text, range: NSRange(location: 0, length: text.utf16.count)) != nil
  }
}
