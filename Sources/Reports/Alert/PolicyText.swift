import JSON

/// A policy document for reading.
enum PolicyText {
  /// The document indented, members in their order; the text as it is when it is no JSON.
  static func indented(_ text: String) -> String {
    guard text.utf8.count < 256 << 10, let document = try? JSONDocument(Array(text.utf8)[...]) else { return text }
    var indented: [UInt8] = []
    append(document.root, 0, to: &indented)
    return String(decoding: indented, as: UTF8.self)
  }

  private static func append(_ node: JSONNode, _ depth: Int, to text: inout [UInt8]) {
    var isFirst = true
    func begin() {
      if !isFirst { text.append(UInt8(ascii: ",")) }
      isFirst = false
      text.append(UInt8(ascii: "\n"))
      text.append(contentsOf: repeatElement(0x20, count: (depth + 1) * 2))
    }
    func end(_ byte: Character) {
      if !isFirst {
        text.append(UInt8(ascii: "\n"))
        text.append(contentsOf: repeatElement(0x20, count: depth * 2))
      }
      text.append(contentsOf: String(byte).utf8)
    }
    if node.isObject {
      text.append(UInt8(ascii: "{"))
      node.forEachMember { key, value in
        begin()
        text.append(UInt8(ascii: "\""))
        text.append(contentsOf: key)
        text.append(contentsOf: Array("\": ".utf8))
        append(value, depth + 1, to: &text)
      }
      end("}")
    } else if node.isArray {
      text.append(UInt8(ascii: "["))
      node.forEachElement { value in
        begin()
        append(value, depth + 1, to: &text)
      }
      end("]")
    } else {
      text.append(contentsOf: node.sourceText)
    }
  }
}
