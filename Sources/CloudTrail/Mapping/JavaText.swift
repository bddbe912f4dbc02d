import JSON

/// The text that Java gives a map: `{roleName=ops, tags=[{key=a, value=b}]}`, keys in the order of a `HashMap`.
///
/// Elastic's pipeline stores request and response of a call so, and published rules match on it with wildcards. The order
/// follows OpenJDK's `HashMap`: buckets by the spread hash of the key, insertion order within a bucket.
public enum JavaText {
  /// Appends the text of a value that is not empty (see `JSONNode.isEmptyValue`); empty values inside it are left out.
  ///
  /// - Parameters:
  ///   - key: a member of the outermost object that is left out too.
  ///   - mayBeEscaped: false when no backslash stands in the text of the value.
  static func append(
    _ node: JSONNode, leavingOut key: StaticString? = nil, mayBeEscaped: Bool = true, to output: inout ByteText
  ) {
    if node.isObject {
      appendObject(node, leavingOut: key, mayBeEscaped, to: &output)
    } else if node.isArray {
      output.append(UInt8(ascii: "["))
      var isFirst = true
      node.forEachElement { element in
        guard !element.isEmptyValue else { return }
        if !isFirst {
          output.append(UInt8(ascii: ","))
          output.append(UInt8(ascii: " "))
        }
        isFirst = false
        append(element, mayBeEscaped: mayBeEscaped, to: &output)
      }
      output.append(UInt8(ascii: "]"))
    } else if node.isString {
      output.append(unescaping: node.rawString, mayBeEscaped: mayBeEscaped)
    } else if node.isBoolean {
      output.append(node.rawScalar)
    } else {
      appendNumber(node.rawScalar, to: &output)
    }
  }

  /// A member of an object on its way to its place.
  private struct Member: BitwiseCopyable {
    /// The spread hash of its key; its bucket once the table's size is known.
    var bucket: UInt32
    var keyToken: Int32
  }

  private static func appendObject(
    _ object: JSONNode, leavingOut left: StaticString?, _ mayBeEscaped: Bool, to output: inout ByteText
  ) {
    output.append(UInt8(ascii: "{"))
    let parsed = withUnsafeTemporaryAllocation(of: Member.self, capacity: fewMembers) { room in
      appendMembers(of: object, leavingOut: left, mayBeEscaped, room, to: &output)
    }
    if parsed > fewMembers {
      withUnsafeTemporaryAllocation(of: Member.self, capacity: parsed) { room in
        _ = appendMembers(of: object, leavingOut: left, mayBeEscaped, room, to: &output)
      }
    }
    output.append(UInt8(ascii: "}"))
  }

  /// No more members than this have room before they are counted.
  private static let fewMembers = 32

  /// Appends the members of an object as far as they all find room; gives how many there are, those that are left out too.
  private static func appendMembers(
    of object: JSONNode, leavingOut left: StaticString?, _ mayBeEscaped: Bool,
    _ room: UnsafeMutableBufferPointer<Member>, to output: inout ByteText
  ) -> Int {
    let index = object.index
    var parsed = 0
    var count = 0
    object.forEachMember { key, value in
      parsed += 1
      if parsed > room.count { return }
      if let left, key.equals(left) { return }
      guard !value.isEmptyValue else { return }
      room[count] = Member(bucket: spreadHash(key), keyToken: Int32(value.token - 2))
      count += 1
    }
    guard parsed <= room.count else { return parsed }
    let mask = capacity(of: parsed > 12 ? distinctKeys(object) : parsed) - 1
    for place in 0..<count { room[place].bucket &= mask }
    sort(UnsafeMutableBufferPointer(rebasing: room[..<count]))
    for place in 0..<count {
      if place > 0 {
        output.append(UInt8(ascii: ","))
        output.append(UInt8(ascii: " "))
      }
      let token = Int(room[place].keyToken)
      output.append(unescaping: index.rawString(token), mayBeEscaped: mayBeEscaped)
      output.append(UInt8(ascii: "="))
      append(JSONNode(index, token: token + 2), mayBeEscaped: mayBeEscaped, to: &output)
    }
    return parsed
  }

  /// Sorts members by bucket; those of one bucket keep the order of insertion.
  private static func sort(_ all: UnsafeMutableBufferPointer<Member>) {
    var members = all
    guard members.count <= 24 else {
      return members.sort { ($0.bucket, $0.keyToken) < ($1.bucket, $1.keyToken) }
    }
    guard members.count > 1 else { return }
    for next in 1..<members.count {
      let member = members[next]
      var at = next
      while at > 0, members[at - 1].bucket > member.bucket {
        members[at] = members[at - 1]
        at -= 1
      }
      members[at] = member
    }
  }

  /// How many buckets a table has that so many keys were put into. All that were parsed count: a table never shrinks when
  /// the empty ones are dropped.
  static func capacity(of keys: Int) -> UInt32 {
    var capacity: UInt32 = 16
    while keys * 4 > Int(capacity) * 3 { capacity *= 2 }
    return capacity
  }

