import Events

/// HTML put together so that nothing but our own tags can come out as markup.
///
/// Tags and names of attributes are `StaticString`s, written in this program; every text and every value of an attribute
/// is escaped, and invisible characters in it are named.
struct HTMLWriter {
  typealias Attribute = (name: StaticString, value: String)

  private(set) var bytes: [UInt8] = []

  /// Markup that this program holds.
  mutating func markup(_ markup: StaticString) {
    markup.withUTF8Buffer { bytes.append(contentsOf: $0) }
  }

  mutating func append(_ other: HTMLWriter) { bytes += other.bytes }

  /// Bytes that an `HTMLWriter` has made.
  mutating func append(written other: [UInt8]) { bytes += other }

  mutating func open(_ tag: StaticString, _ attributes: Attribute...) { open(tag, all: attributes) }

  mutating func open(_ tag: StaticString, all attributes: [Attribute]) {
    markup("<")
    markup(tag)
    for (name, value) in attributes {
      markup(" ")
      markup(name)
      guard !value.isEmpty else { continue }
      markup("=\"")
      escaped(value, quotes: true)
      markup("\"")
    }
    markup(">")
  }

  mutating func close(_ tag: StaticString) {
    markup("</")
    markup(tag)
    markup(">")
  }

  mutating func element(_ tag: StaticString, _ attributes: Attribute..., text: String) {
    open(tag, all: attributes)
    self.text(text)
    close(tag)
  }

  mutating func element(_ tag: StaticString, _ attributes: Attribute..., body: (inout HTMLWriter) -> Void) {
    open(tag, all: attributes)
    body(&self)
    close(tag)
  }

  /// A value from anywhere as text between tags.
  mutating func text(_ text: String) { escaped(text, quotes: false) }

  /// A value beside others, which the direction of its letters must not rearrange.
  mutating func isolated(_ text: String) {
    guard !text.utf8.allSatisfy({ $0 < 0x80 }) else { return sentence(text) }
    element("bdi") { $0.sentence(text) }
  }

  /// Running text whose dates and times do not break over lines.
  mutating func sentence(_ text: String) {
    let words = text.split(separator: " ", omittingEmptySubsequences: false)
    var place = 0
    while place < words.count {
      if place > 0 { self.text(" ") }
      let isTime = Self.isDate(words[place]) && place + 1 < words.count
      if isTime {
        element("span", ("class", "t"), text: words[place] + " " + words[place + 1])
      } else {
        self.text(String(words[place]))
      }
      place += isTime ? 2 : 1
    }
  }

  private static func isDate(_ word: Substring) -> Bool {
    word.utf8.count == 10 && Timestamp(iso8601: word + "T00:00:00Z") != nil
  }

  /// Quotes end an attribute, and mean nothing between tags.
  private mutating func escaped(_ text: String, quotes: Bool) {
    var visible = ShownText.visible(text)
    visible.withUTF8 { utf8 in
      var from = 0
      for (at, byte) in utf8.enumerated() {
        let entity: StaticString
        switch byte {
        case UInt8(ascii: "<"): entity = "&lt;"
        case UInt8(ascii: ">"): entity = "&gt;"
        case UInt8(ascii: "&"): entity = "&amp;"
        case UInt8(ascii: "\"") where quotes: entity = "&quot;"
        case UInt8(ascii: "'") where quotes: entity = "&#39;"
        default: continue
        }
        bytes.append(contentsOf: UnsafeBufferPointer(rebasing: utf8[from..<at]))
        markup(entity)
        from = at + 1
      }
      bytes.append(contentsOf: UnsafeBufferPointer(rebasing: utf8[from...]))
    }
  }
}
