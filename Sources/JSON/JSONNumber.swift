/// The grammar of a JSON number.
public enum JSONNumber {
  /// True when the whole text is one number as RFC 8259 writes it; its size does not matter.
  public static func isValid(_ text: UnsafeBufferPointer<UInt8>) -> Bool {
    var at = 0
    func digits() -> Int {
      let start = at
      while at < text.count, text[at] &- 0x30 < 10 { at += 1 }
      return at - start
    }
    if at < text.count, text[at] == UInt8(ascii: "-") { at += 1 }
    let start = at
    let whole = digits()
    guard whole > 0, whole == 1 || text[start] != UInt8(ascii: "0") else { return false }
    if at < text.count, text[at] == UInt8(ascii: ".") {
      at += 1
      guard digits() > 0 else { return false }
    }
    if at < text.count, text[at] | 0x20 == UInt8(ascii: "e") {
      at += 1
      if at < text.count, text[at] == UInt8(ascii: "+") || text[at] == UInt8(ascii: "-") { at += 1 }
      guard digits() > 0 else { return false }
    }
    return at == text.count
  }
}
