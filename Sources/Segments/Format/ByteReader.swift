/// Goes over bytes that nobody vouches for: whatever would lie beyond them is a fault.
struct ByteReader {
  let bytes: UnsafeRawBufferPointer
  private(set) var at = 0
  /// The block that the bytes are of, for errors.
  let block: BlockPlace

  init(_ bytes: UnsafeRawBufferPointer, of block: BlockPlace) {
    self.bytes = bytes
    self.block = block
  }

  var left: Int { bytes.count - at }

  func fault(_ cause: String) -> SegmentFault {
    SegmentFault(cause: "\(cause), before byte \(at) of what is unpacked", block: block)
  }

  @inline(__always)
  mutating func byte() throws(SegmentFault) -> UInt8 {
    guard at < bytes.count else { throw fault("it ends early") }
    defer { at += 1 }
    return bytes[at]
  }

  mutating func take(_ count: Int) throws(SegmentFault) -> UnsafeRawBufferPointer {
    guard count >= 0, count <= left else { throw fault("it ends early") }
    defer { at += count }
    return UnsafeRawBufferPointer(rebasing: bytes[at..<at + count])
  }

  mutating func fixed<Number: FixedWidthInteger & BitwiseCopyable>(
    _ type: Number.Type
  ) throws(SegmentFault) -> Number {
    let size = MemoryLayout<Number>.size
    guard size <= left else { throw fault("it ends early") }
    defer { at += size }
    return Number(littleEndian: bytes.loadUnaligned(fromByteOffset: at, as: Number.self))
  }

  @inline(__always)
  mutating func varint() throws(SegmentFault) -> UInt64 {
    if at < bytes.count, bytes[at] < 0x80 {
      defer { at += 1 }
      return UInt64(bytes[at])
    }
    return try longVarint()
  }

  private mutating func longVarint() throws(SegmentFault) -> UInt64 {
    var number: UInt64 = 0
    var shift: UInt64 = 0
    while true {
      let next = try byte()
      guard shift < 63 || next <= 1 else { throw fault("a number has more than 64 bits") }
      number |= UInt64(next & 0x7F) << shift
      if next < 0x80 { return number }
      shift += 7
    }
  }

  /// A number that is at most `bound`.
  @inline(__always)
  mutating func count(upTo bound: Int, _ what: StaticString) throws(SegmentFault) -> Int {
    let number = try varint()
    guard number <= UInt64(bound) else { throw fault("\(what) is \(number), of at most \(bound)") }
    return Int(number)
  }

  /// The bytes of a text, behind its length.
  mutating func textBytes(_ what: StaticString) throws(SegmentFault) -> UnsafeRawBufferPointer {
    try take(try count(upTo: SegmentFormat.longestPath, what))
  }

  /// A text of its length and its bytes.
  mutating func text(_ what: StaticString) throws(SegmentFault) -> String {
    let bytes = try textBytes(what)
    guard let text = String(validating: bytes, as: UTF8.self) else { throw fault("\(what) is not UTF-8") }
    return text
  }

  func finish() throws(SegmentFault) {
    guard left == 0 else { throw fault("\(left) bytes are left over") }
  }
}
