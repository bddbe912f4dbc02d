import CZstd
import Foundation

/// A zstd stream of one or more frames.
final class ZstdSource: ByteSource {
  private let source: any ByteSource
  private let stream: OpaquePointer
  private var input: UnsafeMutableBufferPointer<UInt8>
  private var position = 0
  private var available: Int
  private var ended = false
  private var inFrame = true
  private var guardian = RatioGuard()

  init(_ source: any ByteSource, head: [UInt8]) throws {
    self.source = source
    guard let stream = ZSTD_createDStream() else { throw InputError.unreadable("not enough memory for zstd") }
    self.stream = stream
    // 2^27 bytes of window: what `zstd --long` writes at most without being told more.
    ZSTD_DCtx_setParameter(stream, ZSTD_d_windowLogMax, 27)
    input = .allocate(capacity: max(1 << 18, head.count))
    _ = input.update(fromContentsOf: head)
    available = head.count
  }

  deinit {
    ZSTD_freeDStream(stream)
    input.deallocate()
  }

  var bytesTaken: Int { source.bytesTaken }

  func noteRecords() {
    guardian.noteRecords()
    source.noteRecords()
  }

  func read(into start: UnsafeMutablePointer<UInt8>, capacity: Int) throws -> Int {
    guard !ended else { return 0 }
    try guardian.check()
    var output = ZSTD_outBuffer(dst: start, size: capacity, pos: 0)
    while output.pos < capacity {
      if position == available {
        available = try source.read(into: input.baseAddress!, capacity: input.count)
        position = 0
        if available == 0 {
          if output.pos > 0 { break }
          ended = true
          if inFrame { throw InputError.tornCompression("the zstd stream ends in the middle of a frame") }
          break
        }
      }
      var piece = ZSTD_inBuffer(src: input.baseAddress, size: available, pos: position)
      let code = ZSTD_decompressStream(stream, &output, &piece)
      position = piece.pos
      if ZSTD_isError(code) != 0 {
        if output.pos > 0 {
          failure = String(cString: ZSTD_getErrorName(code))
          break
        }
        ended = true
        throw InputError.tornCompression("the zstd stream is damaged: \(String(cString: ZSTD_getErrorName(code)))")
      }
      inFrame = code != 0
    }
    if output.pos == 0, let failure {
      ended = true
      throw InputError.tornCompression("the zstd stream is damaged: \(failure)")
    }
    guardian.add(output.pos, input: bytesTaken - (available - position))
    return output.pos
  }

  private var failure: String?
}
