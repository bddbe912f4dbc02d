/// The four kinds of TOML strings: where they end, what they hold, and where each character of it comes from.
enum TOMLString {
  struct Scanned {
    /// The offset after the closing quotes.
    var end: Int
    /// The value's characters; nil when they were not asked for.
    var scalars: LocatedScalars?
  }

  /// Reads the string whose opening quote stands at `start`; nil when it is not closed. A key has one line only.
  static func scan(_ bytes: [UInt8], at start: Int, decode: Bool, isKey: Bool = false) -> Scanned? {
    guard start < bytes.count else { return nil }
    let quote = bytes[start]
    let isLong =
      !isKey && start + 2 < bytes.count && bytes[start + 1] == quote && bytes[start + 2] == quote
    let escapes = quote == UInt8(ascii: "\"")
    var at = start + (isLong ? 3 : 1)
    var scalars = LocatedScalars()
    if isLong {
      // A line end right after the opening quotes is not part of the value.
      if at < bytes.count, bytes[at] == UInt8(ascii: "\r") { at += 1 }
      if at < bytes.count, bytes[at] == UInt8(ascii: "\n") { at += 1 }
    }
    while at < bytes.count {
      let byte = bytes[at]
      if byte == quote {
        guard isLong else { return finish(at, at + 1, scalars, decode) }
        var run = 1
        while run < 5, at + run < bytes.count, bytes[at + run] == quote { run += 1 }
        if run >= 3 {
          // One or two quotes may stand right before the closing three.
          if decode { for extra in 0..<run - 3 { scalars.append(Unicode.Scalar(quote), at: at + extra) } }
          return finish(at + run - 3, at + run, scalars, decode)
        }
        if decode { for extra in 0..<run { scalars.append(Unicode.Scalar(quote), at: at + extra) } }
        at += run
      } else if byte == UInt8(ascii: "\n"), !isLong {
        return nil
      } else if byte == UInt8(ascii: "\\"), escapes {
        at = escape(bytes, at, isLong, decode ? { scalars.append($0, at: $1) } : nil)
      } else if !decode {
        at += 1
      } else {
        at = scalars.appendCharacter(of: bytes, at: at, base: 0)
      }
    }
    return nil
  }

  private static func finish(_ content: Int, _ end: Int, _ scalars: LocatedScalars, _ decode: Bool) -> Scanned {
    var scalars = scalars
    scalars.end = content
    return Scanned(end: end, scalars: decode ? scalars : nil)
  }

  /// Passes the escape at `start` and returns the offset after it.
  private static func escape(
    _ bytes: [UInt8], _ start: Int, _ isLong: Bool, _ append: ((Unicode.Scalar, Int) -> Void)?
  ) -> Int {
    guard start + 1 < bytes.count else { return bytes.count }
    switch bytes[start + 1] {
    case UInt8(ascii: "b"): append?("\u{8}", start)
    case UInt8(ascii: "t"): append?("\t", start)
    case UInt8(ascii: "n"): append?("\n", start)
    case UInt8(ascii: "f"): append?("\u{C}", start)
    case UInt8(ascii: "r"): append?("\r", start)
    case UInt8(ascii: "u"), UInt8(ascii: "U"):
      let digits = bytes[start + 1] == UInt8(ascii: "u") ? 4 : 8
      guard start + 2 + digits <= bytes.count else { return start + 2 }
      let text = String(decoding: bytes[(start + 2)..<(start + 2 + digits)], as: UTF8.self)
      guard let value = UInt32(text, radix: 16) else { return start + 2 }
      append?(Unicode.Scalar(value) ?? "\u{FFFD}", start)
      return start + 2 + digits
    case UInt8(ascii: " "), UInt8(ascii: "\t"), UInt8(ascii: "\r"), UInt8(ascii: "\n"):
      guard isLong else { return start + 2 }
      // A backslash at a line's end joins the lines and drops what indents the next.
      var at = start + 1
      while at < bytes.count, bytes[at] == 0x20 || (0x09...0x0D).contains(bytes[at]) { at += 1 }
      return at
    case let other: append?(Unicode.Scalar(other), start)
    }
    return start + 2
  }
}
