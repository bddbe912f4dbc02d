import CBzip2

/// A bzip2 file of one or more streams, as parallel compressors write several.
final class Bzip2Source: PackedSource {
  private var stream = bz_stream()
  private var streams = 0

  init(unpacking source: any ByteSource) throws {
    super.init(source)
    guard BZ2_bzDecompressInit(&stream, 0, 0) == BZ_OK else {
      throw InputError.unreadable("not enough memory for bzip2")
    }
  }

  deinit { BZ2_bzDecompressEnd(&stream) }

  override func decompress(into room: UnsafeMutableBufferPointer<UInt8>, isAtEnd: Bool) throws -> Int {
    let code = room.withMemoryRebound(to: CChar.self) { output in
      input.withMemoryRebound(to: CChar.self) { input in
        (stream.next_in, stream.avail_in) = (input.baseAddress, UInt32(input.count))
        (stream.next_out, stream.avail_out) = (output.baseAddress, UInt32(output.count))
        return BZ2_bzDecompress(&stream)
      }
    }
    keep(Int(stream.avail_in))
    let count = room.count - Int(stream.avail_out)
    switch code {
    case BZ_OK:
      if isAtEnd, count == 0 {
        end(InputError.tornCompression("the bzip2 file ends in the middle of stream \(streams + 1)"))
      }
    case BZ_STREAM_END: try beginNext()
    case BZ_MEM_ERROR: end(InputError.unreadable("not enough memory for bzip2"))
    default: end(InputError.tornCompression("bzip2 stream \(streams + 1) is damaged"))
    }
    return count
  }

  /// Steps to the next stream, or ends where there is none.
  private func beginNext() throws {
    streams += 1
    guard try refill() else { return end(nil) }
    guard input.first == UInt8(ascii: "B") else {
      return end(InputError.tornCompression("something that is no bzip2 stream follows stream \(streams)"))
    }
    BZ2_bzDecompressEnd(&stream)
    stream = bz_stream()
    guard BZ2_bzDecompressInit(&stream, 0, 0) == BZ_OK else {
      return end(InputError.unreadable("not enough memory for bzip2"))
    }
  }
}