  private static func distinctKeys(_ object: JSONNode) -> Int {
    var keys: Set<[UInt8]> = []
    object.forEachMember { key, _ in
      var name: [UInt8] = []
      JSONString.appendUnescaped(key, to: &name)
      keys.insert(name)
    }
    return keys.count
  }

  /// Java's `String.hashCode()`, its upper half folded in as `HashMap` does.
  static func spreadHash(_ rawKey: UnsafeBufferPointer<UInt8>) -> UInt32 {
    guard var hash = asciiHash(rawKey, refusing: 0x5C) else {
      var key: [UInt8] = []
      JSONString.appendUnescaped(rawKey, to: &key)
      return key.withUnsafeBufferPointer { spreadHash(ofUTF8: $0) }
    }
    hash ^= hash >> 16
    return hash
  }

  /// The same of a text in UTF-8.
  static func spreadHash(ofUTF8 text: UnsafeBufferPointer<UInt8>) -> UInt32 {
    var hash = asciiHash(text, refusing: 0x80) ?? hash(ofUnits: text)
    hash ^= hash >> 16
    return hash
  }

  private static func hash(ofUnits text: UnsafeBufferPointer<UInt8>) -> UInt32 {
    var hash: UInt32 = 0
    for unit in String(decoding: text, as: UTF8.self).utf16 { hash = hash &* 31 &+ UInt32(unit) }
    return hash
  }

  /// The hash of ASCII; nil for other text, and for one that has a byte that is refused.
  ///
  /// Four bytes at once: each multiplication waits for the one before.
  @inline(__always)
  private static func asciiHash(_ text: UnsafeBufferPointer<UInt8>, refusing refused: UInt8) -> UInt32? {
    guard let start = text.baseAddress else { return 0 }
    var hash: UInt32 = 0
    var isOther = false
    var at = 0
    while at + 4 <= text.count {
      let (one, two, three, four) = (start[at], start[at + 1], start[at + 2], start[at + 3])
      isOther =
        isOther || (one | two | three | four) >= 0x80 || one == refused || two == refused || three == refused
        || four == refused
      hash =
        hash &* 923_521 &+ UInt32(one) &* 29_791 &+ UInt32(two) &* 961 &+ (UInt32(three) &* 31 &+ UInt32(four))
      at += 4
    }
    while at < text.count {
      isOther = isOther || start[at] >= 0x80 || start[at] == refused
      hash = hash &* 31 &+ UInt32(start[at])
      at += 1
    }
    return isOther ? nil : hash
  }

  /// Whole numbers as they are written; others as `Double.toString` gives them.
  private static func appendNumber(_ text: UnsafeBufferPointer<UInt8>, to output: inout ByteText) {
    guard text.contains(where: { $0 == UInt8(ascii: ".") || $0 | 0x20 == UInt8(ascii: "e") }),
      let value = Double(String(decoding: text, as: UTF8.self))
    else {
      return output.append(text)
    }
    output.append(doubleText(value))
  }

  static func doubleText(_ value: Double) -> String {
    if value.isInfinite { return value < 0 ? "-Infinity" : "Infinity" }
    if value == 0 { return value.sign == .minus ? "-0.0" : "0.0" }
    // Swift's description has the same shortest digits; only the notation differs.
    var digits = "\(value.magnitude)"
    var exponent = 0
    if let mark = digits.firstIndex(where: { $0 == "e" || $0 == "E" }) {
      exponent = Int(digits[digits.index(after: mark)...]) ?? 0
      digits = String(digits[..<mark])
    }
    let parts = digits.split(separator: ".", omittingEmptySubsequences: false)
    let whole = String(parts[0])
    let fraction = parts.count > 1 ? String(parts[1]) : ""
    var significant = (whole + fraction)
    var point = whole.count + exponent
    let leading = significant.prefix { $0 == "0" }.count
    significant.removeFirst(leading)
    point -= leading
    while significant.hasSuffix("0"), significant.count > 1 { significant.removeLast() }
    let sign = value < 0 ? "-" : ""
    if value.magnitude >= 1e-3, value.magnitude < 1e7 {
      if point <= 0 { return sign + "0." + String(repeating: "0", count: -point) + significant }
      if significant.count <= point {
        return sign + significant + String(repeating: "0", count: point - significant.count) + ".0"
      }
      let split = significant.index(significant.startIndex, offsetBy: point)
      return sign + significant[..<split] + "." + significant[split...]
    }
    let rest = significant.dropFirst()
    return sign + significant.prefix(1) + "." + (rest.isEmpty ? "0" : rest) + "E\(point - 1)"
  }

  /// The length of a text in UTF-16 units, which is what Java counts.
  public static func length(_ utf8: UnsafeBufferPointer<UInt8>) -> Int {
    var count = 0
    for byte in utf8 where byte & 0xC0 != 0x80 { count += byte >= 0xF0 ? 2 : 1 }
    return count
  }
}
