/// A piece of Markdown within a line.
indirect enum MarkdownInline: Hashable, Sendable {
  case text(String)
  case code(String)
  case strong([MarkdownInline])
  case emphasis([MarkdownInline])
  case link([MarkdownInline], url: String)

  /// The text without its markup; a link's address is left out.
  var plain: String {
    switch self {
    case .text(let text), .code(let text): text
    case .strong(let inner), .emphasis(let inner), .link(let inner, _): inner.map(\.plain).joined()
    }
  }
}
