/// An investigation guide written as Markdown again, with only the links that its rule has.
struct MarkdownGuide {
  /// Addresses that may be links.
  let links: Set<String>
  /// How far the guide's headings are pushed down.
  let headingShift: Int

  func text(_ blocks: [MarkdownBlock], indent: String = "") -> String {
    var text = ""
    for block in blocks {
      switch block {
      case .heading(let level, let inlines):
        text += indent + String(repeating: "#", count: min(6, level + headingShift)) + " " + line(inlines) + "\n\n"
      case .paragraph(let inlines): text += indent + line(inlines) + "\n\n"
      case .list(let start, let items):
        for (place, item) in items.enumerated() {
          let marker = start.map { "\($0 + place). " } ?? "- "
          let inner = self.text(item, indent: indent + String(repeating: " ", count: marker.count))
          // The marker stands where the first line's indentation was.
          text += indent + marker + inner.dropFirst(indent.count + marker.count)
        }
      case .code(let code):
        let block = MarkdownText.block(code)
        text +=
          block.split(separator: "\n", omittingEmptySubsequences: false).map { $0.isEmpty ? "" : indent + $0 }
          .joined(separator: "\n") + "\n"
      case .quote(let inner):
        let quoted = self.text(inner).split(separator: "\n", omittingEmptySubsequences: false).dropLast(2)
        text += quoted.map { indent + "> " + $0 }.joined(separator: "\n") + "\n\n"
      case .separator: text += indent + "---\n\n"
      }
    }
    return text
  }

  private func line(_ inlines: [MarkdownInline]) -> String {
    inlines.map { inline in
      switch inline {
      case .text(let text): MarkdownText.text(text)
      case .code(let code): MarkdownText.code(code)
      case .strong(let inner): "**" + line(inner) + "**"
      case .emphasis(let inner): "*" + line(inner) + "*"
      case .link(let inner, let url):
        links.contains(url) ? "[\(line(inner))](<\(url)>)" : line(inner) + " (" + MarkdownText.code(url) + ")"
      }
    }.joined()
  }
}
