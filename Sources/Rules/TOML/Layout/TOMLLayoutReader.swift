/// Reads a TOML file with its comments.
///
/// A comment belongs to what follows it, the key or the header, or to what it stands behind. Comments right below a
/// table's last key belong to that table; those at the top and at the end, set off by a blank line, to the file. The
/// text must be one that `TOMLParser` takes, which bounds the recursion here.
struct TOMLLayoutReader {
  private var text: TOMLParser
  private var document = TOMLDocument()
  private var current: TOMLSection

  private init(_ bytes: [UInt8]) {
    text = TOMLParser(bytes)
    current = document.root
  }

  /// Reads a text; throws where it is no TOML.
  static func read(_ bytes: [UInt8]) throws(TOMLSyntaxError) -> TOMLDocument {
    _ = try TOMLParser.parse(bytes)
    var reader = TOMLLayoutReader(bytes)
    try reader.read()
    return reader.document
  }

  private mutating func read() throws(TOMLSyntaxError) {
    if text.bytes.starts(with: [0xEF, 0xBB, 0xBF]) { text.at = 3 }
    var isFirst = true
    while true {
      var lines = try commentLines()
      guard let byte = text.peek() else {
        // What is set off by a blank line belongs to the file, the rest to the table above it.
        if !isFirst { current.tail = takeBlock(&lines) }
        document.tail = Self.trimmed(lines)
        return
      }
      if isFirst, let blank = lines.lastIndex(of: "") {
        document.head = Self.trimmed(Array(lines[..<blank]))
        lines = Array(lines[(blank + 1)...])
      }
      if byte == UInt8(ascii: "[") {
        if !isFirst { current.tail = takeBlock(&lines) }
        try header(lead: Self.trimmed(lines, keepsEnd: true))
      } else {
        var entry = TOMLSection.Entry(lead: Self.trimmed(lines, keepsEnd: true), key: try text.key(), item: .bare(""))
        text.at += 1
        text.skipBlank()
        entry.item = try item()
        entry.trail = try trailingComment()
        current.entries.append(entry)
      }
      isFirst = false
    }
  }

  private mutating func header(lead: [String]) throws(TOMLSyntaxError) {
    text.at += 1
    let isArray = text.take(UInt8(ascii: "["))
    let path = try text.key()
    text.at += isArray ? 2 : 1
    current = document.root.open(path, isArray: isArray)
    current.hasHeader = true
    current.lead = lead
    current.trail = try trailingComment()
  }

  // MARK: Values

  private mutating func item() throws(TOMLSyntaxError) -> TOMLItem {
    switch text.peek() {
    case UInt8(ascii: "\""), UInt8(ascii: "'"): return .string(try text.string())
    case UInt8(ascii: "["): return try array()
    case UInt8(ascii: "{"): return try inline()
    default:
      let start = text.at
      _ = try text.scalar()
      return .bare(text.text(start..<text.at))
    }
  }

  private mutating func array() throws(TOMLSyntaxError) -> TOMLItem {
    text.at += 1
    var elements: [TOMLElement] = []
    var lead: [String] = []
    // A comment on the line of an element belongs to it.
    var isOnLine = false
    while let byte = text.peek() {
      if byte == UInt8(ascii: "]") {
        text.at += 1
        break
      }
      switch byte {
      case UInt8(ascii: " "), UInt8(ascii: "\t"), UInt8(ascii: ","): text.at += 1
      case UInt8(ascii: "\n"), UInt8(ascii: "\r"):
        text.at += 1
        isOnLine = false
      case UInt8(ascii: "#"):
        let comment = try comment()
        if isOnLine, !elements.isEmpty, elements[elements.count - 1].trail == nil {
          elements[elements.count - 1].trail = comment
        } else {
          lead.append(comment)
        }
      default:
        elements.append(TOMLElement(lead: lead, item: try item()))
        lead = []
        isOnLine = true
      }
    }
    return .array(elements, tail: lead)
  }

  private mutating func inline() throws(TOMLSyntaxError) -> TOMLItem {
    text.at += 1
    var members: [TOMLMember] = []
    while true {
      text.skipBlank()
      if text.take(UInt8(ascii: "}")) { return .inline(members) }
      if text.take(UInt8(ascii: ",")) { continue }
      let key = try text.key()
      text.at += 1
      text.skipBlank()
      members.append(TOMLMember(key: key, item: try item()))
    }
  }

  // MARK: Comments

  /// Passes blank lines and comments up to the next key or header: the comments, and an empty text for blank lines.
  private mutating func commentLines() throws(TOMLSyntaxError) -> [String] {
    var lines: [String] = []
    while true {
      text.skipBlank()
      if text.peek() == UInt8(ascii: "#") {
        lines.append(try comment())
        _ = text.takeLineEnd()
      } else if text.takeLineEnd() {
        if lines.last != "" { lines.append("") }
      } else {
        return lines
      }
    }
  }

  private mutating func comment() throws(TOMLSyntaxError) -> String {
    let start = text.at
    try text.skipComment()
    let words = text.text(start..<text.at)
    return String(words.reversed().drop(while: \.isWhitespace).reversed())
  }

  /// The comment on the rest of the line, and the line's end.
  private mutating func trailingComment() throws(TOMLSyntaxError) -> String? {
    text.skipBlank()
    let found = text.peek() == UInt8(ascii: "#") ? try comment() : nil
    _ = text.takeLineEnd()
    return found
  }

  /// Takes the comments before the first blank line.
  private func takeBlock(_ lines: inout [String]) -> [String] {
    let block = Array(lines.prefix { $0 != "" })
    // Right above a header, with nothing between, they are the header's.
    guard block.count < lines.count || text.peek() == nil else { return [] }
    lines.removeFirst(block.count)
    return block
  }

  private static func trimmed(_ lines: [String], keepsEnd: Bool = false) -> [String] {
    var lines = lines[...]
    while lines.first == "" { lines.removeFirst() }
    while !keepsEnd, lines.last == "" { lines.removeLast() }
    return lines.allSatisfy { $0 == "" } ? [] : Array(lines)
  }
}
