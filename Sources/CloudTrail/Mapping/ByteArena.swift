import Foundation

/// Memory for the values of one event, or of what is remembered of many: handed out piece by piece, taken back all at
/// once.
final class ByteArena {
  private var blocks: [UnsafeMutableRawBufferPointer] = []
  private var used = 0
  /// Bytes of all blocks.
  private(set) var size = 0

  deinit { for block in blocks { block.deallocate() } }

  /// Takes back all that was handed out; all blocks but the first are freed.
  func reset() {
    used = 0
    while let last = blocks.last, blocks.count > 1 {
      size -= last.count
      last.deallocate()
      blocks.removeLast()
    }
  }

  private func allocate(_ count: Int, alignment: Int) -> UnsafeMutableRawPointer {
    var start = (used + alignment - 1) & ~(alignment - 1)
    if blocks.isEmpty || start + count > blocks[blocks.count - 1].count {
      blocks.append(.allocate(byteCount: max(1 << 16, count), alignment: 16))
      size += blocks[blocks.count - 1].count
      start = 0
    }
    used = start + count
    return blocks[blocks.count - 1].baseAddress! + start
  }

  /// A copy of some bytes that stays until the next reset.
  func copy(_ bytes: UnsafeBufferPointer<UInt8>) -> UnsafeBufferPointer<UInt8> {
    let start = allocate(bytes.count, alignment: 1).bindMemory(to: UInt8.self, capacity: bytes.count)
    if bytes.count > 0 { memcpy(start, bytes.baseAddress!, bytes.count) }
    return UnsafeBufferPointer(start: start, count: bytes.count)
  }

  /// A copy of values that hold no references.
  func copy<Value: BitwiseCopyable>(_ values: [Value]) -> UnsafeBufferPointer<Value> {
    let room = allocate(values.count * MemoryLayout<Value>.stride, alignment: MemoryLayout<Value>.alignment)
    let start = room.bindMemory(to: Value.self, capacity: values.count)
    start.initialize(from: values, count: values.count)
    return UnsafeBufferPointer(start: start, count: values.count)
  }
}
