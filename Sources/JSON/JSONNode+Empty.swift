extension JSONNode {
  /// True of null, of the texts that stand for nothing (`JSONString.isEmpty`), and of an object or array that holds
  /// nothing else: an event never holds such a value.
  public var isEmptyValue: Bool {
    switch firstByte {
    case UInt8(ascii: "n"): return true
    case UInt8(ascii: "\""): return JSONString.isEmpty(rawString)
    case UInt8(ascii: "{"):
      var at = token + 1
      while index.byte(at) == UInt8(ascii: "\"") {
        if !JSONNode(index, token: at + 2).isEmptyValue { return false }
        at = index.tokenAfter(at + 2)
        guard index.byte(at) == UInt8(ascii: ",") else { break }
        at += 1
      }
      return true
    case UInt8(ascii: "["):
      var at = token + 1
      guard index.byte(at) != UInt8(ascii: "]") else { return true }
      while true {
        if !JSONNode(index, token: at).isEmptyValue { return false }
        at = index.tokenAfter(at)
        guard index.byte(at) == UInt8(ascii: ",") else { return true }
        at += 1
      }
    default: return false
    }
  }
}

extension JSONString {
  /// True when a string's raw text says `""`, `"-"` or `"none"`, which Elastic's pipeline of CloudTrail drops.
  @inlinable
  public static func isEmpty(_ raw: UnsafeBufferPointer<UInt8>) -> Bool {
    if isEmptyValue(raw) { return true }
    // Four characters take no more than this when each is escaped, and the first is one of these or is escaped itself.
    guard raw.count <= 24, raw[0] == 0x5C || raw[0] == UInt8(ascii: "n"), hasEscapes(raw) else { return false }
    var value: [UInt8] = []
    appendUnescaped(raw, to: &value)
    return value.withUnsafeBufferPointer(isEmptyValue)
  }

  /// The same of a string's value.
  @inlinable @inline(__always)
  public static func isEmptyValue(_ value: UnsafeBufferPointer<UInt8>) -> Bool {
    switch value.count {
    case 0: true
    case 1: value[0] == UInt8(ascii: "-")
    case 4: value.equals("none")
    default: false
    }
  }
}
