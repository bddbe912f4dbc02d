import Foundation

/// Compares short bytes, of which keys and most values are, without a call.
enum EqualBytes {
  /// True when bytes are those of a buffer, which are as many.
  @inline(__always)
  static func areEqual(_ one: UnsafePointer<UInt8>, _ other: UnsafeBufferPointer<UInt8>) -> Bool {
    let count = other.count
    guard count > 0, let base = UnsafeRawPointer(other.baseAddress) else { return true }
    let known = UnsafeRawPointer(one)
    // Words that overlap.
    func word(_ offset: Int) -> UInt64 {
      known.loadUnaligned(fromByteOffset: offset, as: UInt64.self)
        ^ base.loadUnaligned(fromByteOffset: offset, as: UInt64.self)
    }
    func half(_ offset: Int) -> UInt32 {
      known.loadUnaligned(fromByteOffset: offset, as: UInt32.self)
        ^ base.loadUnaligned(fromByteOffset: offset, as: UInt32.self)
    }
    switch count {
    case 8...16: return word(0) | word(count - 8) == 0
    case 17...32: return word(0) | word(8) | word(count - 16) | word(count - 8) == 0
    case 4...7: return half(0) | half(count - 4) == 0
    case 33...64:
      return word(0) | word(8) | word(16) | word(24) == 0
        && word(count - 32) | word(count - 24) | word(count - 16) | word(count - 8) == 0
    case 1...3: return one[0] == other[0] && one[count / 2] == other[count / 2] && one[count - 1] == other[count - 1]
    default: return memcmp(known, base, count) == 0
    }
  }
}
