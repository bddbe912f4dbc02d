import JSON

/// Reads TOML 1.0 into JSON values; times become strings, as written.
///
/// Our own, because TOMLKit, the library for Swift, ends the process on some malformed texts (an assertion of the parser
/// that it wraps) and never frees a document. The text must be valid UTF-8. Nesting is bounded, so the bounded recursion
/// here, and that of whoever walks the result, is safe.
struct TOMLParser {
  /// Levels of tables, dotted keys, arrays and inline tables within one another.
  static let maximumDepth = 48

  let bytes: [UInt8]
  var at = 0
  private let root = TOMLTable(.header)
  private var current: TOMLTable
  private var currentDepth = 0
  /// Keys, tables and elements of arrays so far, a table as two.
  private var parts = 0
  /// The most of them: each takes a few hundred bytes, and may be written in two.
  static let mostParts = 1_000_000

  init(_ bytes: [UInt8]) {
    self.bytes = bytes
    current = root
  }

  static func parse(_ bytes: [UInt8]) throws(TOMLSyntaxError) -> [String: JSONValue] {
    var parser = TOMLParser(bytes)
    return try parser.document()
  }

  private mutating func document() throws(TOMLSyntaxError) -> [String: JSONValue] {
    if bytes.starts(with: [0xEF, 0xBB, 0xBF]) { at = 3 }
    while true {
      try skipLines()
      guard let byte = peek() else { return root.json }
      if byte == UInt8(ascii: "[") {
        try header()
      } else {
        try keyValue(into: current, depth: currentDepth)
      }
      skipBlank()
      if peek() == UInt8(ascii: "#") { try skipComment() }
      guard peek() == nil || takeLineEnd() else { throw error("a new line was expected, not \(found)") }
    }
  }

  // MARK: Tables

