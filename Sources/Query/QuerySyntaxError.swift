/// A query text that cannot be read: what is wrong, where, and what would have been right.
///
/// `line` and `column` start at 1; columns count characters as a person sees them. `rendered` shows all of it:
/// ```
/// line 1, column 12: this parenthesis is never closed
///   user.name: (alice or bob
///              ^
///   expected: `)`
/// ```
public struct QuerySyntaxError: Error, Hashable, Sendable, CustomStringConvertible {
  /// What is wrong, as a clause without a full stop.
  public let message: String
  /// The line of the query, from 1.
  public let line: Int
  /// The character of that line, from 1; one past the last where the text ends too early.
  public let column: Int
  /// What could have stood there instead.
  public let expected: String?
  /// How to mend it.
  public let hint: String?
  /// True of a query that is sound and asks for what is not done here.
  public internal(set) var isUnsupported = false
  /// True of a query that is sound and that Elasticsearch refuses for how a field is indexed.
  public internal(set) var isOfField = false
  /// The part of the line that `rendered` shows: the line itself, or a window of a very long one.
  private let excerpt: String
  /// The characters of `excerpt` that stand before the place of the error.
  private let before: Int

  /// An error at a place in a text, counted in Unicode scalars from its start.
  init(
    _ message: String, at offset: Int, in text: [Unicode.Scalar], expected: String? = nil, hint: String? = nil
  ) {
    self.message = message
    self.expected = expected
    self.hint = hint
    let offset = min(max(offset, 0), text.count)
    var line = 1
    var start = 0
    for at in 0..<offset where Self.endsLine(text, at) {
      line += 1
      start = at + 1
    }
    var end = offset
    while end < text.count, text[end] != "\n", text[end] != "\r" { end += 1 }
    let lead = Self.string(text[start..<offset])
    let rest = Self.string(text[offset..<end])
    self.line = line
    column = lead.count + 1
    let cutsLead = lead.count > Self.widest
    let cutsRest = rest.count > Self.widest
    let shownLead = (cutsLead ? "…" : "") + lead.suffix(Self.widest)
    excerpt = shownLead + rest.prefix(Self.widest) + (cutsRest ? "…" : "")
    before = shownLead.count
  }

  /// The characters shown on either side of the place of the error.
  private static let widest = 70

  private static func endsLine(_ text: [Unicode.Scalar], _ at: Int) -> Bool {
    text[at] == "\n" || text[at] == "\r" && !(at + 1 < text.count && text[at + 1] == "\n")
  }

  private static func string(_ scalars: ArraySlice<Unicode.Scalar>) -> String {
    var view = String.UnicodeScalarView()
    view.append(contentsOf: scalars)
    return String(view)
  }

  /// The message with its place, the offending line, a caret under the place, what was expected and the hint.
  public var rendered: String {
    // Tabs stay tabs under the line, so that the caret stands right whatever their width.
    let padding = String(excerpt.prefix(before).map { $0 == "\t" ? "\t" : " " })
    let shown = String(excerpt.map { $0 != "\t" && $0.unicodeScalars.contains { $0.value < 32 } ? "\u{FFFD}" : $0 })
    var lines = ["line \(line), column \(column): \(message)", "  " + shown, "  " + padding + "^"]
    if let expected { lines.append("  expected: " + expected) }
    if let hint { lines.append("  hint: " + hint) }
    return lines.joined(separator: "\n")
  }

  /// The message with what was expected and the hint, in one line, without the place.
  public var sentence: String {
    [message, expected.map { "expected \($0)" }, hint].compactMap(\.self).joined(separator: "; ")
  }

  public var description: String { rendered }
}
