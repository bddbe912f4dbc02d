import Foundation

/// Memory for the unescaped strings of one event: handed out piece by piece, taken back all at once.
final class ByteArena {
  private var blocks: [UnsafeMutableBufferPointer<UInt8>] = []
  private var block = 0
  private var used = 0

  deinit { for block in blocks { block.deallocate() } }

  /// Takes back all that was handed out; large blocks are freed.
  func reset() {
    block = 0
    used = 0
    while let last = blocks.last, blocks.count > 1 {
      last.deallocate()
      blocks.removeLast()
    }
  }

  /// A copy of some bytes that stays until the next reset.
  func copy(_ bytes: UnsafeBufferPointer<UInt8>) -> UnsafeBufferPointer<UInt8> {
    if blocks.isEmpty || used + bytes.count > blocks[block].count {
      blocks.append(.allocate(capacity: max(1 << 16, bytes.count)))
      block = blocks.count - 1
      used = 0
    }
    let start = blocks[block].baseAddress! + used
    if bytes.count > 0 { memcpy(start, bytes.baseAddress!, bytes.count) }
    used += bytes.count
    return UnsafeBufferPointer(start: start, count: bytes.count)
  }
}
