import Rules

/// Values written into Markdown so that they stay text: no markup, HTML, link or table cell can come out of them.
enum MarkdownText {
  /// A value as a code span, which no renderer looks into.
  static func code(_ value: String, limit: Int = ShownText.longest) -> String {
    let shown = ShownText.line(ShownText.cut(value, to: limit))
    guard !shown.isEmpty else { return "" }
    return MarkdownCode.span(shown)
  }

  /// A value as a code span in a cell of a table, where an upright bar would end the cell.
  static func cell(_ value: String, limit: Int = 200) -> String {
    MarkdownCode.cell(code(value, limit: limit))
  }

  /// A block of code with any text in it.
  static func block(_ text: String, language: String = "") -> String {
    let shown = ShownText.visible(text)
    let fence = String(repeating: "`", count: max(3, longestRun(of: "`", in: shown) + 1))
    return "\(fence)\(language)\n\(shown)\n\(fence)\n"
  }

  /// Running text with every sign escaped that could be markup. A word that a renderer would make a link by itself becomes a
  /// code span.
  static func text(_ value: String) -> String {
    ShownText.line(value).split(separator: " ", omittingEmptySubsequences: false).map { word in
      looksLikeLink(word) ? code(String(word)) : escaped(word)
    }.joined(separator: " ")
  }

  private static func looksLikeLink(_ word: Substring) -> Bool {
    let lower = word.lowercased()
    return lower.contains("://") || lower.contains("www.") || lower.contains("@") || lower.contains("mailto:")
      || lower.contains("xmpp:")
  }

  private static func escaped(_ word: Substring) -> String {
    var escaped = ""
    for (place, character) in word.unicodeScalars.enumerated() {
      switch character {
      case "\\", "`", "*", "_", "[", "]", "<", ">", "|", "~", "!", "$", "^":
        escaped += "\\"
      case "&":
        escaped += "&amp;"
        continue
      // These mean something at the front of a line only; a word may come to stand there.
      case "#", "+", "-", "=", ":": if place == 0 { escaped += "\\" }
      case ".", ")": if place > 0, word.unicodeScalars.prefix(place).allSatisfy(isDigit) { escaped += "\\" }
      default: break
      }
      escaped.unicodeScalars.append(character)
    }
    return escaped
  }

  private static func isDigit(_ scalar: Unicode.Scalar) -> Bool { ("0"..."9").contains(scalar) }

  private static func longestRun(of byte: Unicode.Scalar, in text: String) -> Int {
    var longest = 0
    var run = 0
    for scalar in text.unicodeScalars {
      run = scalar == byte ? run + 1 : 0
      longest = max(longest, run)
    }
    return longest
  }
}
