import JSON

/// Changes members of an alert's text and leaves all others as they stand.
enum AlertText {
  /// The text with members of its object set, and with members set in the object below one of its keys. What is there is
  /// replaced in its place; what is not comes last, by name.
  static func setting(
    _ members: [String: JSONValue], below key: String, _ inner: [String: JSONValue], in text: [UInt8]
  ) throws -> [UInt8] {
    let document = try JSONDocument(text[...])
    var output: [UInt8] = []
    output.reserveCapacity(text.count + 512)
    var members = members
    var hasInner = inner.isEmpty
    write(document.root, to: &output) { name, value in
      if let new = members.removeValue(forKey: name) { return Array(new.text.utf8) }
      guard name == key, value.isObject, !hasInner else { return nil }
      hasInner = true
      var nested: [UInt8] = []
      var left = inner
      write(value, to: &nested) { name, _ in left.removeValue(forKey: name).map { Array($0.text.utf8) } }
      append(left, to: &nested)
      return nested
    }
    if !hasInner { members[key] = .object(inner) }
    append(members, to: &output)
    return output
  }

  private static func write(
    _ object: JSONNode, to output: inout [UInt8], _ replacement: (String, JSONNode) -> [UInt8]?
  ) {
    output.append(UInt8(ascii: "{"))
    var isFirst = true
    object.forEachMember { key, value in
      if !isFirst { output.append(UInt8(ascii: ",")) }
      isFirst = false
      let name = JSONString.value(key)
      JSONString.appendQuoted(name, to: &output)
      output.append(UInt8(ascii: ":"))
      if let new = replacement(name, value) {
        output.append(contentsOf: new)
      } else {
        JSONText.appendCompact(value, to: &output)
      }
    }
    output.append(UInt8(ascii: "}"))
  }

  /// Adds members at the end of an object that has been written.
  private static func append(_ members: [String: JSONValue], to output: inout [UInt8]) {
    guard !members.isEmpty else { return }
    output.removeLast()
    for (name, value) in members.sorted(by: { $0.key < $1.key }) {
      if output.last != UInt8(ascii: "{") { output.append(UInt8(ascii: ",")) }
      JSONString.appendQuoted(name, to: &output)
      output.append(UInt8(ascii: ":"))
      output.append(contentsOf: value.text.utf8)
    }
    output.append(UInt8(ascii: "}"))
  }
}
