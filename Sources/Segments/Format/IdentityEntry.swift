import CDeflate
import Events

/// An id in the file: its 16 bytes, high half first, its scope, its row.
struct IdentityEntry {
  let id: EventID
  let scope: UInt32
  let row: UInt32

  @inline(__always)
  init(_ bytes: UnsafeRawPointer) {
    func word(_ offset: Int) -> UInt64 {
      UInt64(littleEndian: bytes.loadUnaligned(fromByteOffset: offset, as: UInt64.self))
    }
    id = EventID(high: word(0), low: word(8))
    let last = word(16)
    scope = UInt32(truncatingIfNeeded: last)
    row = UInt32(truncatingIfNeeded: last >> 32)
  }

  var identity: EventIdentity { EventIdentity(id, scope: scope) }
}

/// The CRC-32 of the 12 bytes that the header starts with, or the trailer.
enum FrameChecksum {
  static func of(_ frame: UnsafeRawPointer) -> UInt32 { libdeflate_crc32(0, frame, 12) }

  /// What stands behind the version in the header.
  static func ofHeader(_ header: UnsafeRawPointer, version: UInt32) -> UInt32 { version < 3 ? 0 : of(header) }
}
