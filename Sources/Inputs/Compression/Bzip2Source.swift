import CBzip2

/// A bzip2 file of one or more streams, as parallel compressors write several.
final class Bzip2Source: ByteSource {
  private let source: any ByteSource
  private var stream = bz_stream()
  private let input = UnsafeMutableBufferPointer<CChar>.allocate(capacity: 1 << 18)
  private var streams = 0
  private var ended = false
  /// Trouble that is told once all that came before it has been given.
  private var pending: InputError?
  private var guardian = RatioGuard()

  init(_ source: any ByteSource) throws {
    self.source = source
    guard BZ2_bzDecompressInit(&stream, 0, 0) == BZ_OK else {
      throw InputError.unreadable("not enough memory for bzip2")
    }
  }

  deinit {
    BZ2_bzDecompressEnd(&stream)
    input.deallocate()
  }

  var bytesTaken: Int { source.bytesTaken }

  func noteRecords() {
    guardian.noteRecords()
    source.noteRecords()
  }

  func takeProblems() -> [SourceProblem] { source.takeProblems() }

  private func refill() throws -> Bool {
    guard stream.avail_in == 0, let start = input.baseAddress else { return true }
    let count = try start.withMemoryRebound(to: UInt8.self, capacity: input.count) {
      try source.read(into: $0, capacity: input.count)
    }
    stream.next_in = start
    stream.avail_in = UInt32(count)
    return count > 0
  }

  func read(into start: UnsafeMutablePointer<UInt8>, capacity: Int) throws -> Int {
    if !ended { try guardian.check() }
    let wanted = min(capacity, 1 << 30)
    var count = 0
    if !ended { count = try decompress(into: start, capacity: wanted) }
    if count == 0, let error = pending {
      pending = nil
      throw error
    }
    guardian.add(count, input: bytesTaken - Int(stream.avail_in))
    return count
  }

  private func decompress(into start: UnsafeMutablePointer<UInt8>, capacity: Int) throws -> Int {
    try start.withMemoryRebound(to: CChar.self, capacity: capacity) { output in
      stream.next_out = output
      stream.avail_out = UInt32(capacity)
      while stream.avail_out > 0, !ended {
        guard try refill() else {
          end(InputError.tornCompression("the bzip2 file ends in the middle of stream \(streams + 1)"))
          break
        }
        let code = BZ2_bzDecompress(&stream)
        switch code {
        case BZ_OK: continue
        case BZ_STREAM_END: try beginNext()
        case BZ_MEM_ERROR: end(InputError.unreadable("not enough memory for bzip2"))
        default: end(InputError.tornCompression("bzip2 stream \(streams + 1) is damaged"))
        }
      }
      return capacity - Int(stream.avail_out)
    }
  }

  /// Steps to the next stream, or ends where there is none.
  private func beginNext() throws {
    streams += 1
    guard try refill() else { return end(nil) }
    guard stream.next_in.pointee == CChar(UInt8(ascii: "B")) else {
      return end(InputError.tornCompression("something that is no bzip2 stream follows stream \(streams)"))
    }
    let (next, left) = (stream.next_in, stream.avail_in)
    let (output, room) = (stream.next_out, stream.avail_out)
    BZ2_bzDecompressEnd(&stream)
    stream = bz_stream()
    guard BZ2_bzDecompressInit(&stream, 0, 0) == BZ_OK else {
      return end(InputError.unreadable("not enough memory for bzip2"))
    }
    (stream.next_in, stream.avail_in) = (next, left)
    (stream.next_out, stream.avail_out) = (output, room)
  }

  private func end(_ error: InputError?) {
    ended = true
    pending = error
  }
}
