/// The characters of a string's value with the places in the source that they come from.
struct LocatedScalars {
  private(set) var scalars: [(scalar: Unicode.Scalar, offset: Int)] = []
  /// Where the string's content ends.
  var end = 0

  mutating func append(_ scalar: Unicode.Scalar, at offset: Int) { scalars.append((scalar, offset)) }

  /// Decodes the UTF-8 character at `offset` and returns the offset after it.
  mutating func appendCharacter(of bytes: some RandomAccessCollection<UInt8>, at offset: Int, base: Int) -> Int {
    func byte(_ place: Int) -> UInt8? {
      place - base < bytes.count ? bytes[bytes.index(bytes.startIndex, offsetBy: place - base)] : nil
    }
    guard let lead = byte(offset) else { return offset + 1 }
    let length = lead < 0x80 ? 1 : lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : 4
    var value = length == 1 ? UInt32(lead) : UInt32(lead & (0x7F >> UInt8(length)))
    for place in 1..<max(length, 1) where length > 1 {
      value = value << 6 | UInt32((byte(offset + place) ?? 0) & 0x3F)
    }
    append(Unicode.Scalar(value) ?? "\u{FFFD}", at: offset)
    return offset + length
  }

  var text: String {
    var text = String.UnicodeScalarView()
    text.append(contentsOf: scalars.map(\.scalar))
    return String(text)
  }

  /// The place in the source of a line and column of the value, both from 1; the end when the value is shorter.
  func offset(line: Int, column: Int) -> Int {
    var at = SourcePosition(line: 1, column: 1)
    for (scalar, offset) in scalars {
      if at.line == line, at.column >= column { return offset }
      if scalar == "\n" {
        // The wanted column lies beyond the line's end.
        if at.line == line { return offset }
        at = SourcePosition(line: at.line + 1, column: 1)
      } else {
        at.column += 1
      }
    }
    return end
  }
}
