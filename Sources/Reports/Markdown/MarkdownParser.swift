/// Reads the Markdown that investigation guides are written in: headings, paragraphs, lists, quotes, code, emphasis, links.
///
/// HTML has no meaning in it: tags stay the text that they are. Every text is a document; nothing is refused. Nesting is
/// bounded by `deepest`, length by `longest`.
struct MarkdownParser {
  /// Levels of lists and quotes.
  static let deepest = 8
  /// Bytes; what lies beyond is left out, and said to be.
  static let longest = 256 << 10

  static func blocks(_ text: String) -> [MarkdownBlock] {
    var bytes = Array(text.utf8)
    let isCut = bytes.count > longest
    if isCut { bytes.removeSubrange(longest...) }
    let lines = bytes.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false).map { line in
      Line(line.last == UInt8(ascii: "\r") ? line.dropLast() : line)
    }
    var blocks = MarkdownParser(lines: lines[...]).parse(depth: 0)
    if isCut { blocks.append(.paragraph([.text("… cut here: the text is \(text.utf8.count.grouped) bytes long.")])) }
    return blocks
  }

  private var lines: ArraySlice<Line>

  private init(lines: ArraySlice<Line>) { self.lines = lines }

  private func parse(depth: Int) -> [MarkdownBlock] {
    var parser = self
    var blocks: [MarkdownBlock] = []
    while let line = parser.lines.first {
      if line.isBlank {
        parser.lines.removeFirst()
      } else if let fence = line.fence {
        blocks.append(parser.takeCode(fence))
      } else if let heading = line.heading {
        parser.lines.removeFirst()
        blocks.append(.heading(level: heading.level, MarkdownInlineParser.inlines(heading.text)))
      } else if line.isSeparator {
        parser.lines.removeFirst()
        blocks.append(.separator)
      } else if depth < Self.deepest, let quoted = parser.takeQuote() {
        blocks.append(.quote(MarkdownParser(lines: quoted[...]).parse(depth: depth + 1)))
      } else if depth < Self.deepest, let marker = line.listMarker {
        blocks.append(parser.takeList(marker, depth: depth))
      } else {
        blocks.append(parser.takeParagraph())
      }
    }
    return blocks
  }

  private mutating func takeCode(_ fence: Line.Fence) -> MarkdownBlock {
    lines.removeFirst()
    var code: [String] = []
    while let line = lines.popFirst() {
      if let end = line.fence, end.byte == fence.byte, end.count >= fence.count, end.isBare { break }
      code.append(String(decoding: line.dropped(upTo: fence.indent), as: UTF8.self))
    }
    return .code(code.joined(separator: "\n"))
  }

  private mutating func takeQuote() -> [Line]? {
    guard lines.first?.quoted != nil else { return nil }
    var inner: [Line] = []
    while let quoted = lines.first?.quoted {
      inner.append(quoted)
      lines.removeFirst()
    }
    return inner
  }

  private mutating func takeParagraph() -> MarkdownBlock {
    var text: [UInt8] = []
    while let line = lines.first, !line.isBlank {
      if !text.isEmpty, line.startsBlock { break }
      if !text.isEmpty { text.append(UInt8(ascii: "\n")) }
      text += line.trimmed
      lines.removeFirst()
    }
    return .paragraph(MarkdownInlineParser.inlines(text[...]))
  }

  private mutating func takeList(_ first: Line.Marker, depth: Int) -> MarkdownBlock {
    var items: [[MarkdownBlock]] = []
    while let marker = lines.first?.listMarker, marker.kind == first.kind {
      var item = [Line(marker.rest)]
      lines.removeFirst()
      while let line = lines.first {
        if line.isBlank {
          // Blank lines belong to the item when what follows is indented like it.
          let rest = lines.drop { $0.isBlank }
          guard let next = rest.first, next.indent >= marker.width else { break }
          item.append(line)
          lines = rest
          continue
        } else if line.indent >= marker.width {
          item.append(Line(line.dropped(upTo: marker.width)))
        } else if !line.startsBlock, item.last?.isBlank == false {
          item.append(line)
        } else {
          break
        }
        lines.removeFirst()
      }
      items.append(MarkdownParser(lines: item[...]).parse(depth: depth + 1))
      // Items may stand apart.
      if lines.first?.isBlank == true, let next = lines.first(where: { !$0.isBlank }),
        next.listMarker?.kind == first.kind
      {
        lines = lines.drop { $0.isBlank }
      }
    }
    return .list(start: first.number, items: items)
  }
}
