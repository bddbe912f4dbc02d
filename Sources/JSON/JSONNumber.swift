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

  /// True when two texts, each a valid number, write the same value, whatever its size: `1.50` and `15e-1`.
  public static func areEqual(_ left: UnsafeBufferPointer<UInt8>, _ right: UnsafeBufferPointer<UInt8>) -> Bool {
    Decimal(left) == Decimal(right)
  }

  /// A number as its digits without zeros at either end, and the power of ten of the first of them.
  private struct Decimal: Equatable {
    var isNegative = false
    var digits: [UInt8] = []
    var exponent = 0

    init(_ text: UnsafeBufferPointer<UInt8>) {
      var isFraction = false
      var power = 0
      parts: for (at, byte) in text.enumerated() {
        switch byte {
        case UInt8(ascii: "-"): isNegative = true
        case UInt8(ascii: "."): isFraction = true
        case UInt8(ascii: "e"), UInt8(ascii: "E"):
          // An exponent that no `Int` holds is as good as the largest: both are beyond every `Double`.
          let written = String(decoding: text[(at + 1)...], as: UTF8.self)
          power = max(.min / 2, min(.max / 2, Int(written) ?? (written.hasPrefix("-") ? .min : .max)))
          break parts
        default:
          if digits.isEmpty, byte == UInt8(ascii: "0") {
            if isFraction { exponent -= 1 }
          } else {
            digits.append(byte)
            if !isFraction { exponent += 1 }
          }
        }
      }
      while digits.last == UInt8(ascii: "0") { digits.removeLast() }
      exponent = digits.isEmpty ? 0 : exponent + power
    }
  }
}
