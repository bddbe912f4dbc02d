import JSON

/// The text that Java gives a map: `{roleName=ops, tags=[{key=a, value=b}]}`, keys in the order of a `HashMap`.
///
/// Elastic's pipeline stores request and response of a call so, and published rules match on it with wildcards. The order
/// follows OpenJDK's `HashMap`: buckets by the spread hash of the key, insertion order within a bucket.
public enum JavaText {
  /// Appends the text of a value that is not empty (see `JSONNode.isEmptyValue`); empty values inside it are left out.
  ///
  /// - Parameter key: a member of the outermost object that is left out too.
  public static func append(_ node: JSONNode, leavingOut key: StaticString? = nil, to output: inout [UInt8]) {
    if node.isObject {
      appendObject(node, leavingOut: key, to: &output)
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
        append(element, to: &output)
      }
      output.append(UInt8(ascii: "]"))
    } else if node.isString {
      JSONString.appendUnescaped(node.rawString, to: &output)
    } else if node.isBoolean {
      output.append(contentsOf: node.rawScalar)
    } else {
      appendNumber(node.rawScalar, to: &output)
    }
  }

  /// A member of an object on its way to its place.
  private struct Member: BitwiseCopyable {
    var bucket: UInt32
    var keyToken: Int32
  }

  private static func appendObject(_ object: JSONNode, leavingOut left: StaticString?, to output: inout [UInt8]) {
    var parsed = 0
    object.forEachMember { _, _ in parsed += 1 }
    let mask = capacity(of: parsed > 12 ? distinctKeys(object) : parsed) - 1
    output.append(UInt8(ascii: "{"))
    withUnsafeTemporaryAllocation(of: Member.self, capacity: parsed) { members in
      var count = 0
      object.forEachMember { key, value in
        if let left, key.equals(left) { return }
        guard !value.isEmptyValue else { return }
        members[count] = Member(bucket: spreadHash(key) & mask, keyToken: Int32(value.token - 2))
        count += 1
      }
      sort(UnsafeMutableBufferPointer(rebasing: members[..<count]))
      for place in 0..<count {
        if place > 0 {
          output.append(UInt8(ascii: ","))
          output.append(UInt8(ascii: " "))
        }
        let token = Int(members[place].keyToken)
        JSONString.appendUnescaped(object.index.rawString(token), to: &output)
        output.append(UInt8(ascii: "="))
        append(JSONNode(object.index, token: token + 2), to: &output)
      }
    }
    output.append(UInt8(ascii: "}"))
  }

  /// Sorts members by bucket; those of one bucket keep the order of insertion.
  private static func sort(_ all: UnsafeMutableBufferPointer<Member>) {
    var members = all
    guard members.count <= 24 else {
      return members.sort { ($0.bucket, $0.keyToken) < ($1.bucket, $1.keyToken) }
    }
    for next in members.indices.dropFirst() {
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
    var hash: UInt32 = 0
    if rawKey.allSatisfy({ $0 < 0x80 && $0 != 0x5C }) {
      for byte in rawKey { hash = hash &* 31 &+ UInt32(byte) }
    } else {
      var key: [UInt8] = []
      JSONString.appendUnescaped(rawKey, to: &key)
      for unit in String(decoding: key, as: UTF8.self).utf16 { hash = hash &* 31 &+ UInt32(unit) }
    }
    return hash ^ hash >> 16
  }

  /// The same of a text in UTF-8.
  static func spreadHash(ofUTF8 text: [UInt8]) -> UInt32 {
    var hash: UInt32 = 0
    if text.allSatisfy({ $0 < 0x80 }) {
      for byte in text { hash = hash &* 31 &+ UInt32(byte) }
    } else {
      for unit in String(decoding: text, as: UTF8.self).utf16 { hash = hash &* 31 &+ UInt32(unit) }
    }
    return hash ^ hash >> 16
  }

  /// Whole numbers as they are written; others as `Double.toString` gives them.
  private static func appendNumber(_ text: UnsafeBufferPointer<UInt8>, to output: inout [UInt8]) {
    guard text.contains(where: { $0 == UInt8(ascii: ".") || $0 | 0x20 == UInt8(ascii: "e") }),
      let value = Double(String(decoding: text, as: UTF8.self))
    else {
      output.append(contentsOf: text)
      return
    }
    output.append(contentsOf: doubleText(value).utf8)
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
  public static func length(_ utf8: [UInt8]) -> Int {
    var count = 0
    for byte in utf8 where byte & 0xC0 != 0x80 { count += byte >= 0xF0 ? 2 : 1 }
    return count
  }
}
