extension JSONNode {
  /// True of null, "", and of an object or array that holds nothing else: an event never holds such a value.
  public var isEmptyValue: Bool {
    switch firstByte {
    case UInt8(ascii: "n"): return true
    case UInt8(ascii: "\""): return rawString.count == 0
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
