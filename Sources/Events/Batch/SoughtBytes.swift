/// Bytes that are looked for in many others, whatever the case of ASCII letters.
///
/// Two of them, the ones that are least common, are compared at 32 places at once, in words of eight (vectors of the standard
/// library are taken apart byte by byte in generic code); only where both stand are the others looked at.
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
  public func stands(in text: UnsafeRawBufferPointer) -> Bool { place(in: text) != nil }

  /// Where the bytes stand first in a text, as a distance from its start; nil where they do not.
  public func place(in text: UnsafeRawBufferPointer) -> Int? {
    let count = bytes.count
    guard text.count >= count, let start = text.baseAddress else { return nil }
    return bytes.withUnsafeBufferPointer { wanted in
      let last = text.count - count
      let (one, other) = (wanted[first], wanted[second])
      // Each byte of a word the one that is compared with, and the bit that folds its case.
      let (oneWord, otherWord) = (Self.repeated(one), Self.repeated(other))
      let (oneFold, otherFold) = (Self.repeated(Self.fold(one)), Self.repeated(Self.fold(other)))
      var at = 0
      // Whatever is loaded lies within the text: 32 places from `at` on are places where the bytes may begin.
      while at + 31 <= last {
        func hits(_ offset: Int) -> UInt64 {
          let left = start.loadUnaligned(fromByteOffset: at + offset + first, as: UInt64.self)
          let right = start.loadUnaligned(fromByteOffset: at + offset + second, as: UInt64.self)
          // A byte that is 0 in both stands for a place where both are right.
          return Self.zeros(
            ((UInt64(littleEndian: left) | oneFold) ^ oneWord)
              | ((UInt64(littleEndian: right) | otherFold) ^ otherWord))
        }
        let found = (hits(0), hits(8), hits(16), hits(24))
        if found.0 | found.1 | found.2 | found.3 != 0 {
          if let place = Self.place(of: wanted, start + at, found.0) { return at + place }
          if let place = Self.place(of: wanted, start + at + 8, found.1) { return at + 8 + place }
          if let place = Self.place(of: wanted, start + at + 16, found.2) { return at + 16 + place }
          if let place = Self.place(of: wanted, start + at + 24, found.3) { return at + 24 + place }
        }
        at += 32
      }
      while at <= last {
        if Self.folded(start.load(fromByteOffset: at + first, as: UInt8.self)) == one,
          Self.isEqual(start + at, wanted)
        {
          return at
        }
        at += 1
      }
      return nil
    }
  }

  /// The first of eight places at which the bytes stand and which a bit marks, the highest of its byte.
  @inline(never)
  private static func place(
    of wanted: UnsafeBufferPointer<UInt8>, _ text: UnsafeRawPointer, _ marks: UInt64
  ) -> Int? {
    var marks = marks
    while marks != 0 {
      let place = marks.trailingZeroBitCount >> 3
      if isEqual(text + place, wanted) { return place }
      marks &= marks - 1
    }
    return nil
  }

  @inline(__always)
  private static func repeated(_ byte: UInt8) -> UInt64 { UInt64(byte) &* 0x0101_0101_0101_0101 }

  /// The highest bit of every byte that is 0, and no other.
  @inline(__always)
  private static func zeros(_ word: UInt64) -> UInt64 {
    let low: UInt64 = 0x7F7F_7F7F_7F7F_7F7F
    return ~(((word & low) &+ low) | word | low)
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
