/// The source texts of one block, and of another once that is unpacked. One reader's own.
struct UnpackedSources: ~Copyable {
  private var room = ByteRoom()
  private var rows = 0
  /// Where each text lies in what a gzip member unpacks to; nil of a block of nothing but texts.
  private var places: [Range<Int>]?

  /// Unpacks a block, and checks where its texts lie.
  ///
  /// - Parameters:
  ///   - rows: how many texts it has.
  ///   - memberTexts: their bytes where the block is a gzip member as it came; nil for a block of nothing but texts.
  mutating func unpack(
    _ block: BlockPlace, rows: Int, memberTexts: Int?, _ unpacker: BlockUnpacker
  ) throws(SegmentFault) {
    self.rows = rows
    guard let memberTexts else {
      places = nil
      try unpacker.unpack(block, into: &room)
      var last = 0
      for at in 0..<rows {
        let end = SourceBlock.end(room.bytes, at)
        guard end >= last else { throw SegmentFault(cause: "a text ends before it starts", block: block) }
        last = end
      }
      guard last == block.rawBytes - rows * SourceBlock.endBytes else {
        throw SegmentFault(cause: "the texts end elsewhere than the block", block: block)
      }
      return
    }
    let places = try SourceBlock.places(unpacker.unpackMember(block, into: &room), rows, of: block)
    guard places.reduce(0, { $0 + $1.count }) == memberTexts else {
      throw SegmentFault(cause: "its texts have another length than the footer says", block: block)
    }
    self.places = places
  }

  /// One of the texts of the block that was unpacked last, there until the next is. At least 64 bytes behind it may be read.
  func text(_ at: Int) -> UnsafeBufferPointer<UInt8> {
    let range: Range<Int>
    if let places {
      range = places[at]
    } else {
      let texts = rows * SourceBlock.endBytes
      range = texts + (at == 0 ? 0 : SourceBlock.end(room.bytes, at - 1))..<texts + SourceBlock.end(room.bytes, at)
    }
    return UnsafeRawBufferPointer(rebasing: room.bytes[range]).assumingMemoryBound(to: UInt8.self)
  }
}
