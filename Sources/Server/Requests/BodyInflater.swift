import CZlib

/// Takes gzip or zlib off a body as it comes.
///
/// How much it makes is bounded by whoever takes it, which throws: never more than 64 KiB are made beyond that.
struct BodyInflater {
  private let stream: Stream
  private var isAtEnd = false
  private var hasBegun = false

  init() throws { stream = try Stream() }

  /// Hands what comes of some bytes to `take`, in pieces. Throws `BodyReader.Fault`, and what that throws.
  mutating func add(_ piece: UnsafeRawBufferPointer, _ take: (UnsafeRawBufferPointer) throws -> Void) throws {
    guard let base = piece.baseAddress, piece.count > 0 else { return }
    stream.z.pointee.next_in = UnsafeMutablePointer(mutating: base.assumingMemoryBound(to: UInt8.self))
    stream.z.pointee.avail_in = UInt32(clamping: piece.count)
    while stream.z.pointee.avail_in > 0 {
      if isAtEnd {
        // Another member follows, as gzip allows.
        guard inflateReset(stream.z) == Z_OK else { throw BodyReader.Fault.broken("it cannot be decompressed") }
        isAtEnd = false
      }
      hasBegun = true
      stream.z.pointee.next_out = stream.output.baseAddress
      stream.z.pointee.avail_out = UInt32(stream.output.count)
      let status = inflate(stream.z, Z_NO_FLUSH)
      let made = stream.output.count - Int(stream.z.pointee.avail_out)
      if made > 0 { try take(UnsafeRawBufferPointer(start: stream.output.baseAddress, count: made)) }
      switch status {
      case Z_OK: break
      case Z_STREAM_END: isAtEnd = true
      case Z_BUF_ERROR where made == 0 && stream.z.pointee.avail_in == 0: return
      default: throw BodyReader.Fault.broken("its compression is damaged")
      }
    }
    // What is made of bytes that have all been taken in.
    while !isAtEnd, stream.z.pointee.avail_out == 0 {
      stream.z.pointee.next_out = stream.output.baseAddress
      stream.z.pointee.avail_out = UInt32(stream.output.count)
      let status = inflate(stream.z, Z_NO_FLUSH)
      let made = stream.output.count - Int(stream.z.pointee.avail_out)
      if made > 0 { try take(UnsafeRawBufferPointer(start: stream.output.baseAddress, count: made)) }
      if status == Z_STREAM_END { isAtEnd = true }
      guard status == Z_OK || status == Z_STREAM_END || status == Z_BUF_ERROR else {
        throw BodyReader.Fault.broken("its compression is damaged")
      }
      if status == Z_BUF_ERROR { break }
    }
  }

  /// Throws where the end has not come.
  func finish() throws {
    guard isAtEnd || !hasBegun else { throw BodyReader.Fault.broken("its compression ends too early") }
  }

  private final class Stream {
    let z = UnsafeMutablePointer<z_stream>.allocate(capacity: 1)
    let output = UnsafeMutableBufferPointer<UInt8>.allocate(capacity: 64 << 10)

    init() throws {
      z.initialize(to: z_stream())
      guard martlet_inflate_init_any(z) == Z_OK else { throw BodyReader.Fault.broken("there is no memory for it") }
    }

    deinit {
      inflateEnd(z)
      z.deallocate()
      output.deallocate()
    }
  }
}
