import Foundation

/// Paths as text, whatever bytes their names are made of: a name on Linux may be no UTF-8.
///
/// A byte that belongs to no character is kept as a character of a private area, U+10FE00 and its value behind it, and so
/// are the bytes of characters of that area, so that the bytes of a path can always be had again.
enum PathText {
  private static let base: UInt32 = 0x10FE00

  /// The text of a name.
  static func text(_ bytes: UnsafeBufferPointer<UInt8>) -> String {
    if let text = valid(bytes), !text.unicodeScalars.contains(where: isKept) { return text }
    var text = String.UnicodeScalarView()
    var at = 0
    while at < bytes.count {
      // A character has up to four bytes.
      let length = (1...4).first { length in
        guard at + length <= bytes.count else { return false }
        let piece = UnsafeBufferPointer(rebasing: bytes[at..<at + length])
        return valid(piece)?.unicodeScalars.count == 1
      }
      if let length, let scalar = String(decoding: bytes[at..<at + length], as: UTF8.self).unicodeScalars.first,
        !isKept(scalar)
      {
        text.append(scalar)
        at += length
      } else {
        text.append(Unicode.Scalar(base + UInt32(bytes[at])) ?? "?")
        at += 1
      }
    }
    return String(text)
  }

  /// Where a file is, however its path was spelled (`./a`, `b/../a`, through links): the path from the root without either; the path
  /// itself where there is no such file.
  static func real(_ path: String) -> String {
    guard let real = withBytes(path, { realpath($0, nil) }) else { return path }
    defer { free(real) }
    return UnsafeBufferPointer(start: real, count: strlen(real)).withMemoryRebound(to: UInt8.self) { text($0) }
  }

  /// Calls `body` with the path as the system has it.
  static func withBytes<Result>(_ path: String, _ body: (UnsafePointer<CChar>) -> Result) -> Result {
    guard path.unicodeScalars.contains(where: isKept) else { return path.withCString(body) }
    var bytes: [CChar] = []
    for scalar in path.unicodeScalars {
      if isKept(scalar) {
        bytes.append(CChar(truncatingIfNeeded: scalar.value - base))
      } else {
        bytes += String(scalar).utf8.map { CChar(bitPattern: $0) }
      }
    }
    return (bytes + [0]).withUnsafeBufferPointer { body($0.baseAddress!) }
  }

  /// The path as it is shown: `\xE9` for a byte that belongs to no character.
  static func shown(_ path: String) -> String {
    guard path.unicodeScalars.contains(where: isKept) else { return path }
    return path.unicodeScalars.reduce(into: "") { text, scalar in
      guard isKept(scalar) else { return text.unicodeScalars.append(scalar) }
      let digits = String(scalar.value - base, radix: 16, uppercase: true)
      text += "\\x" + (digits.count < 2 ? "0" : "") + digits
    }
  }

  private static func valid(_ bytes: UnsafeBufferPointer<UInt8>) -> String? {
    let text = String(decoding: bytes, as: UTF8.self)
    return text.utf8.elementsEqual(bytes) ? text : nil
  }

  private static func isKept(_ scalar: Unicode.Scalar) -> Bool { (base...base + 0xFF).contains(scalar.value) }
}
