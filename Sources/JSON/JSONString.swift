import Foundation

/// Escapes of JSON strings, both ways.
public enum JSONString {
  /// True when the raw text of a string holds a backslash, so that it differs from its value.
  @inlinable
  public static func hasEscapes(_ raw: UnsafeBufferPointer<UInt8>) -> Bool {
    guard let start = raw.baseAddress else { return false }
    return memchr(start, 0x5C, raw.count) != nil
  }

  /// Appends the value of a string's raw text, which a `JSONWalker` has accepted, as UTF-8.
  public static func appendUnescaped(_ raw: UnsafeBufferPointer<UInt8>, to output: inout [UInt8]) {
    var at = 0
    guard let base = raw.baseAddress else { return }
    while at < raw.count {
      let found = memchr(base + at, 0x5C, raw.count - at)
      let backslash = found.map { UnsafePointer($0.assumingMemoryBound(to: UInt8.self)) - base } ?? raw.count
      output.append(contentsOf: UnsafeBufferPointer(rebasing: raw[at..<backslash]))
      at = backslash
      guard at + 1 < raw.count else { break }
      let escape = raw[at + 1]
      at += 2
      switch escape {
      case UInt8(ascii: "b"): output.append(0x08)
      case UInt8(ascii: "f"): output.append(0x0C)
      case UInt8(ascii: "n"): output.append(0x0A)
      case UInt8(ascii: "r"): output.append(0x0D)
      case UInt8(ascii: "t"): output.append(0x09)
      case UInt8(ascii: "u"):
        guard at + 4 <= raw.count, let unit = hexUnit(base + at) else { return }
        at += 4
        var scalar = UInt32(unit)
        if unit & 0xF800 == 0xD800 {
          // A surrogate without its other half stands for no character.
          scalar = 0xFFFD
          if unit & 0xFC00 == 0xD800, at + 6 <= raw.count, raw[at] == 0x5C, raw[at + 1] == UInt8(ascii: "u"),
            let low = hexUnit(base + at + 2), low & 0xFC00 == 0xDC00
          {
            scalar = 0x10000 + ((UInt32(unit) & 0x3FF) << 10 | UInt32(low) & 0x3FF)
            at += 6
          }
        }
        appendUTF8(scalar, to: &output)
      default: output.append(escape)
      }
    }
  }

  /// Appends a Unicode scalar's UTF-8; the caller sees to it that it is one.
  public static func appendUTF8(_ scalar: UInt32, to output: inout [UInt8]) {
    switch scalar {
    case 0..<0x80: output.append(UInt8(scalar))
    case 0x80..<0x800:
      output.append(UInt8(0xC0 | scalar >> 6))
      output.append(UInt8(0x80 | scalar & 0x3F))
    case 0x800..<0x10000:
      output.append(UInt8(0xE0 | scalar >> 12))
      output.append(UInt8(0x80 | scalar >> 6 & 0x3F))
      output.append(UInt8(0x80 | scalar & 0x3F))
    default:
      output.append(UInt8(0xF0 | scalar >> 18 & 0x07))
      output.append(UInt8(0x80 | scalar >> 12 & 0x3F))
      output.append(UInt8(0x80 | scalar >> 6 & 0x3F))
      output.append(UInt8(0x80 | scalar & 0x3F))
    }
  }

  /// The UTF-16 unit that four hexadecimal digits write, or nil.
  static func hexUnit(_ digits: UnsafePointer<UInt8>) -> UInt16? {
    var unit: UInt16 = 0
    for place in 0..<4 {
      let value: UInt8
      switch digits[place] {
      case let digit where digit &- 0x30 < 10: value = digit - 0x30
      case let digit where (digit | 0x20) &- 0x61 < 6: value = (digit | 0x20) - 0x61 + 10
      default: return nil
      }
      unit = unit << 4 | UInt16(value)
    }
    return unit
  }

  /// The place of the first byte at or behind `start` that is written with an escape; the end if there is none.
  private static func plainPrefix(_ value: UnsafeBufferPointer<UInt8>, from start: Int) -> Int {
    var at = start
    if let base = UnsafeRawPointer(value.baseAddress) {
      let ones: UInt64 = 0x0101_0101_0101_0101
      let tops = ones << 7
      while at + 8 <= value.count {
        let word = UInt64(littleEndian: base.loadUnaligned(fromByteOffset: at, as: UInt64.self))
        let quotes = word ^ ones &* 0x22
        let backslashes = word ^ ones &* 0x5C
        // A top bit is set for each byte that is below 0x20 or equal; only the lowest of them is sure, and is what counts.
        let found =
          (word &- ones &* 0x20) & ~word | (quotes &- ones) & ~quotes | (backslashes &- ones) & ~backslashes
        if found & tops != 0 { return at + (found & tops).trailingZeroBitCount / 8 }
        at += 8
      }
    }
    while at < value.count, value[at] >= 0x20, value[at] != 0x22, value[at] != 0x5C { at += 1 }
    return at
  }

  private static let hexDigits = Array("0123456789abcdef".utf8)

  /// Appends a value as a JSON string with its quotes.
  public static func appendQuoted(_ value: UnsafeBufferPointer<UInt8>, to output: inout [UInt8]) {
    output.append(UInt8(ascii: "\""))
    var from = 0
    var at = plainPrefix(value, from: 0)
    while at < value.count {
      defer { at = plainPrefix(value, from: at + 1) }
      let byte = value[at]
      output.append(contentsOf: UnsafeBufferPointer(rebasing: value[from..<at]))
      from = at + 1
      output.append(0x5C)
      switch byte {
      case 0x22, 0x5C: output.append(byte)
      case 0x08: output.append(UInt8(ascii: "b"))
      case 0x0C: output.append(UInt8(ascii: "f"))
      case 0x0A: output.append(UInt8(ascii: "n"))
      case 0x0D: output.append(UInt8(ascii: "r"))
      case 0x09: output.append(UInt8(ascii: "t"))
      default:
        output.append(contentsOf: [UInt8(ascii: "u"), 0x30, 0x30])
        output.append(hexDigits[Int(byte >> 4)])
        output.append(hexDigits[Int(byte & 15)])
      }
    }
    output.append(contentsOf: UnsafeBufferPointer(rebasing: value[from...]))
    output.append(UInt8(ascii: "\""))
  }

  /// Appends a value as a JSON string with its quotes.
  public static func appendQuoted(_ value: String, to output: inout [UInt8]) {
    var value = value
    value.withUTF8 { appendQuoted($0, to: &output) }
  }
}
