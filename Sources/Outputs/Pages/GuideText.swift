/// Markdown of a rule, as its guide, made fit for a place within a page: headings below the page's own, no HTML, and no
/// block of code left open.
struct GuideText {
  private var output: [String] = []
  private var paragraph: [String] = []
  private var fence: String?
  private let shift: Int

  /// The text with its topmost heading at `level`.
  static func text(_ markdown: String, topLevel level: Int) -> String {
    let lines = markdown.replacing("\r\n", with: "\n").split(separator: "\n", omittingEmptySubsequences: false)
      .map(String.init)
    var guide = GuideText(shift: level - (topmost(lines) ?? level))
    for line in lines { guide.add(line) }
    guide.endParagraph()
    while guide.output.last?.isEmpty == true { guide.output.removeLast() }
    if let fence = guide.fence { guide.output.append(fence) }
    return guide.output.drop(while: \.isEmpty).joined(separator: "\n")
  }

  private init(shift: Int) { self.shift = shift }

  private static func topmost(_ lines: [String]) -> Int? {
    var fence: String?
    var top: Int?
    for line in lines {
      if let mark = mark(line) {
        fence = fence == nil ? mark.fence : mark.closes(fence) ? nil : fence
      } else if fence == nil, let level = heading(line) {
        top = min(top ?? level, level)
      }
    }
    return top
  }

  private mutating func add(_ line: String) {
    if let mark = Self.mark(line), fence == nil || mark.closes(fence) {
      endParagraph()
      fence = fence == nil ? mark.fence : nil
      output.append(line)
    } else if fence != nil {
      output.append(line)
    } else if let level = Self.heading(line) {
      endParagraph()
      let words = line.drop { $0 == "#" }
      output.append(String(repeating: "#", count: max(1, min(6, level + shift))) + Self.withoutHTML(String(words)))
    } else if line.allSatisfy(\.isWhitespace) {
      endParagraph()
      output.append("")
    } else {
      paragraph.append(line)
    }
  }

  private mutating func endParagraph() {
    guard !paragraph.isEmpty else { return }
    // A span of code may go over lines, so the paragraph is looked at as a whole.
    output.append(Self.withoutHTML(paragraph.joined(separator: "\n")))
    paragraph = []
  }

  private static func heading(_ line: String) -> Int? {
    let level = line.prefix { $0 == "#" }.count
    return (1...6).contains(level) && line.dropFirst(level).first == " " ? level : nil
  }

  private struct Mark {
    var fence: String
    var hasWords: Bool

    func closes(_ open: String?) -> Bool {
      guard let open, !hasWords else { return false }
      return fence.first == open.first && fence.count >= open.count
    }
  }

  private static func mark(_ line: String) -> Mark? {
    let text = line.drop { $0 == " " || $0 == "\t" }
    guard let first = text.first, first == "`" || first == "~" else { return nil }
    let run = text.prefix { $0 == first }
    let rest = text.dropFirst(run.count)
    guard run.count >= 3, first == "~" || !rest.contains("`") else { return nil }
    return Mark(fence: String(run), hasWords: !rest.allSatisfy(\.isWhitespace))
  }

  /// The text with `<` as plain text, save within code and where it starts an address of the web, and with links to the
  /// web alone.
  private static func withoutHTML(_ text: String) -> String {
    guard text.contains("<") || text.contains("](") || text.contains("]:") else { return text }
    var output = ""
    var rest = text[...]
    let spans = CodeSpans(text)
    while let character = rest.first {
      if character == "\\", rest.dropFirst().first != nil {
        output += rest.prefix(2).replacing("<", with: "&lt;")
        rest = rest.dropFirst(2)
      } else if character == "`" {
        let run = rest.prefix { $0 == "`" }
        let after = rest.dropFirst(run.count)
        let end = spans.end(after, run.count) ?? after.startIndex
        output += run + after[..<end]
        rest = after[end...]
      } else if rest.hasPrefix("]("), !isHarmless(rest.dropFirst(2)) {
        // No link: its address would run something.
        output += "]\\("
        rest = rest.dropFirst(2)
      } else if rest.hasPrefix("]:"), !isHarmless(rest.dropFirst(2)) {
        output += "]\\:"
        rest = rest.dropFirst(2)
      } else if character == "<", !rest.hasPrefix("<https://"), !rest.hasPrefix("<http://") {
        output += "&lt;"
        rest = rest.dropFirst()
      } else {
        output.append(character)
        rest = rest.dropFirst()
      }
    }
    return output
  }

  /// True for the address of a link that is one of the web, of mail, or has no scheme at all.
  private static func isHarmless(_ text: Substring) -> Bool {
    let address = text.drop { $0.isWhitespace || $0 == "<" }
    // No more is looked at, or a text full of openings would be gone over again at each.
    let start = address.prefix(longestScheme)
    let scheme = start.prefix { !$0.isWhitespace && !":/?#)>".contains($0) }
    // Escapes and entities could spell a scheme.
    guard !scheme.contains("&"), !scheme.contains("\\") else { return false }
    let isWhole = scheme.endIndex < start.endIndex || start.endIndex == address.endIndex
    guard isWhole, start[scheme.endIndex...].first != ":" else {
      return ["http", "https", "mailto"].contains(scheme.lowercased())
    }
    return true
  }

  /// Characters of an address in which its scheme, or what ends a path without one, must come.
  private static let longestScheme = 256
}

/// The ends of the spans of code in a text.
private struct CodeSpans {
  /// Where the last run of so many back-quotes starts: one behind it is not looked for.
  private var last: [Int: String.Index] = [:]

  init(_ text: String) {
    var rest = text[...]
    while let start = rest.firstIndex(of: "`") {
      let run = rest[start...].prefix { $0 == "`" }
      last[run.count] = start
      rest = rest[run.endIndex...]
    }
  }

  /// The end of the run of so many back-quotes that closes a span of code; nil where none does.
  func end(_ text: Substring, _ length: Int) -> String.Index? {
    guard let last = last[length], last >= text.startIndex else { return nil }
    var rest = text
    while let start = rest.firstIndex(of: "`") {
      let run = rest[start...].prefix { $0 == "`" }
      if run.count == length { return run.endIndex }
      rest = rest[run.endIndex...]
    }
    return nil
  }
}
