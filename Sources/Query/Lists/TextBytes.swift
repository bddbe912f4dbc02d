/// A text that is compared byte by byte, as an index orders its terms.
struct TextBytes: Comparable, Sendable {
  private let bytes: [UInt8]

  init(_ bytes: [UInt8]) { self.bytes = bytes }

  static func < (left: TextBytes, right: TextBytes) -> Bool { left.bytes.lexicographicallyPrecedes(right.bytes) }
}
