/// The bytes of a block of source texts: for each text where it ends, counted from the start of the first; then the texts.
///
/// Where a gzip member is kept, the block unpacks to the text that came as the member, in which the source texts lie one behind the other with
/// something between them. What is stored is 4 bytes, how many bytes say where; for each source text two varints, how many bytes
/// lie between the end of the one before (or the start) and it, and how long it is; then the member.
enum SourceBlock {
  static let endBytes = 4

  /// Where a text ends.
  @inline(__always)
  static func end(_ block: UnsafeRawBufferPointer, _ text: Int) -> Int {
    Int(UInt32(littleEndian: block.loadUnaligned(fromByteOffset: text * endBytes, as: UInt32.self)))
  }

  /// Where the member stands among what is stored of a block that has one.
  static func member(
    _ stored: UnsafeRawBufferPointer, of block: BlockPlace
  ) throws(SegmentFault) -> (places: UnsafeRawBufferPointer, member: UnsafeRawBufferPointer) {
    var reader = ByteReader(stored, of: block)
    let places = try reader.take(Int(try reader.fixed(UInt32.self)))
    return (places, try reader.take(reader.left))
  }

  /// Where the texts lie in what a member unpacks to.
  static func places(
    _ stored: UnsafeRawBufferPointer, _ rows: Int, of block: BlockPlace
  ) throws(SegmentFault) -> [Range<Int>] {
    var reader = ByteReader(try member(stored, of: block).places, of: block)
    var places: [Range<Int>] = []
    places.reserveCapacity(rows)
    var end = 0
    for _ in 0..<rows {
      let (gap, length) = (try reader.varint(), try reader.varint())
      guard gap <= UInt64(block.rawBytes - end), length <= UInt64(block.rawBytes - end) - gap else {
        throw SegmentFault(cause: "a text lies beyond what the gzip member unpacks to", block: block)
      }
      places.append(end + Int(gap)..<end + Int(gap) + Int(length))
      end = places.last!.upperBound
    }
    guard reader.left == 0 else { throw SegmentFault(cause: "it tells of more texts than it has", block: block) }
    return places
  }
}
