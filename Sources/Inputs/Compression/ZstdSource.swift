import CZstd

/// A zstd stream of one or more frames.
final class ZstdSource: PackedSource {
  private let stream: OpaquePointer
  private var isInFrame = true

  init(unpacking source: any ByteSource) throws {
    guard let stream = ZSTD_createDStream() else { throw InputError.unreadable("not enough memory for zstd") }
    self.stream = stream
    // 2^27 bytes of window: what `zstd --long` writes at most without being told more.
    ZSTD_DCtx_setParameter(stream, ZSTD_d_windowLogMax, 27)
    super.init(source)
  }

  deinit { ZSTD_freeDStream(stream) }

  override func decompress(into room: UnsafeMutableBufferPointer<UInt8>, isAtEnd: Bool) -> Int {
    if isAtEnd, !isInFrame {
      end(nil)
      return 0
    }
    var output = ZSTD_outBuffer(dst: room.baseAddress, size: room.count, pos: 0)
    var piece = ZSTD_inBuffer(src: input.baseAddress, size: input.count, pos: 0)
    let code = ZSTD_decompressStream(stream, &output, &piece)
    keep(input.count - piece.pos)
    if ZSTD_isError(code) != 0 {
      end(InputError.tornCompression("the zstd stream is damaged: \(String(cString: ZSTD_getErrorName(code)))"))
    } else if isAtEnd, output.pos == 0 {
      end(InputError.tornCompression("the zstd stream ends in the middle of a frame"))
    } else {
      isInFrame = code != 0
    }
    return output.pos
  }
}
