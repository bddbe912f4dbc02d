import Foundation

/// Bytes that are looked for in the text of records, by the one of them that is rarest there.
struct TextPiece: Hashable, Sendable {
  let bytes: [UInt8]
  /// The place of the rarest byte in `bytes`.
  private let anchor: Int

  /// `bytes` is not empty.
  init(_ bytes: [UInt8]) {
    self.bytes = bytes
    anchor = bytes.indices.min { Self.frequency(bytes[$0]) < Self.frequency(bytes[$1]) } ?? 0
  }

  /// True when the bytes stand somewhere in a text.
  func stands(in text: UnsafeBufferPointer<UInt8>) -> Bool { first(in: text) != nil }

  /// The first place in a text where the bytes stand.
  func first(in text: UnsafeBufferPointer<UInt8>) -> Int? {
    guard let start = text.baseAddress, text.count >= bytes.count else { return nil }
    return bytes.withUnsafeBufferPointer { bytes in
      guard let wanted = bytes.baseAddress else { return 0 }
      let last = bytes.count - 1
      var place = start + anchor
      let end = start + text.count - (bytes.count - anchor - 1)
      while place < end, let found = memchr(place, Int32(wanted[anchor]), end - place) {
        let hit = UnsafePointer(found.assumingMemoryBound(to: UInt8.self))
        let first = hit - anchor
        if first[0] == wanted[0], first[last] == wanted[last], memcmp(first, wanted, bytes.count) == 0 {
          return first - start
        }
        place = hit + 1
      }
      return nil
    }
  }

  /// How often a byte stands in records, roughly: what speeds the search up and decides nothing.
  private static func frequency(_ byte: UInt8) -> Int {
    switch byte {
    case UInt8(ascii: "j"), UInt8(ascii: "q"), UInt8(ascii: "x"), UInt8(ascii: "z"): 2
    case UInt8(ascii: "e"), UInt8(ascii: "a"), UInt8(ascii: "t"), UInt8(ascii: "r"), UInt8(ascii: "s"),
      UInt8(ascii: "n"), UInt8(ascii: "o"), UInt8(ascii: "i"):
      20
    case 0x61...0x7A: 8
    case 0x41...0x5A: 1
    case 0x30...0x39, UInt8(ascii: ":"), UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "/"): 10
    default: 4
    }
  }
}