  private mutating func header() throws(TOMLSyntaxError) {
    let start = at
    at += 1
    try count(2)
    let isArray = take(UInt8(ascii: "["))
    skipBlank()
    let parts = try key()
    guard take(UInt8(ascii: "]")), !isArray || take(UInt8(ascii: "]")) else {
      throw error("`\(isArray ? "]]" : "]")` was expected to close the table's header, not \(found)")
    }
    var table = root
    currentDepth = parts.count + (isArray ? 1 : 0)
    try check(depth: currentDepth)
    for part in parts.dropLast() {
      switch table.members[part] {
      case nil:
        try count(2)
        let implied = TOMLTable(.implied)
        table.members[part] = .table(implied)
        table = implied
      case .table(let next): table = next
      case .tables(let tables):
        guard let last = tables.list.last else { return }
        table = last
        currentDepth += 1
      case .value: throw TOMLSyntaxError("`\(part)` is a value already, so it holds no tables", at: start)
      }
    }
    try check(depth: currentDepth)
    let name = parts[parts.count - 1]
    switch table.members[name] {
    case nil:
      // A table at the top is most often the rule itself.
      current = TOMLTable(.header, capacity: parts.count == 1 && !isArray && root.members.count < 8 ? 24 : 0)
      table.members[name] = isArray ? .tables(TOMLTableList(current)) : .table(current)
    case .table(let known) where !isArray && known.origin == .implied:
      known.origin = .header
      current = known
    case .tables(let tables) where isArray:
      current = TOMLTable(.header)
      tables.list.append(current)
    default:
      throw TOMLSyntaxError(
        "`\(parts.joined(separator: "."))` is defined already; each table has one header", at: start)
    }
  }

  /// Reads `key = value` into a table.
  private mutating func keyValue(into table: TOMLTable, depth: Int) throws(TOMLSyntaxError) {
    let start = at
    try count(1)
    let parts = try key()
    guard take(UInt8(ascii: "=")) else { throw error("`=` was expected after the key, not \(found)") }
    skipBlank()
    try check(depth: depth + parts.count)
    var table = table
    for part in parts.dropLast() {
      switch table.members[part] {
      case nil:
        try count(2)
        let next = TOMLTable(.dottedKey)
        table.members[part] = .table(next)
        table = next
      case .table(let next) where next.origin != .header:
        next.origin = .dottedKey
        table = next
      default: throw TOMLSyntaxError("`\(part)` is defined already, so dotted keys cannot add to it", at: start)
      }
    }
    let name = parts[parts.count - 1]
    guard table.members[name] == nil else { throw TOMLSyntaxError("`\(name)` is defined already", at: start) }
    table.members[name] = .value(try value(depth: depth + parts.count))
  }

  /// Reads a key of one or more parts, and the blanks after it.
  mutating func key() throws(TOMLSyntaxError) -> [String] {
    var parts: [String] = []
    repeat {
      skipBlank()
      parts.append(try simpleKey())
      skipBlank()
    } while take(UInt8(ascii: "."))
    return parts
  }

  private mutating func simpleKey() throws(TOMLSyntaxError) -> String {
    switch peek() {
    case UInt8(ascii: "\""), UInt8(ascii: "'"): return try shortString()
    default:
      let start = at
      while let byte = peek(), Self.isBareKey(byte) { at += 1 }
      guard at > start else { throw error("a key was expected, not \(found)") }
      return text(start..<at)
    }
  }

  private static func isBareKey(_ byte: UInt8) -> Bool {
    byte &- 0x30 <= 9 || (byte | 0x20) &- 0x61 < 26 || byte == UInt8(ascii: "-") || byte == UInt8(ascii: "_")
  }

  // MARK: Values

  private mutating func value(depth: Int) throws(TOMLSyntaxError) -> JSONValue {
    switch peek() {
    case UInt8(ascii: "\""), UInt8(ascii: "'"): return .string(try string())
    case UInt8(ascii: "["): return try array(depth: depth + 1)
    case UInt8(ascii: "{"): return try inlineTable(depth: depth + 1)
    default: return try scalar()
    }
  }

  private mutating func array(depth: Int) throws(TOMLSyntaxError) -> JSONValue {
    try check(depth: depth)
    at += 1
    var elements: [JSONValue] = []
    while true {
      try skipLines()
      if take(UInt8(ascii: "]")) { return .array(elements) }
      try count(1)
      elements.append(try value(depth: depth))
      try skipLines()
      if take(UInt8(ascii: ",")) { continue }
      guard take(UInt8(ascii: "]")) else { throw error("`,` or `]` was expected in the array, not \(found)") }
      return .array(elements)
    }
  }

  private mutating func inlineTable(depth: Int) throws(TOMLSyntaxError) -> JSONValue {
    try check(depth: depth)
    at += 1
    let table = TOMLTable(.header)
    skipBlank()
    if take(UInt8(ascii: "}")) { return [:] }
    while true {
      skipBlank()
      try keyValue(into: table, depth: depth)
      skipBlank()
      if take(UInt8(ascii: ",")) { continue }
      guard take(UInt8(ascii: "}")) else { throw error("`,` or `}` was expected in the inline table, not \(found)") }
      return .object(table.json)
    }
  }

  // MARK: Text

  func peek(_ ahead: Int = 0) -> UInt8? { at + ahead < bytes.count ? bytes[at + ahead] : nil }

  mutating func take(_ byte: UInt8) -> Bool {
    guard peek() == byte else { return false }
    at += 1
    return true
  }

  func text(_ range: Range<Int>) -> String { String(decoding: bytes[range], as: UTF8.self) }

  mutating func skipBlank() {
    while let byte = peek(), byte == UInt8(ascii: " ") || byte == UInt8(ascii: "\t") { at += 1 }
  }

  /// Passes blanks, line ends and comments.
  private mutating func skipLines() throws(TOMLSyntaxError) {
    while true {
      skipBlank()
      if peek() == UInt8(ascii: "#") {
        try skipComment()
      } else if !takeLineEnd() {
        return
      }
    }
  }

  mutating func skipComment() throws(TOMLSyntaxError) {
    while let byte = peek(), byte != UInt8(ascii: "\n") {
      if byte == UInt8(ascii: "\r"), peek(1) == UInt8(ascii: "\n") { return }
      guard !Self.isControl(byte) else { throw error("a comment holds a control character") }
      at += 1
    }
  }

  mutating func takeLineEnd() -> Bool {
    if peek() == UInt8(ascii: "\r"), peek(1) == UInt8(ascii: "\n") { at += 1 }
    return take(UInt8(ascii: "\n"))
  }

  /// True for what may stand nowhere in TOML but as white space or an escape.
  static func isControl(_ byte: UInt8) -> Bool { byte < 0x20 && byte != UInt8(ascii: "\t") || byte == 0x7F }

  private func check(depth: Int) throws(TOMLSyntaxError) {
    guard depth <= Self.maximumDepth else {
      throw error("the nesting is deeper than \(Self.maximumDepth) levels; a rule needs far fewer")
    }
  }

  private mutating func count(_ more: Int) throws(TOMLSyntaxError) {
    parts += more
    guard parts <= Self.mostParts else {
      throw error("the document has more than \(Self.mostParts) keys, tables and values")
    }
  }

  func error(_ message: String) -> TOMLSyntaxError { TOMLSyntaxError(message, at: at) }

  /// What stands here, for a message.
  var found: String {
    guard let byte = peek() else { return "the end of the file" }
    if byte == UInt8(ascii: "\n") || byte == UInt8(ascii: "\r") { return "the end of the line" }
    if byte < 0x20 || byte == 0x7F { return "a control character" }
    return text(at..<min(at + 4, bytes.count)).first.map { "“\($0)”" } ?? "nothing"
  }
}
