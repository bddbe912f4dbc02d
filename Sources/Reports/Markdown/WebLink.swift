/// Which addresses may become links.
enum WebLink {
  /// True of an `http` or `https` address of visible ASCII.
  static func isWeb(_ url: String) -> Bool {
    let lower = url.prefix(8).lowercased()
    guard lower.hasPrefix("https://") || lower.hasPrefix("http://") else { return false }
    return url.utf8.allSatisfy { (0x21...0x7E).contains($0) && !"<>\"`\\".utf8.contains($0) }
  }

  /// The addresses that a rule's own guide links to.
  ///
  /// A guide with an alert's values filled in holds what an attacker wrote; only these may be links in it.
  static func links(in blocks: [MarkdownBlock]) -> Set<String> {
    var links: Set<String> = []
    func visit(_ inlines: [MarkdownInline]) {
      for inline in inlines {
        switch inline {
        case .link(let inner, let url):
          if isWeb(url) { links.insert(url) }
          visit(inner)
        case .strong(let inner), .emphasis(let inner): visit(inner)
        case .text, .code: break
        }
      }
    }
    func visit(_ blocks: [MarkdownBlock]) {
      for block in blocks {
        switch block {
        case .heading(_, let inlines), .paragraph(let inlines): visit(inlines)
        case .list(_, let items): items.forEach(visit)
        case .quote(let inner): visit(inner)
        case .code, .separator: break
        }
      }
    }
    visit(blocks)
    return links
  }
}
