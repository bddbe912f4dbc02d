/// Bytes that are written one after another into memory that is kept for the next file.
///
/// A class over raw memory and not an array: the hot loop then pays for one bounds comparison per piece and nothing else.
/// Not for use by several threads at a time.
final class ByteWriter {
  private(set) var base: UnsafeMutablePointer<UInt8>
  private(set) var count = 0
  private var capacity: Int

  init(capacity: Int) {
    self.capacity = max(capacity, 64)
    base = .allocate(capacity: self.capacity)
  }

  deinit {
    base.deallocate()
  }

  var buffer: UnsafeBufferPointer<UInt8> { UnsafeBufferPointer(start: base, count: count) }

  var text: String { String(decoding: buffer, as: UTF8.self) }

  func removeAll() {
    count = 0
  }

  @inline(__always)
  func reserve(_ more: Int) {
    if capacity - count < more { grow(more) }
  }

  @inline(never)
  private func grow(_ more: Int) {
    let larger = max(capacity * 2, count + more)
    let memory = UnsafeMutablePointer<UInt8>.allocate(capacity: larger)
    memory.update(from: base, count: count)
    base.deallocate()
    base = memory
    capacity = larger
  }

  @inline(__always)
  func append(_ start: UnsafePointer<UInt8>, _ length: Int) {
    reserve(length)
    (base + count).update(from: start, count: length)
    count += length
  }

  @inline(__always)
  func append(_ byte: UInt8) {
    reserve(1)
    base[count] = byte
    count += 1
  }

  func append(_ bytes: [UInt8]) {
    bytes.withUnsafeBufferPointer { pieces in
      if let start = pieces.baseAddress { append(start, pieces.count) }
    }
  }

  func append(_ text: String) {
    var text = text
    text.withUTF8 { pieces in
      if let start = pieces.baseAddress { append(start, pieces.count) }
    }
  }

  /// The lowest `count` hexadecimal digits of `word`, the highest of them first.
  @inline(__always)
  func appendHexadecimal(_ word: UInt64, _ digits: Int) {
    reserve(digits)
    var shift = UInt64(digits * 4)
    for index in 0..<digits {
      shift -= 4
      let nibble = UInt8(truncatingIfNeeded: (word >> shift) & 15)
      base[count + index] = nibble < 10 ? 48 + nibble : 87 + nibble
    }
    count += digits
  }

  @inline(__always)
  func appendUUID(high: UInt64, low: UInt64) {
    appendHexadecimal(high >> 32, 8)
    append(45)
    appendHexadecimal(high >> 16, 4)
    append(45)
    appendHexadecimal(high, 4)
    append(45)
    appendHexadecimal(low >> 48, 4)
    append(45)
    appendHexadecimal(low, 12)
  }

  /// A number below 100 as two digits.
  @inline(__always)
  func appendTwoDigits(_ value: Int) {
    append(48 + UInt8(truncatingIfNeeded: value / 10))
    append(48 + UInt8(truncatingIfNeeded: value % 10))
  }

  /// A number of 0 or more in decimal digits.
  func appendDecimal(_ value: UInt64) {
    var divisor: UInt64 = 1
    while value / divisor >= 10 { divisor *= 10 }
    while divisor > 0 {
      append(48 + UInt8(truncatingIfNeeded: value / divisor % 10))
      divisor /= 10
    }
  }
}
