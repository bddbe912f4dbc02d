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
    while guide.output.first?.isEmpty == true { guide.output.removeFirst() }
    while guide.output.last?.isEmpty == true { guide.output.removeLast() }
    if let fence = guide.fence { guide.output.append(fence) }
    return guide.output.joined(separator: "\n")
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
    while let character = rest.first {
      if character == "\\", rest.count > 1 {
        output += rest.prefix(2).replacing("<", with: "&lt;")
        rest = rest.dropFirst(2)
      } else if character == "`" {
        let run = rest.prefix { $0 == "`" }
        let after = rest.dropFirst(run.count)
        let code = codeSpan(after, run.count)
        output += run + after.prefix(code)
        rest = after.dropFirst(code)
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
    let address = text.drop { $0.isWhitespace || $0 == "<" }.prefix { !$0.isWhitespace && $0 != ")" && $0 != ">" }
    let scheme = address.prefix { !":/?#".contains($0) }
    // Escapes and entities could spell a scheme.
    guard !scheme.contains("&"), !scheme.contains("\\") else { return false }
    guard address.dropFirst(scheme.count).first == ":" else { return true }
    return ["http", "https", "mailto"].contains(scheme.lowercased())
  }

  /// How many characters up to and with the run of back-quotes that closes a span of code; none when none does.
  private static func codeSpan(_ text: Substring, _ length: Int) -> Int {
    var count = 0
    var rest = text
    while let at = rest.firstIndex(of: "`") {
      let run = rest[at...].prefix { $0 == "`" }.count
      count += rest.distance(from: rest.startIndex, to: at) + run
      if run == length { return count }
      rest = rest[at...].dropFirst(run)
    }
    return 0
  }
}
