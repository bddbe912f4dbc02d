import CZlib

/// A gzip stream of one or more members.
final class GzipSource: PackedSource {
  private var stream = z_stream()
  private var members = 0

  init(unpacking source: any ByteSource) throws {
    super.init(source)
    guard martlet_inflate_init_gzip(&stream) == Z_OK else { throw InputError.unreadable("not enough memory for gzip") }
  }

  deinit { inflateEnd(&stream) }

  override func decompress(into room: UnsafeMutableBufferPointer<UInt8>, isAtEnd: Bool) throws -> Int {
    (stream.next_in, stream.avail_in) = (input.baseAddress, UInt32(input.count))
    (stream.next_out, stream.avail_out) = (room.baseAddress, UInt32(room.count))
    let code = inflate(&stream, Z_NO_FLUSH)
    keep(Int(stream.avail_in))
    let count = room.count - Int(stream.avail_out)
    switch code {
    case Z_STREAM_END: try beginNext()
    case Z_OK, Z_BUF_ERROR:
      if isAtEnd, count == 0 {
        end(InputError.tornCompression("the gzip stream ends in the middle of member \(members + 1)"))
      }
    default:
      let cause = stream.msg.map { String(cString: $0) } ?? "code \(code)"
      end(InputError.tornCompression("gzip member \(members + 1) is damaged: \(cause)"))
    }
    return count
  }

  /// Steps to the next member, over zeros, or ends where there is none.
  private func beginNext() throws {
    members += 1
    while try refill() {
      if input[0] == 0x1F {
        inflateReset(&stream)
        return
      }
      guard input[0] == 0 else {
        return end(InputError.tornCompression("something that is no gzip member follows member \(members)"))
      }
      keep(input.count - 1)
    }
    end(nil)
  }
}
