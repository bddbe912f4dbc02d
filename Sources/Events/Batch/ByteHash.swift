/// A fast hash of bytes for tables in memory: multiply and fold, in the manner of wyhash.
///
/// It is no defence against chosen keys by itself, so a secret seed is mixed in: that of the process for tables in memory,
/// that of a folder for what is kept there. For the latter's sake the function stays as it is.
public enum ByteHash {
  /// Drawn once per process, so that input cannot be made to collide.
  public static let processSeed = UInt64.random(in: .min ... .max) | 1

  @inlinable @inline(__always)
  public static func mix(_ left: UInt64, _ right: UInt64) -> UInt64 {
    let product = left.multipliedFullWidth(by: right)
    return product.high ^ product.low
  }

  /// The hash of some bytes under a seed.
  @inlinable
  public static func hash(_ bytes: UnsafeBufferPointer<UInt8>, seed: UInt64) -> UInt64 {
    var state = seed ^ 0x9E37_79B9_7F4A_7C15
    let count = bytes.count
    guard let base = UnsafeRawPointer(bytes.baseAddress), count > 0 else { return mix(state, 0xE703_7ED1_A0B4_28DB) }
    @inline(__always) func word(_ offset: Int) -> UInt64 {
      base.loadUnaligned(fromByteOffset: offset, as: UInt64.self)
    }
    var at = 0
    if count >= 64 {
      // Chains side by side keep the multiplier busy.
      var (other, third, fourth) = (state, state, state)
      while at + 64 <= count {
        state = mix(word(at + 0) ^ 0xA076_1D64_78BD_642F, word(at + 8) ^ state)
        other = mix(word(at + 16) ^ 0xEB44_ACCA_B455_D165, word(at + 24) ^ other)
        third = mix(word(at + 32) ^ 0x1D8E_4E27_C47D_124F, word(at + 40) ^ third)
        fourth = mix(word(at + 48) ^ 0x5895_65CC_7537_4CC3, word(at + 56) ^ fourth)
        at += 64
      }
      state ^= mix(other ^ 0x2D35_8DCC_AA6C_78A5, third) ^ fourth
    }
    while at + 16 <= count {
      state = mix(word(at) ^ 0xA076_1D64_78BD_642F, word(at + 8) ^ state)
      at += 16
    }
    var first: UInt64 = 0
    var second: UInt64 = 0
    let left = count - at
    if left >= 8 {
      first = word(at)
      second = word(count - 8)
    } else if left >= 4 {
      first = UInt64(base.loadUnaligned(fromByteOffset: at, as: UInt32.self))
      second = UInt64(base.loadUnaligned(fromByteOffset: count - 4, as: UInt32.self))
    } else if left > 0 {
      first = UInt64(bytes[at])
      second = UInt64(bytes[at + left / 2]) << 8 | UInt64(bytes[count - 1])
    }
    state = mix(first ^ 0x8EBC_6AF0_9C88_C6E3, second ^ state)
    return mix(state ^ UInt64(truncatingIfNeeded: count), 0x5899_65CC_7537_4CC3)
  }
}
