/// Bytes that grow, in memory of their own, with some zeros that may be read behind them where `pad` says so.
struct ByteRoom: ~Copyable {
  private(set) var start: UnsafeMutablePointer<UInt8>
  private(set) var count = 0
  private var capacity: Int

  init(capacity: Int = 256) {
    self.capacity = capacity
    start = .allocate(capacity: capacity)
  }

  deinit { start.deallocate() }

  /// Borrowed: whoever uses them sees to it that this lives on, if need be by `withExtendedLifetime`.
  var bytes: UnsafeRawBufferPointer { UnsafeRawBufferPointer(start: start, count: count) }

  /// Makes room for more bytes behind those that are there.
  @inline(__always)
  mutating func reserve(_ more: Int) {
    if count + more > capacity { grow(more) }
  }

  @inline(never)
  private mutating func grow(_ more: Int) {
    let larger = max(capacity * 2, count + more)
    let room = UnsafeMutablePointer<UInt8>.allocate(capacity: larger)
    room.update(from: start, count: count)
    start.deallocate()
    start = room
    capacity = larger
  }

  mutating func removeAll() { count = 0 }

  /// Forgets the first bytes.
  mutating func removeFirst(_ gone: Int) {
    precondition(gone <= count, "more bytes than there are")
    start.update(from: start + gone, count: count - gone)
    count -= gone
  }

  /// Says how many bytes there are, after they were written behind `start`.
  mutating func setCount(_ count: Int) {
    precondition(count <= capacity, "more bytes than there is room for")
    self.count = count
  }

  /// Puts zeros behind the bytes, which do not count.
  mutating func pad() {
    reserve(SegmentFormat.padding)
    (start + count).update(repeating: 0, count: SegmentFormat.padding)
  }

  @inline(__always)
  mutating func append(_ byte: UInt8) {
    reserve(1)
    start[count] = byte
    count += 1
  }

  @inline(__always)
  mutating func append(_ bytes: UnsafeRawBufferPointer) {
    guard let base = bytes.baseAddress, !bytes.isEmpty else { return }
    reserve(bytes.count)
    UnsafeMutableRawPointer(start + count).copyMemory(from: base, byteCount: bytes.count)
    count += bytes.count
  }

  mutating func append(_ other: borrowing ByteRoom) { append(other, 0..<other.count) }

  mutating func append(_ other: borrowing ByteRoom, _ range: Range<Int>) {
    append(UnsafeRawBufferPointer(rebasing: other.bytes[range]))
  }

  mutating func append(text: String) {
    var text = text
    text.withUTF8 { utf8 in
      append(varint: UInt64(utf8.count))
      append(UnsafeRawBufferPointer(utf8))
    }
  }

  /// Appends an integer, low byte first.
  @inline(__always)
  mutating func append<Number: FixedWidthInteger & BitwiseCopyable>(fixed number: Number) {
    reserve(MemoryLayout<Number>.size)
    UnsafeMutableRawPointer(start + count).storeBytes(of: number.littleEndian, as: Number.self)
    count += MemoryLayout<Number>.size
  }

  /// Appends an integer in 7 bits a byte, the lowest first; the high bit says that more follow.
  @inline(__always)
  mutating func append(varint number: UInt64) {
    reserve(10)
    var number = number
    while number >= 0x80 {
      start[count] = UInt8(truncatingIfNeeded: number) | 0x80
      count += 1
      number >>= 7
    }
    start[count] = UInt8(truncatingIfNeeded: number)
    count += 1
  }

  mutating func append(varint number: Int) { append(varint: UInt64(number)) }
}
