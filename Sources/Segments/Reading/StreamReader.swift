/// Reads what all columns have of one kind, values or codes, from the blocks that it was cut into.
struct StreamReader: ~Copyable {
  private let unpacker: BlockUnpacker
  private let blocks: BlockRun
  /// Where each block starts among the bytes of all, and where the last ends.
  private let starts: [Int]
  /// The bytes of `current`.
  private var room = ByteRoom()
  private var current = -1
  /// A column's bytes where they are of several blocks, and which.
  private var whole = ByteRoom()
  private var wholeRange = 0..<0

  init(_ unpacker: BlockUnpacker, _ blocks: BlockRun, starts: [Int]) {
    self.unpacker = unpacker
    self.blocks = blocks
    self.starts = starts
  }

  /// Some of the bytes, until the next call, with zeros or others behind them that may be read.
  mutating func bytes(_ start: Int, _ count: Int, of owner: BlockPlace) throws(SegmentFault) -> ByteReader {
    guard count > 0 else { return ByteReader(UnsafeRawBufferPointer(start: room.start, count: 0), of: owner) }
    precondition(start >= 0 && start + count <= starts.last!, "bytes of another segment")
    let first = block(of: start)
    if start + count <= starts[first + 1] {
      try load(first)
      let begin = start - starts[first]
      return ByteReader(UnsafeRawBufferPointer(rebasing: room.bytes[begin..<begin + count]), of: blocks[first])
    }
    if wholeRange == start..<start + count { return ByteReader(whole.bytes, of: blocks[first]) }
    wholeRange = 0..<0
    whole.removeAll()
    whole.reserve(count + SegmentFormat.padding)
    var at = first
    var next = start
    while next < start + count {
      let end = min(start + count, starts[at + 1])
      if next == starts[at], end == starts[at + 1] {
        try unpacker.unpack(blocks[at], to: whole.start + whole.count)
        whole.setCount(whole.count + end - next)
      } else {
        try load(at)
        whole.append(UnsafeRawBufferPointer(rebasing: room.bytes[next - starts[at]..<end - starts[at]]))
      }
      next = end
      at += 1
    }
    whole.pad()
    wholeRange = start..<start + count
    return ByteReader(whole.bytes, of: blocks[first])
  }

  private mutating func load(_ block: Int) throws(SegmentFault) {
    guard block != current else { return }
    current = -1
    try unpacker.unpack(blocks[block], into: &room)
    current = block
  }

  /// The block that holds a byte.
  private func block(of byte: Int) -> Int {
    var low = 0
    var high = blocks.count - 1
    while low < high {
      let middle = (low + high + 1) / 2
      if starts[middle] <= byte { low = middle } else { high = middle - 1 }
    }
    return low
  }
}
