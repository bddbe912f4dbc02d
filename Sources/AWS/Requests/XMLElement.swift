/// An element of an answer in XML, with what AWS uses of it: names, text and children.
package struct XMLElement: Sendable {
  package var name: String
  /// Its own text, without white space around it where it has children.
  package var text: String
  package var children: [XMLElement]

  /// The first child of a name.
  subscript(name: String) -> XMLElement? { children.first { $0.name == name } }

  /// Reads a document; nil for what is broken, has a document type, is nested too deeply or has too many elements.
  package init?(_ bytes: [UInt8]) {
    var reader = XMLReader(bytes)
    guard let element = reader.document() else { return nil }
    self = element
  }

  fileprivate init(name: String, text: String, children: [XMLElement]) {
    self.name = name
    self.text = text
    self.children = children
  }
}

/// Reads the plain XML that AWS writes: attributes and name spaces are passed over.
private struct XMLReader {
  private let bytes: [UInt8]
  private var place = 0
  private var elements = 0

  private static let deepest = 20
  private static let mostElements = 200_000

  init(_ bytes: [UInt8]) {
    self.bytes = bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? Array(bytes.dropFirst(3)) : bytes
  }

  mutating func document() -> XMLElement? {
    guard skipMisc(), let root = element(depth: 0), skipMisc(), place == bytes.count else { return nil }
    return root
  }

  /// White space, comments and instructions; false where one does not end.
  private mutating func skipMisc() -> Bool {
    while true {
      while place < bytes.count, Self.isSpace(bytes[place]) { place += 1 }
      if at("<?") {
        guard skip(past: "?>") else { return false }
      } else if at("<!--") {
        guard skip(past: "-->") else { return false }
      } else {
        return true
      }
    }
  }

  private mutating func element(depth: Int) -> XMLElement? {
    elements += 1
    guard depth < Self.deepest, elements <= Self.mostElements, at("<") else { return nil }
    place += 1
    let name = readName()
    guard !name.isEmpty else { return nil }
    // Attributes, in whose quotes a bracket may stand.
    var quote: UInt8?
    while place < bytes.count, quote != nil || bytes[place] != UInt8(ascii: ">") {
      let byte = bytes[place]
      if byte == quote {
        quote = nil
      } else if quote == nil, byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "'") {
        quote = byte
      } else if quote == nil, byte == UInt8(ascii: "<") {
        return nil
      }
      place += 1
    }
    guard place < bytes.count else { return nil }
    let isEmpty = bytes[place - 1] == UInt8(ascii: "/")
    place += 1
    if isEmpty { return XMLElement(name: local(name), text: "", children: []) }
    var text: [UInt8] = []
    var children: [XMLElement] = []
    while place < bytes.count {
      if at("</") {
        place += 2
        guard readName() == name else { return nil }
        while place < bytes.count, Self.isSpace(bytes[place]) { place += 1 }
        guard at(">") else { return nil }
        place += 1
        let text = String(decoding: text, as: UTF8.self)
        return XMLElement(
          name: local(name),
          text: children.isEmpty ? text : text.split(whereSeparator: \.isWhitespace).joined(separator: " "),
          children: children)
      } else if at("<![CDATA[") {
        place += 9
        let start = place
        guard skip(past: "]]>") else { return nil }
        text += bytes[start..<place - 3]
      } else if at("<!--") {
        guard skip(past: "-->") else { return nil }
      } else if at("<?") {
        guard skip(past: "?>") else { return nil }
      } else if at("<") {
        guard let child = element(depth: depth + 1) else { return nil }
        children.append(child)
      } else if at("&") {
        guard let scalar = reference() else { return nil }
        text += Array(String(scalar).utf8)
      } else {
        text.append(bytes[place])
        place += 1
      }
    }
    return nil
  }

  private mutating func reference() -> Unicode.Scalar? {
    let start = place + 1
    guard let end = bytes[start..<min(bytes.count, start + 12)].firstIndex(of: UInt8(ascii: ";")) else { return nil }
    place = end + 1
    let name = String(decoding: bytes[start..<end], as: UTF8.self)
    switch name {
    case "amp": return "&"
    case "lt": return "<"
    case "gt": return ">"
    case "quot": return "\""
    case "apos": return "'"
    default:
      guard name.hasPrefix("#") else { return nil }
      let number = name.hasPrefix("#x") ? UInt32(name.dropFirst(2), radix: 16) : UInt32(name.dropFirst())
      return number.flatMap(Unicode.Scalar.init)
    }
  }

  private mutating func readName() -> String {
    let start = place
    while place < bytes.count, !Self.isSpace(bytes[place]), ![0x3E, 0x2F, 0x3C].contains(bytes[place]) { place += 1 }
    return String(decoding: bytes[start..<place], as: UTF8.self)
  }

  private func local(_ name: String) -> String { name.split(separator: ":").last.map(String.init) ?? name }

  private func at(_ text: StaticString) -> Bool {
    let count = text.utf8CodeUnitCount
    guard place + count <= bytes.count else { return false }
    return (0..<count).allSatisfy { bytes[place + $0] == text.utf8Start[$0] }
  }

  private mutating func skip(past end: StaticString) -> Bool {
    while place < bytes.count {
      if at(end) {
        place += end.utf8CodeUnitCount
        return true
      }
      place += 1
    }
    return false
  }

  private static func isSpace(_ byte: UInt8) -> Bool { byte == 0x20 || (0x09...0x0D).contains(byte) }
}
