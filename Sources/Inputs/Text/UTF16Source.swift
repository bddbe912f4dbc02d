import JSON

/// Text in UTF-16, as PowerShell writes what is sent to a file, given as UTF-8.
///
/// Half a surrogate pair stands for no character and becomes U+FFFD; half a unit at the end is trouble.
final class UTF16Source: ConvertedSource {
  private let isLittleEndian: Bool
  private var input = [UInt8](repeating: 0, count: 1 << 16)
  /// Bytes at the start of `input` that have not been decoded: none, or the first of a unit.
  private var kept = 0
  /// The first half of a surrogate pair whose second half is to come.
  private var high: UInt32?

  init(_ source: any ByteSource, isLittleEndian: Bool) {
    self.isLittleEndian = isLittleEndian
    super.init(source)
  }

  override func convert() throws -> Bool {
    let count = try input.withUnsafeMutableBufferPointer {
      try source.read(into: $0.baseAddress! + kept, capacity: $0.count - kept)
    }
    guard count > 0 else {
      if high != nil { JSONString.appendUTF8(0xFFFD, to: &output) }
      high = nil
      guard kept == 0 else {
        kept = 0
        throw InputError.tornCompression("the UTF-16 text ends in the middle of a character")
      }
      return false
    }
    let filled = kept + count
    for at in stride(from: 0, to: filled - 1, by: 2) {
      let (first, second) = (UInt32(input[at]), UInt32(input[at + 1]))
      take(isLittleEndian ? first | second << 8 : first << 8 | second)
    }
    kept = filled % 2
    if kept == 1 { input[0] = input[filled - 1] }
    return true
  }

  private func take(_ unit: UInt32) {
    if let first = high {
      high = nil
      if unit & 0xFC00 == 0xDC00 {
        return JSONString.appendUTF8(0x10000 + ((first & 0x3FF) << 10 | unit & 0x3FF), to: &output)
      }
      JSONString.appendUTF8(0xFFFD, to: &output)
    }
    switch unit & 0xFC00 {
    case 0xD800: high = unit
    case 0xDC00: JSONString.appendUTF8(0xFFFD, to: &output)
    // A byte order mark is no text.
    default: if unit != 0xFEFF { JSONString.appendUTF8(unit, to: &output) }
    }
  }
}
