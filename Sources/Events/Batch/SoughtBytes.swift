/// Bytes that are looked for in many others, whatever the case of ASCII letters.
///
/// Two of them, the ones that are least common, are compared at 32 places at once; only where both stand are the others
/// looked at.
public struct SoughtBytes: Hashable, Sendable {
  /// The bytes, ASCII letters in lower case.
  public let bytes: [UInt8]
  /// The places of the two.
  private let first: Int
  private let second: Int

  /// - Parameter bytes: at least one.
  public init(_ bytes: [UInt8]) {
    precondition(!bytes.isEmpty, "nothing is looked for")
    let lowered = bytes.map(Self.folded)
    let rarest = lowered.indices.sorted { left, right in
      (Self.commonness(lowered[left]), left) < (Self.commonness(lowered[right]), right)
    }
    self.bytes = lowered
    first = rarest[0]
    second = rarest.count > 1 ? rarest[1] : rarest[0]
  }

  @inline(__always)
  private static func folded(_ byte: UInt8) -> UInt8 { byte &- 0x41 < 26 ? byte | 0x20 : byte }

  @inline(__always)
  private static func isLetter(_ byte: UInt8) -> Bool { byte &- 0x61 < 26 }

  /// Roughly how common a byte is in the values of logs: ids, times, names, addresses.
  private static func commonness(_ byte: UInt8) -> Int {
    switch byte {
    case UInt8(ascii: "0")...UInt8(ascii: "9"): 40
    case UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: ":"), UInt8(ascii: "/"), UInt8(ascii: "_"): 30
    default: order.firstIndex(of: byte) ?? 0
    }
  }

  /// From rare to common.
  private static let order = Array(" zqxjkvwyghbpfulmdcnorsiate".utf8)

  /// True where the bytes stand somewhere in a text.
  public func stands(in text: UnsafeRawBufferPointer) -> Bool {
    let count = bytes.count
    guard text.count >= count, let start = text.baseAddress else { return false }
    return bytes.withUnsafeBufferPointer { wanted in
      let last = text.count - count
      let (one, other) = (wanted[first], wanted[second])
      let (oneFold, otherFold) = (Self.fold(one), Self.fold(other))
      var at = 0
      // Whatever is loaded lies within the text: 32 places from `at` on are places where the bytes may begin.
      while at + 31 <= last {
        let left = start.loadUnaligned(fromByteOffset: at + first, as: SIMD32<UInt8>.self)
        let right = start.loadUnaligned(fromByteOffset: at + second, as: SIMD32<UInt8>.self)
        let both =
          ((left | SIMD32(repeating: oneFold)) .== SIMD32(repeating: one))
          .& ((right | SIMD32(repeating: otherFold)) .== SIMD32(repeating: other))
        let hits = unsafeBitCast(both, to: SIMD4<UInt64>.self)
        if hits[0] | hits[1] | hits[2] | hits[3] != 0 {
          for word in 0..<4 {
            var bits = UInt64(littleEndian: hits[word])
            while bits != 0 {
              let lane = bits.trailingZeroBitCount >> 3
              if Self.isEqual(start + at + word * 8 + lane, wanted) { return true }
              bits &= ~(0xFF << UInt64(lane * 8))
            }
          }
        }
        at += 32
      }
      while at <= last {
        if Self.folded(start.load(fromByteOffset: at + first, as: UInt8.self)) == one,
          Self.isEqual(start + at, wanted)
        {
          return true
        }
        at += 1
      }
      return false
    }
  }

  /// The bit that makes an upper-case letter the lower-case one that is looked for, and no other byte that.
  @inline(__always)
  private static func fold(_ wanted: UInt8) -> UInt8 { isLetter(wanted) ? 0x20 : 0 }

  @inline(__always)
  private static func isEqual(_ text: UnsafeRawPointer, _ wanted: UnsafeBufferPointer<UInt8>) -> Bool {
    for at in wanted.indices where folded(text.load(fromByteOffset: at, as: UInt8.self)) != wanted[at] { return false }
    return true
  }
}
