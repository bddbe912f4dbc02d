import Foundation

/// Room to write bytes into, which is used again: what is written takes no more than was asked for.
final class ByteRoom {
  private var room = UnsafeMutableBufferPointer<UInt8>.allocate(capacity: 1 << 14)

  deinit { room.deallocate() }

  /// Larger rooms are not kept.
  private static let keptBytes = 1 << 20

  /// Writes one byte behind the other.
  struct Writer {
    fileprivate let room: UnsafeMutableBufferPointer<UInt8>
    private var count = 0

    fileprivate init(_ room: UnsafeMutableBufferPointer<UInt8>) { self.room = room }

    var written: UnsafeBufferPointer<UInt8> { UnsafeBufferPointer(rebasing: room[..<count]) }

    @inline(__always)
    mutating func append(_ byte: UInt8) {
      precondition(count < room.count)
      room[count] = byte
      count += 1
    }

    @inline(__always)
    mutating func append(_ bytes: UnsafeBufferPointer<UInt8>) {
      precondition(bytes.count <= room.count - count)
      guard let start = bytes.baseAddress, bytes.count > 0 else { return }
      memcpy(room.baseAddress! + count, start, bytes.count)
      count += bytes.count
    }
  }

  /// Calls `body` with a writer that takes as many bytes.
  func withRoom(for count: Int, _ body: (inout Writer) -> Void) {
    if count > room.count || room.count > Self.keptBytes {
      room.deallocate()
      room = .allocate(capacity: max(count, 1 << 14))
    }
    var writer = Writer(room)
    body(&writer)
  }
}
