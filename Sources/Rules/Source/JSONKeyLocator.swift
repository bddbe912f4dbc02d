import JSON

/// Finds where a key path stands in JSON text.
enum JSONKeyLocator {
  /// The place of the path, in bytes from the start of `bytes`; nil when nothing stands there.
  static func locate(_ path: [RuleKeyPath.Step], in bytes: ArraySlice<UInt8>) -> LocatedValue? {
    guard let document = try? JSONDocument(bytes) else { return nil }
    return withExtendedLifetime(document) { locate(path, document.root)?.place }
  }

  /// The characters of the string at a key path with their places; nil when there is no string.
  static func scalars(of path: [RuleKeyPath.Step], in bytes: ArraySlice<UInt8>) -> LocatedScalars? {
    guard let document = try? JSONDocument(bytes) else { return nil }
    return withExtendedLifetime(document) {
      guard let (node, place) = locate(path, document.root), node.isString else { return nil }
      return decode(node.rawString, at: place.value + 1)
    }
  }

  private static func locate(
    _ path: [RuleKeyPath.Step], _ root: JSONNode
  ) -> (node: JSONNode, place: LocatedValue)? {
    var node = root
    var key = root.index.offset(root.token)
    for step in path {
      var next: JSONNode?
      switch step {
      case .key(let name):
        // Of members with one key the last one holds.
        node.forEachMember { raw, member in
          if decode(raw, at: 0).text == name { next = member }
        }
        guard let member = next else { return nil }
        key = member.index.offset(member.token - 2)
      case .index(let wanted):
        var at = 0
        node.forEachElement { element in
          if at == wanted { next = element }
          at += 1
        }
        guard let element = next else { return nil }
        key = element.index.offset(element.token)
      }
      guard let next else { return nil }
      node = next
    }
    return (node, LocatedValue(key: key, value: node.index.offset(node.token)))
  }

  /// Decodes the raw text of a string that starts at byte `base`.
  private static func decode(_ raw: UnsafeBufferPointer<UInt8>, at base: Int) -> LocatedScalars {
    var scalars = LocatedScalars()
    var at = 0
    while at < raw.count {
      guard raw[at] == UInt8(ascii: "\\"), at + 1 < raw.count else {
        at = scalars.appendCharacter(of: raw, at: base + at, base: base) - base
        continue
      }
      let start = at
      at += 2
      switch raw[start + 1] {
      case UInt8(ascii: "b"): scalars.append("\u{8}", at: base + start)
      case UInt8(ascii: "f"): scalars.append("\u{C}", at: base + start)
      case UInt8(ascii: "n"): scalars.append("\n", at: base + start)
      case UInt8(ascii: "r"): scalars.append("\r", at: base + start)
      case UInt8(ascii: "t"): scalars.append("\t", at: base + start)
      case UInt8(ascii: "u"):
        guard var value = hex(raw, at) else { continue }
        at += 4
        if value & 0xFC00 == 0xD800, at + 6 <= raw.count, raw[at] == UInt8(ascii: "\\"),
          raw[at + 1] == UInt8(ascii: "u"), let low = hex(raw, at + 2), low & 0xFC00 == 0xDC00
        {
          value = 0x10000 + ((value & 0x3FF) << 10 | low & 0x3FF)
          at += 6
        }
        scalars.append(Unicode.Scalar(value) ?? "\u{FFFD}", at: base + start)
      case let other: scalars.append(Unicode.Scalar(other), at: base + start)
      }
    }
    scalars.end = base + raw.count
    return scalars
  }

  private static func hex(_ raw: UnsafeBufferPointer<UInt8>, _ at: Int) -> UInt32? {
    guard at + 4 <= raw.count else { return nil }
    return UInt32(String(decoding: raw[at..<at + 4], as: UTF8.self), radix: 16)
  }
}
