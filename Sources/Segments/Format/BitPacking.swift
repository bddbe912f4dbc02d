/// Numbers of few bits each, one behind the other, the lowest bit first.
enum BitPacking {
  /// Bits that numbers below `count` need.
  static func width(count: Int) -> Int { count <= 1 ? 0 : Int.bitWidth - (count - 1).leadingZeroBitCount }

  /// The width in which codes are written: whole bytes, among which zstd finds more again than it costs.
  static func writtenWidth(count: Int) -> Int { (width(count: count) + 7) / 8 * 8 }

  static func byteCount(_ count: Int, width: Int) -> Int { (count * width + 7) / 8 }

  /// Appends numbers of `width` bits, at most 32, and nothing above.
  static func append(_ numbers: UnsafeBufferPointer<UInt32>, width: Int, to room: inout ByteRoom) {
    guard width > 0 else { return }
    let total = byteCount(numbers.count, width: width)
    room.reserve(total + 8)
    let output = UnsafeMutableRawPointer(room.start + room.count)
    var word: UInt64 = 0
    var filled = 0
    var at = 0
    for number in numbers {
      word |= UInt64(number) << UInt64(filled)
      filled += width
      while filled >= 32 {
        output.storeBytes(of: UInt32(truncatingIfNeeded: word).littleEndian, toByteOffset: at, as: UInt32.self)
        at += 4
        word >>= 32
        filled -= 32
      }
    }
    output.storeBytes(of: word.littleEndian, toByteOffset: at, as: UInt64.self)
    room.setCount(room.count + total)
  }

  /// Reads numbers of `width` bits, at most 32. Eight bytes behind the last must be readable.
  static func unpack(
    _ bytes: UnsafeRawPointer, width: Int, into numbers: UnsafeMutableBufferPointer<UInt32>
  ) {
    let mask = UInt64(1) << UInt64(width) - 1
    for at in numbers.indices {
      let bit = at * width
      let word = UInt64(littleEndian: bytes.loadUnaligned(fromByteOffset: bit >> 3, as: UInt64.self))
      numbers[at] = UInt32(truncatingIfNeeded: word >> UInt64(bit & 7) & mask)
    }
  }
}
