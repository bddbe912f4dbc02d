/// Identifiers in the shape of random UUIDs (version 4), none of which occurs twice under one seed.
enum UniqueID {
  /// The two halves of the identifier that belongs to `ordinal`, which is below 2^62.
  ///
  /// The lower half is a permutation of the 62 bits that a UUID leaves free there, so different ordinals never meet.
  @inline(__always)
  static func halves(seed: UInt64, ordinal: UInt64) -> (high: UInt64, low: UInt64) {
    let mask: UInt64 = (1 << 62) - 1
    let key = SeededRandom.mix(seed ^ 0x7575_6964_6b65_7973)
    var low = (ordinal ^ key) & mask
    low = (low &* 0x9e37_79b9_7f4a_7c15) & mask
    low ^= low >> 31
    low = (low &* 0xbf58_476d_1ce4_e5b9) & mask
    low ^= low >> 29
    low = (low &* 0x94d0_49bb_1331_11eb) & mask
    low ^= low >> 32
    let high = SeededRandom.mix(key &+ ordinal &* 0xd6e8_feb8_6659_fd93)
    return (high & ~0xf000 | 0x4000, low | 1 << 63)
  }

  /// The identifier's text.
  static func text(seed: UInt64, ordinal: UInt64) -> String {
    let (high, low) = halves(seed: seed, ordinal: ordinal)
    return text(high: high, low: low)
  }

  /// An identifier of the same shape from any two words.
  static func text(high: UInt64, low: UInt64) -> String {
    let writer = ByteWriter(capacity: 36)
    writer.appendUUID(high: high, low: low)
    return writer.text
  }
}
