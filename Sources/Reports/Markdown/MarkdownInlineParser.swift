/// Reads what stands within a paragraph of Markdown.
struct MarkdownInlineParser {
  /// Levels of emphasis and links within each other.
  private static let deepest = 6

  static func inlines(_ bytes: ArraySlice<UInt8>) -> [MarkdownInline] {
    MarkdownInlineParser(bytes: bytes).parse(depth: 0)
  }

  private let bytes: ArraySlice<UInt8>
  private var at: Int
  private var found: [MarkdownInline] = []
  private var text: [UInt8] = []
  /// Bytes that searches for the other end of something may still look at. Text made of nothing but beginnings would cost the
  /// square of its length otherwise; it stays text from where the searching ends.
  private var patience: Int
  /// Lengths of runs of back-quotes that have no end further on, so that none is searched for twice.
  private var openRuns: Set<Int> = []

  private init(bytes: ArraySlice<UInt8>) {
    self.bytes = bytes
    at = bytes.startIndex
    patience = 20_000 + 4 * bytes.count
  }

  private func parse(depth: Int) -> [MarkdownInline] {
    var parser = self
    while parser.at < parser.bytes.endIndex { parser.step(depth: depth) }
    parser.endText()
    return parser.found
  }

  private mutating func endText() {
    guard !text.isEmpty else { return }
    found.append(.text(String(decoding: text, as: UTF8.self)))
    text.removeAll()
  }

  private mutating func add(_ inline: MarkdownInline, end: Int) {
    endText()
    found.append(inline)
    at = end
  }

  private mutating func step(depth: Int) {
    let byte = bytes[at]
    let isDeep = depth >= Self.deepest
    switch byte {
    case UInt8(ascii: "\\"):
      if at + 1 < bytes.endIndex, Self.isPunctuation(bytes[at + 1]) { at += 1 }
      take(1)
    case UInt8(ascii: "`"): takeCode()
    case UInt8(ascii: "*"), UInt8(ascii: "_"):
      if isDeep || !takeEmphasis(byte, depth) { take(run(of: byte, at: at)) }
    case UInt8(ascii: "["):
      if isDeep || !takeLink(depth) { take(1) }
    case UInt8(ascii: "!") where at + 1 < bytes.endIndex && bytes[at + 1] == UInt8(ascii: "["):
      // A picture would be fetched from elsewhere: only what it is said to show stays.
      at += 1
      if isDeep || !takeLink(depth) { take(1) }
    case UInt8(ascii: "<"):
      if !takeAddress() { take(1) }
    default: take(1)
    }
  }

  private mutating func take(_ count: Int) {
    let end = min(bytes.endIndex, at + count)
    text += bytes[at..<end]
    at = end
  }

  private func run(of byte: UInt8, at start: Int) -> Int { bytes[start...].prefix { $0 == byte }.count }

  private mutating func takeCode() {
    let length = run(of: UInt8(ascii: "`"), at: at)
    guard !openRuns.contains(length) else { return take(length) }
    var end = at + length
    while end < bytes.endIndex {
      guard bytes[end] == UInt8(ascii: "`") else {
        end += 1
        continue
      }
      let closing = run(of: UInt8(ascii: "`"), at: end)
      if closing == length {
        var inner = bytes[at + length..<end]
        // Spaces on both sides keep back-quotes within apart from those around.
        if inner.count > 2, inner.first == 0x20, inner.last == 0x20 { inner = inner.dropFirst().dropLast() }
        return add(.code(String(decoding: inner, as: UTF8.self)), end: end + length)
      }
      end += closing
    }
    openRuns.insert(length)
    take(length)
  }

  private mutating func takeEmphasis(_ byte: UInt8, _ depth: Int) -> Bool {
    let length = run(of: byte, at: at) >= 2 ? 2 : 1
    let start = at + length
    guard start < bytes.endIndex, !Self.isSpace(bytes[start]) else { return false }
    if byte == UInt8(ascii: "_"), at > bytes.startIndex, Self.isWord(bytes[at - 1]) { return false }
    var end = start + 1
    while end + length <= bytes.endIndex, patience > 0 {
      patience -= 1
      if bytes[end] == byte, run(of: byte, at: end) >= length, !Self.isSpace(bytes[end - 1]),
        byte != UInt8(ascii: "_") || end + length == bytes.endIndex || !Self.isWord(bytes[end + length])
      {
        let inner = MarkdownInlineParser(bytes: bytes[start..<end]).parse(depth: depth + 1)
        add(length == 2 ? .strong(inner) : .emphasis(inner), end: end + length)
        return true
      }
      end += 1
    }
    return false
  }

  private mutating func takeLink(_ depth: Int) -> Bool {
    let isPicture = at > bytes.startIndex && bytes[at - 1] == UInt8(ascii: "!")
    guard let close = closing(UInt8(ascii: "["), UInt8(ascii: "]"), from: at), close + 1 < bytes.endIndex,
      bytes[close + 1] == UInt8(ascii: "("),
      let end = closing(UInt8(ascii: "("), UInt8(ascii: ")"), from: close + 1)
    else { return false }
    let target = bytes[close + 2..<end].drop { Self.isSpace($0) }
    let address = target.prefix { !Self.isSpace($0) }
    let url = String(decoding: address, as: UTF8.self)
    // Nothing but a title in quotes may follow the address.
    let title = target[address.endIndex...].drop { Self.isSpace($0) }
    guard title.isEmpty || "\"'(".utf8.contains(title[title.startIndex]) else { return false }
    let inner = MarkdownInlineParser(bytes: bytes[at + 1..<close]).parse(depth: depth + 1)
    if isPicture {
      endText()
      found += inner
      at = end + 1
    } else {
      add(.link(inner, url: url), end: end + 1)
    }
    return true
  }

  private mutating func closing(_ open: UInt8, _ close: UInt8, from start: Int) -> Int? {
    var depth = 0
    for at in start..<bytes.endIndex {
      patience -= 1
      guard patience > 0 else { return nil }
      if bytes[at] == open { depth += 1 }
      if bytes[at] == close {
        depth -= 1
        if depth == 0 { return at }
      }
    }
    return nil
  }

  /// `<https://…>`
  private mutating func takeAddress() -> Bool {
    guard patience > 0 else { return false }
    let rest = bytes[at...].prefix(2000)
    let found = rest.firstIndex(of: UInt8(ascii: ">"))
    patience -= (found ?? rest.endIndex) - at
    guard let end = found else { return false }
    let url = String(decoding: bytes[at + 1..<end], as: UTF8.self)
    guard WebLink.isWeb(url) else { return false }
    add(.link([.text(url)], url: url), end: end + 1)
    return true
  }

  private static func isSpace(_ byte: UInt8) -> Bool { byte == 0x20 || (0x09...0x0D).contains(byte) }
  private static func isWord(_ byte: UInt8) -> Bool {
    byte >= 0x80 || (0x30...0x39).contains(byte) || (0x61...0x7A).contains(byte | 0x20)
  }
  private static func isPunctuation(_ byte: UInt8) -> Bool {
    (0x21...0x2F).contains(byte) || (0x3A...0x40).contains(byte) || (0x5B...0x60).contains(byte)
      || (0x7B...0x7E).contains(byte)
  }
}
