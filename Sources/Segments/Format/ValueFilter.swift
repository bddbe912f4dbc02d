import Events

/// A filter over the values of a column: says of a value that it is not there, or that it may be.
///
/// It is the split-block Bloom filter of Apache Parquet over XXH64 of a value's bytes: eight words of 32 bits to a block, in each of
/// which a value sets one bit, so that a question touches one cache line.
enum ValueFilter {
  static let blockBytes = 32

  private static let salts: SIMD8<UInt32> = [
    0x47b6_137b, 0x4497_4d91, 0x8824_ad5b, 0xa2b7_289d, 0x7054_95c7, 0x2df1_424b, 0x9efc_4947, 0x5c6b_fb31,
  ]

  /// Makes a room an empty filter for so many values.
  static func clear(_ room: inout ByteRoom, valueCount: Int) {
    let blocks = max(1, (valueCount * SegmentFormat.filterBits + blockBytes * 8 - 1) / (blockBytes * 8))
    room.removeAll()
    room.reserve(blocks * blockBytes)
    room.start.update(repeating: 0, count: blocks * blockBytes)
    room.setCount(blocks * blockBytes)
  }

  /// The block of a value, of so many, and its bits.
  @inline(__always)
  static func place(_ hash: UInt64, ofBlocks count: Int) -> (block: Int, bits: SIMD8<UInt32>) {
    let block = Int((hash >> 32).multipliedReportingOverflow(by: UInt64(count)).partialValue >> 32)
    let bits = (SIMD8(repeating: UInt32(truncatingIfNeeded: hash)) &* salts) &>> 27
    return (block, SIMD8(repeating: 1) &<< bits)
  }

  /// Where the block of a value starts in a filter of so many bytes, and its bits.
  private static func place(_ hash: UInt64, _ count: Int) -> (offset: Int, bits: SIMD8<UInt32>) {
    let (block, bits) = place(hash, ofBlocks: count / blockBytes)
    return (block * blockBytes, bits)
  }

  static func insert(_ hash: UInt64, _ filter: UnsafeMutablePointer<UInt8>, _ count: Int) {
    let (offset, bits) = place(hash, count)
    for word in 0..<8 {
      let place = UnsafeMutableRawPointer(filter) + offset + word * 4
      let known = UInt32(littleEndian: place.loadUnaligned(as: UInt32.self))
      place.storeBytes(of: (known | bits[word]).littleEndian, as: UInt32.self)
    }
  }

  /// False where no value of that hash is in a filter.
  static func mayHold(_ hash: UInt64, _ filter: UnsafeRawBufferPointer) -> Bool {
    let (offset, bits) = place(hash, filter.count)
    for word in 0..<8 {
      let known = UInt32(littleEndian: filter.loadUnaligned(fromByteOffset: offset + word * 4, as: UInt32.self))
      if known & bits[word] == 0 { return false }
    }
    return true
  }

  // MARK: XXH64

  private static let primes: (UInt64, UInt64, UInt64, UInt64, UInt64) = (
    0x9E37_79B1_85EB_CA87, 0xC2B2_AE3D_27D4_EB4F, 0x1656_67B1_9E37_79F9, 0x85EB_CA77_C2B2_AE63, 0x27D4_EB2F_1656_67C5
  )

  @inline(__always)
  private static func rotated(_ value: UInt64, _ count: UInt64) -> UInt64 { value << count | value >> (64 - count) }

  @inline(__always)
  private static func round(_ state: UInt64, _ lane: UInt64) -> UInt64 {
    rotated(state &+ lane &* primes.1, 31) &* primes.0
  }

  /// XXH64 of some bytes, with seed 0.
  static func hash(_ bytes: UnsafeBufferPointer<UInt8>) -> UInt64 {
    let raw = UnsafeRawBufferPointer(bytes)
    let count = raw.count
    func long(_ at: Int) -> UInt64 { UInt64(littleEndian: raw.loadUnaligned(fromByteOffset: at, as: UInt64.self)) }
    var at = 0
    var hash = primes.4
    if count >= 32 {
      var states: (UInt64, UInt64, UInt64, UInt64) = (primes.0 &+ primes.1, primes.1, 0, 0 &- primes.0)
      repeat {
        states.0 = round(states.0, long(at))
        states.1 = round(states.1, long(at + 8))
        states.2 = round(states.2, long(at + 16))
        states.3 = round(states.3, long(at + 24))
        at += 32
      } while at + 32 <= count
      hash = rotated(states.0, 1) &+ rotated(states.1, 7) &+ rotated(states.2, 12) &+ rotated(states.3, 18)
      for state in [states.0, states.1, states.2, states.3] {
        hash = (hash ^ round(0, state)) &* primes.0 &+ primes.3
      }
    }
    hash &+= UInt64(count)
    while at + 8 <= count {
      hash = rotated(hash ^ round(0, long(at)), 27) &* primes.0 &+ primes.3
      at += 8
    }
    if at + 4 <= count {
      let word = UInt32(littleEndian: raw.loadUnaligned(fromByteOffset: at, as: UInt32.self))
      hash = rotated(hash ^ UInt64(word) &* primes.0, 23) &* primes.1 &+ primes.2
      at += 4
    }
    while at < count {
      hash = rotated(hash ^ UInt64(raw[at]) &* primes.4, 11) &* primes.0
      at += 1
    }
    hash = (hash ^ hash >> 33) &* primes.1
    hash = (hash ^ hash >> 29) &* primes.2
    return hash ^ hash >> 32
  }
}
