import CDeflate

/// A gzip compressor whose memory is kept from one file to the next.
final class Gzip {
  private let compressor: OpaquePointer
  private var room: UnsafeMutableRawBufferPointer

  /// Fails when memory is short; `level` is 1 to 12.
  init?(level: Int) {
    guard let compressor = libdeflate_alloc_compressor(Int32(level)) else { return nil }
    self.compressor = compressor
    room = .allocate(byteCount: 1 << 18, alignment: 16)
  }

  deinit {
    libdeflate_free_compressor(compressor)
    room.deallocate()
  }

  /// One gzip member that holds `bytes`; valid until the next call.
  func member(of bytes: UnsafeBufferPointer<UInt8>) -> UnsafeRawBufferPointer {
    let bound = libdeflate_gzip_compress_bound(compressor, bytes.count)
    if room.count < bound {
      room.deallocate()
      room = .allocate(byteCount: bound, alignment: 16)
    }
    // The room is as large as the bound, so the call cannot run out of it.
    let size = libdeflate_gzip_compress(compressor, bytes.baseAddress, bytes.count, room.baseAddress, room.count)
    return UnsafeRawBufferPointer(rebasing: room[..<size])
  }
}
