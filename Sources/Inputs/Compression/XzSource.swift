import CLzma

/// An xz file of one or more streams.
final class XzSource: PackedSource {
  /// What the decoder may take: the largest dictionary that `xz -9` writes is 64 MiB.
  private static let mostMemory: UInt64 = 128 << 20

  private var stream = martlet_lzma_stream()

  init(unpacking source: any ByteSource) throws {
    super.init(source)
    // Several streams, and zeros between them, are one text.
    guard lzma_stream_decoder(&stream, Self.mostMemory, martlet_lzma_concatenated) == LZMA_OK else {
      throw InputError.unreadable("not enough memory for xz")
    }
  }

  deinit { lzma_end(&stream) }

  override func decompress(into room: UnsafeMutableBufferPointer<UInt8>, isAtEnd: Bool) -> Int {
    (stream.next_in, stream.avail_in) = (UnsafePointer(input.baseAddress), input.count)
    (stream.next_out, stream.avail_out) = (room.baseAddress, room.count)
    let code = lzma_code(&stream, isAtEnd ? LZMA_FINISH : LZMA_RUN)
    keep(stream.avail_in)
    switch code {
    case LZMA_OK: break
    case LZMA_STREAM_END: end(nil)
    case LZMA_MEM_ERROR: end(InputError.unreadable("not enough memory for xz"))
    case LZMA_MEMLIMIT_ERROR:
      end(InputError.unreadable("the xz file asks for more than \(Self.mostMemory >> 20) MiB of memory"))
    case LZMA_BUF_ERROR where isAtEnd: end(InputError.tornCompression("the xz file ends in the middle of a stream"))
    case LZMA_OPTIONS_ERROR:
      end(InputError.unreadable("the xz file uses what this version of the library does not know"))
    default: end(InputError.tornCompression("the xz file is damaged"))
    }
    return room.count - stream.avail_out
  }
}
