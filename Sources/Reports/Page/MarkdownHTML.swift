/// Markdown as HTML; tags in it are text, and only addresses that are allowed become links.
struct MarkdownHTML {
  let links: Set<String>

  func block(_ block: MarkdownBlock) -> [UInt8] {
    var html = HTMLWriter()
    write(block, to: &html)
    return html.bytes
  }

  func blocks(_ blocks: [MarkdownBlock], to html: inout HTMLWriter) {
    // A lone paragraph in a list needs no tags of its own.
    var rest = blocks[...]
    if case .paragraph(let inlines) = rest.first {
      write(inlines, to: &html)
      rest = rest.dropFirst()
    }
    for block in rest { write(block, to: &html) }
  }

  /// A list's item as a step with a box to check.
  func step(_ item: [MarkdownBlock], to html: inout HTMLWriter) {
    var rest = item[...]
    html.markup("<label><input type=\"checkbox\"><span>")
    if case .paragraph(let inlines) = rest.first {
      write(inlines, to: &html)
      rest = rest.dropFirst()
    }
    html.markup("</span></label>")
    for block in rest { write(block, to: &html) }
  }

  private func write(_ block: MarkdownBlock, to html: inout HTMLWriter) {
    switch block {
    case .heading(let level, let inlines):
      // A page's own headings end at the fourth level.
      html.element("h5", ("class", level <= 3 ? "g1" : "g2")) { write(inlines, to: &$0) }
    case .paragraph(let inlines): html.element("p") { write(inlines, to: &$0) }
    case .list(let start, let items):
      html.open(start == nil ? "ul" : "ol")
      for item in items { html.element("li") { blocks(item, to: &$0) } }
      html.close(start == nil ? "ul" : "ol")
    case .code(let code): html.element("pre", text: code)
    case .quote(let inner): html.element("blockquote") { html in for block in inner { write(block, to: &html) } }
    case .separator: html.markup("<hr>")
    }
  }

  func write(_ inlines: [MarkdownInline], to html: inout HTMLWriter) {
    for inline in inlines {
      switch inline {
      case .text(let text): html.text(text)
      case .code(let code): html.element("code", text: code)
      case .strong(let inner): html.element("strong") { write(inner, to: &$0) }
      case .emphasis(let inner): html.element("em") { write(inner, to: &$0) }
      case .link(let inner, let url):
        if links.contains(url) {
          html.element("a", ("href", url), ("rel", "noopener noreferrer")) { write(inner, to: &$0) }
        } else {
          write(inner, to: &html)
          html.text(" (\(url))")
        }
      }
    }
  }
}
