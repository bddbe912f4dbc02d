/// Markdown as plain text for a terminal.
enum TerminalMarkdown {
  static func write(_ blocks: [MarkdownBlock], to sheet: inout SheetWriter, indent: Int = 2) {
    for block in blocks {
      switch block {
      case .heading(_, let inlines):
        sheet.blank()
        sheet.paragraph(text(inlines), indent: indent, style: .bold)
        sheet.blank()
      case .paragraph(let inlines):
        sheet.paragraph(text(inlines), indent: indent)
        sheet.blank()
      case .list(let start, let items):
        write(items, start: start, to: &sheet, indent: indent)
        sheet.blank()
      case .code(let code):
        sheet.verbatim(code, indent: indent + 2, style: .code)
        sheet.blank()
      case .quote(let inner): write(inner, to: &sheet, indent: indent + 2)
      case .separator: sheet.paragraph("———", indent: indent)
      }
    }
  }

  private static func write(_ items: [[MarkdownBlock]], start: Int?, to sheet: inout SheetWriter, indent: Int) {
    for (place, item) in items.enumerated() {
      let marker = start.map { "\($0 + place). " } ?? "• "
      var rest = item[...]
      if case .paragraph(let inlines) = rest.first {
        sheet.paragraph(text(inlines), indent: indent, prefix: marker)
        rest = rest.dropFirst()
      } else {
        sheet.paragraph("", indent: indent, prefix: marker)
      }
      for block in rest {
        // Lists within lists follow without a blank line.
        if case .list(let start, let items) = block {
          write(items, start: start, to: &sheet, indent: indent + marker.count)
        } else {
          write([block], to: &sheet, indent: indent + marker.count)
        }
      }
    }
  }

  /// Text without markup; a link has its address behind it.
  private static func text(_ inlines: [MarkdownInline]) -> String {
    inlines.map { inline in
      switch inline {
      case .text(let text), .code(let text): text
      case .strong(let inner), .emphasis(let inner): text(inner)
      case .link(let inner, let url): inner.map(\.plain).joined() == url ? url : "\(text(inner)) <\(url)>"
      }
    }.joined()
  }
}
