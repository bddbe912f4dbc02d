import CLzma

/// An xz file of one or more streams.
final class XzSource: ByteSource {
  /// What the decoder may take: the largest dictionary that `xz -9` writes is 64 MiB.
  private static let mostMemory: UInt64 = 128 << 20

  private let source: any ByteSource
  private var stream = martlet_lzma_stream()
  private let input = UnsafeMutableBufferPointer<UInt8>.allocate(capacity: 1 << 18)
  private var atEnd = false
  private var ended = false
  /// Trouble that is told once all that came before it has been given.
  private var pending: InputError?
  private var guardian = RatioGuard()

  init(_ source: any ByteSource) throws {
    self.source = source
    // Several streams, and zeros between them, are one text.
    guard lzma_stream_decoder(&stream, Self.mostMemory, martlet_lzma_concatenated) == LZMA_OK else {
      throw InputError.unreadable("not enough memory for xz")
    }
  }

  deinit {
    lzma_end(&stream)
    input.deallocate()
  }

  var bytesTaken: Int { source.bytesTaken }

  func noteRecords() {
    guardian.noteRecords()
    source.noteRecords()
  }

  func takeProblems() -> [SourceProblem] { source.takeProblems() }

  private func refill() throws {
    guard stream.avail_in == 0, !atEnd, let start = input.baseAddress else { return }
    let count = try source.read(into: start, capacity: input.count)
    stream.next_in = UnsafePointer(start)
    stream.avail_in = count
    atEnd = count == 0
  }

  func read(into start: UnsafeMutablePointer<UInt8>, capacity: Int) throws -> Int {
    if !ended { try guardian.check() }
    stream.next_out = start
    stream.avail_out = capacity
    while stream.avail_out > 0, !ended {
      try refill()
      let code = lzma_code(&stream, atEnd ? LZMA_FINISH : LZMA_RUN)
      switch code {
      case LZMA_OK: continue
      case LZMA_STREAM_END: end(nil)
      case LZMA_MEM_ERROR: end(InputError.unreadable("not enough memory for xz"))
      case LZMA_MEMLIMIT_ERROR:
        end(InputError.unreadable("the xz file asks for more than \(Self.mostMemory >> 20) MiB of memory"))
      case LZMA_BUF_ERROR where atEnd: end(InputError.tornCompression("the xz file ends in the middle of a stream"))
      case LZMA_OPTIONS_ERROR:
        end(InputError.unreadable("the xz file uses what this version of the library does not know"))
      default: end(InputError.tornCompression("the xz file is damaged"))
      }
    }
    let count = capacity - stream.avail_out
    if count == 0, let error = pending {
      pending = nil
      throw error
    }
    guardian.add(count, input: bytesTaken - stream.avail_in)
    return count
  }

  private func end(_ error: InputError?) {
    ended = true
    pending = error
  }
}
