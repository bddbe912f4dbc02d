extension MarkdownParser {
  /// A line of Markdown and what may start on it.
  struct Line {
    struct Fence {
      let byte: UInt8
      let count: Int
      let indent: Int
      /// True when nothing follows, as at the end of a block.
      let isBare: Bool
    }

    struct Marker {
      /// The bullet, or `.` or `)` behind a number: another kind starts another list.
      let kind: UInt8
      let number: Int?
      /// Columns before the item's text.
      let width: Int
      let rest: ArraySlice<UInt8>
    }

    private let bytes: ArraySlice<UInt8>
    /// Columns of white space at the start; a tab counts four.
    let indent: Int
    private let content: ArraySlice<UInt8>

    init(_ bytes: ArraySlice<UInt8>) {
      self.bytes = bytes
      let content = bytes.drop { $0 == 0x20 || $0 == 0x09 }
      indent = bytes[..<content.startIndex].reduce(0) { $0 + ($1 == 0x09 ? 4 : 1) }
      self.content = content
    }

    var isBlank: Bool { content.isEmpty }

    var trimmed: ArraySlice<UInt8> {
      // Two spaces at the end ask for a line break; the text stands well without.
      var end = content.endIndex
      while end > content.startIndex, content[end - 1] == 0x20 || content[end - 1] == 0x09 { end -= 1 }
      return content[..<end]
    }

    /// The line without white space at its start, of which at most so many columns are taken away.
    func dropped(upTo columns: Int) -> ArraySlice<UInt8> {
      var rest = bytes
      var left = columns
      while left > 0, let first = rest.first, first == 0x20 || first == 0x09 {
        left -= first == 0x09 ? 4 : 1
        rest.removeFirst()
      }
      return rest
    }

    var fence: Fence? {
      guard let byte = content.first, byte == UInt8(ascii: "`") || byte == UInt8(ascii: "~") else { return nil }
      let count = content.prefix { $0 == byte }.count
      let rest = content.dropFirst(count)
      // The name of a language may follow; other text would be lost behind it.
      let isName = rest.allSatisfy { $0 == 0x20 || $0 == 0x0D || (0x21...0x7E).contains($0) && $0 != byte }
      guard count >= 3, isName else { return nil }
      return Fence(byte: byte, count: count, indent: indent, isBare: rest.allSatisfy { $0 == 0x20 })
    }

    var heading: (level: Int, text: ArraySlice<UInt8>)? {
      let level = content.prefix { $0 == UInt8(ascii: "#") }.count
      guard (1...6).contains(level), indent < 4 else { return nil }
      let rest = content.dropFirst(level)
      guard rest.isEmpty || rest.first == 0x20 || rest.first == 0x09 else { return nil }
      return (level, Line(rest).trimmed)
    }

    var isSeparator: Bool {
      guard let mark = content.first, "-*_".utf8.contains(mark) else { return false }
      return content.allSatisfy { $0 == mark || $0 == 0x20 } && content.filter { $0 == mark }.count >= 3
    }

    var quoted: Line? {
      guard content.first == UInt8(ascii: ">") else { return nil }
      let rest = content.dropFirst()
      return Line(rest.first == 0x20 ? rest.dropFirst() : rest)
    }

    var listMarker: Marker? {
      guard let first = content.first, !isSeparator else { return nil }
      if "-*+".utf8.contains(first) { return marker(first, nil, content.dropFirst(), length: 1) }
      let digits = content.prefix { (0x30...0x39).contains($0) }
      guard (1...9).contains(digits.count) else { return nil }
      let rest = content.dropFirst(digits.count)
      guard let kind = rest.first, kind == UInt8(ascii: ".") || kind == UInt8(ascii: ")") else { return nil }
      let number = digits.reduce(0) { $0 * 10 + Int($1 - 0x30) }
      return marker(kind, number, rest.dropFirst(), length: digits.count + 1)
    }

    private func marker(_ kind: UInt8, _ number: Int?, _ rest: ArraySlice<UInt8>, length: Int) -> Marker? {
      guard let space = rest.first, space == 0x20 || space == 0x09 else { return nil }
      let spaces = min(4, rest.prefix { $0 == 0x20 }.count)
      return Marker(
        kind: kind, number: number, width: indent + length + max(1, spaces), rest: rest.dropFirst(max(1, spaces)))
    }

    /// True when the line cannot go on a paragraph.
    var startsBlock: Bool {
      fence != nil || heading != nil || isSeparator || quoted != nil || listMarker != nil
    }
  }
}
