/// What all columns have of one kind, values or codes, one behind the other, cut into blocks: small columns share one, and
/// a large one has several of its own.
struct StreamSpace: ~Copyable {
  let kind: BlockKind
  /// What is not in a block yet; a column appends here.
  var room = ByteRoom()
  /// Finished blocks that are in no file yet.
  private(set) var packed = ByteRoom()
  private(set) var blocks: [BlockPlace] = []
  private var streamStart = 0

  init(_ kind: BlockKind) { self.kind = kind }

  /// Bytes that the present column has appended.
  var streamBytes: Int { room.count - streamStart }

  /// Ends a column.
  mutating func endStream(_ packer: borrowing BlockPacker) throws(SegmentFault) {
    if streamBytes >= SegmentFormat.columnBlock, streamStart > 0 { try cut(streamStart, packer) }
    var done = 0
    while room.count - done >= SegmentFormat.columnCut {
      try pack(done, SegmentFormat.columnCut, packer)
      done += SegmentFormat.columnCut
    }
    if room.count - done >= SegmentFormat.columnBlock {
      try pack(done, room.count - done, packer)
      done = room.count
    }
    room.removeFirst(done)
    streamStart = room.count
  }

  mutating func finish(_ packer: borrowing BlockPacker) throws(SegmentFault) {
    if room.count > 0 { try cut(room.count, packer) }
  }

  /// Writes finished blocks to the file, so that they are not gathered: all of them, or as soon as there are many.
  mutating func drain(to file: inout NewFile, all: Bool = false) throws(SegmentFault) {
    guard all || packed.count >= SegmentFormat.columnCut else { return }
    try file.write(packed)
    packed.removeAll()
  }

  private mutating func cut(_ count: Int, _ packer: borrowing BlockPacker) throws(SegmentFault) {
    try pack(0, count, packer)
    room.removeFirst(count)
    streamStart -= min(streamStart, count)
  }

  private mutating func pack(_ start: Int, _ count: Int, _ packer: borrowing BlockPacker) throws(SegmentFault) {
    let bytes = UnsafeRawBufferPointer(rebasing: room.bytes[start..<start + count])
    blocks.append(try packer.append(kind, number: blocks.count, bytes, to: &packed))
  }
}
