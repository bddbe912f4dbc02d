/// Cuts text into lines, and what is no NDJSON into its values.
struct AlertLines {
  private var rest: [UInt8] = []
  private var isTooLong = false
  private var number = 1

  /// Hands on the lines that end in a piece of text; nil for a line that was too long.
  mutating func add(_ chunk: [UInt8], _ body: (ArraySlice<UInt8>?, Int) throws -> Void) rethrows {
    var start = chunk.startIndex
    while let end = chunk[start...].firstIndex(of: UInt8(ascii: "\n")) {
      try handOn(chunk[start..<end], body)
      start = end + 1
    }
    keep(chunk[start...])
  }

  /// Hands on what stands behind the last line break.
  mutating func finish(_ body: (ArraySlice<UInt8>?, Int) throws -> Void) rethrows {
    try handOn([], body)
  }

  private mutating func keep(_ part: ArraySlice<UInt8>) {
    if rest.count + part.count > AlertReader.longestLine {
      isTooLong = true
      rest = []
    }
    if !isTooLong { rest += part }
  }

  private mutating func handOn(_ end: ArraySlice<UInt8>, _ body: (ArraySlice<UInt8>?, Int) throws -> Void) rethrows {
    defer {
      rest.removeAll(keepingCapacity: true)
      isTooLong = false
      number += 1
    }
    if rest.isEmpty, !isTooLong, end.count <= AlertReader.longestLine { return try body(end, number) }
    keep(end)
    try body(isTooLong ? nil : rest[...], number)
  }

  /// True when a text starts like a list of alerts or like JSON that is spread over lines.
  static func isNoNDJSON(_ text: [UInt8]) -> Bool {
    guard let start = text.firstIndex(where: { !AlertReader.isSpace($0) }) else { return false }
    if text[start] == UInt8(ascii: "[") { return true }
    guard text[start] == UInt8(ascii: "{") else { return false }
    let line = text[start...].prefix { $0 != UInt8(ascii: "\n") }
    return line.dropFirst().allSatisfy(AlertReader.isSpace) && line.endIndex < text.endIndex
  }

  /// Hands on the top-level values of a text, each with the line on which it starts, told by brackets outside strings.
  static func forEachValue(in text: [UInt8], _ body: (Range<Int>, _ line: Int) throws -> Void) rethrows {
    var line = 1
    var start: (offset: Int, line: Int)?
    var depth = 0
    var inString = false
    var isEscaped = false
    for (at, byte) in text.enumerated() {
      if byte == UInt8(ascii: "\n") { line += 1 }
      if start == nil, !AlertReader.isSpace(byte) { start = (at, line) }
      if inString {
        if isEscaped {
          isEscaped = false
        } else if byte == UInt8(ascii: "\\") {
          isEscaped = true
        } else if byte == UInt8(ascii: "\"") {
          inString = false
        }
        continue
      }
      switch byte {
      case UInt8(ascii: "\""): inString = true
      case UInt8(ascii: "{"), UInt8(ascii: "["): depth += 1
      case UInt8(ascii: "}"), UInt8(ascii: "]"):
        depth -= 1
        guard depth <= 0, let from = start else { continue }
        try body(from.offset..<at + 1, from.line)
        start = nil
        depth = 0
      default: break
      }
    }
    // What is not closed is handed on, to be refused with its cause.
    if let start { try body(start.offset..<text.count, start.line) }
  }
}
