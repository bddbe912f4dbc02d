/// A piece of Markdown that stands on lines of its own.
indirect enum MarkdownBlock: Hashable, Sendable {
  case heading(level: Int, [MarkdownInline])
  case paragraph([MarkdownInline])
  case list(start: Int?, items: [[MarkdownBlock]])
  case code(String)
  case quote([MarkdownBlock])
  case separator
}
