import CZlib
import CZstd
import Foundation

/// Decompressed bytes, one read after another.
protocol ByteSource: AnyObject {
  /// Fills up to `capacity` bytes and returns how many; 0 at the end.
  func read(into start: UnsafeMutablePointer<UInt8>, capacity: Int) throws -> Int
  /// Bytes of the file or pipe itself taken so far.
  var bytesTaken: Int { get }
}

/// A file or standard input, as it is.
final class FileSource: ByteSource {
  private let descriptor: Int32
  private let closes: Bool
  private(set) var bytesTaken = 0

  /// Opens a file; `-` is standard input.
  init(_ path: String) throws {
    if path == "-" {
      descriptor = STDIN_FILENO
      closes = false
    } else {
      descriptor = open(path, O_RDONLY | O_CLOEXEC)
      closes = true
      if descriptor < 0 { throw InputError.fromErrno("opening it") }
    }
  }

  deinit { if closes { close(descriptor) } }

  func read(into start: UnsafeMutablePointer<UInt8>, capacity: Int) throws -> Int {
    var taken = 0
    while taken < capacity {
      let count = Foundation.read(descriptor, start + taken, capacity - taken)
      if count < 0 {
        if errno == EINTR { continue }
        throw InputError.fromErrno("reading it")
      }
      if count == 0 { break }
      taken += count
    }
    bytesTaken += taken
    return taken
  }
}

/// Counts what a decompressor gives for what it takes.
struct RatioGuard {
  private(set) var output = 0

  mutating func add(_ count: Int, input: Int) throws {
    output += count
    if output > InputLimits.ratioFreeBytes, output / InputLimits.ratio > max(1, input) {
      throw InputError.bomb("its text is more than \(InputLimits.ratio) times as long as the compressed file")
    }
  }
}

/// A gzip stream of one or more members.
final class GzipSource: ByteSource {
  private let source: any ByteSource
  private var stream = z_stream()
  private var input: UnsafeMutableBufferPointer<UInt8>
  private var ended = false
  private var members = 0
  private var guardian = RatioGuard()

  /// `head` are bytes that were taken from the source before.
  init(_ source: any ByteSource, head: [UInt8]) throws {
    self.source = source
    input = .allocate(capacity: max(1 << 18, head.count))
    _ = input.update(fromContentsOf: head)
    guard martlet_inflate_init_gzip(&stream) == Z_OK else { throw InputError.unreadable("not enough memory for gzip") }
    stream.next_in = input.baseAddress
    stream.avail_in = UInt32(head.count)
  }

  deinit {
    inflateEnd(&stream)
    input.deallocate()
  }

  var bytesTaken: Int { source.bytesTaken }

  private func refill() throws -> Bool {
    guard stream.avail_in == 0 else { return true }
    let count = try source.read(into: input.baseAddress!, capacity: input.count)
    stream.next_in = input.baseAddress
    stream.avail_in = UInt32(count)
    return count > 0
  }

  func read(into start: UnsafeMutablePointer<UInt8>, capacity: Int) throws -> Int {
    guard !ended else { return 0 }
    stream.next_out = start
    stream.avail_out = UInt32(min(capacity, 1 << 30))
    let wanted = Int(stream.avail_out)
    while stream.avail_out > 0 {
      guard try refill() else {
        ended = true
        // What came before the tear is given first; the next read says what happened.
        pending = InputError.tornCompression("the gzip stream ends in the middle of member \(members + 1)")
        break
      }
      let code = inflate(&stream, Z_NO_FLUSH)
      if code == Z_STREAM_END {
        members += 1
        guard try nextMember() else {
          ended = true
          break
        }
      } else if code != Z_OK && code != Z_BUF_ERROR {
        ended = true
        let cause = stream.msg.map { String(cString: $0) } ?? "code \(code)"
        pending = InputError.tornCompression("gzip member \(members + 1) is damaged: \(cause)")
        break
      }
    }
    let count = wanted - Int(stream.avail_out)
    if count == 0, let error = pending {
      pending = nil
      throw error
    }
    try guardian.add(count, input: bytesTaken - Int(stream.avail_in))
    return count
  }

  private var pending: InputError?

  /// Steps to the next member; false at the end of the file, zeros or anything else behind the last member.
  private func nextMember() throws -> Bool {
    while try refill() {
      if stream.next_in[0] == 0x1F {
        inflateReset(&stream)
        return true
      }
      guard stream.next_in[0] == 0 else {
        pending = InputError.tornCompression("something that is no gzip member follows member \(members)")
        return false
      }
      stream.next_in += 1
      stream.avail_in -= 1
    }
    return false
  }

  /// Trouble that was found at the very end, after all bytes had been given.
  func takePending() -> InputError? {
    defer { pending = nil }
    return pending
  }
}

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

  func read(into start: UnsafeMutablePointer<UInt8>, capacity: Int) throws -> Int {
    guard !ended else { return 0 }
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
    try guardian.add(output.pos, input: bytesTaken - (available - position))
    return output.pos
  }

  private var failure: String?
}

/// Opens a file or standard input and decompresses it by what its first bytes say it is.
func openDecompressed(_ path: String) throws -> any ByteSource {
  let file = try FileSource(path)
  var head = [UInt8](repeating: 0, count: 1 << 16)
  let count = try head.withUnsafeMutableBufferPointer { try file.read(into: $0.baseAddress!, capacity: $0.count) }
  head.removeSubrange(count...)
  switch Compression(head) {
  case .gzip: return try GzipSource(file, head: head)
  case .zstd: return try ZstdSource(file, head: head)
  case .none: return HeadedSource(file, head: head)
  }
}

/// How a file is compressed, by its first bytes; names are not trusted.
enum Compression {
  case none
  case gzip
  case zstd

  init(_ head: some Collection<UInt8>) {
    if head.starts(with: [0x1F, 0x8B]) {
      self = .gzip
    } else if head.starts(with: [0x28, 0xB5, 0x2F, 0xFD]) {
      self = .zstd
    } else {
      self = .none
    }
  }
}

/// Bytes that were taken to look at, then the rest of the source.
final class HeadedSource: ByteSource {
  private let source: any ByteSource
  private var head: [UInt8]
  private var given = 0

  init(_ source: any ByteSource, head: [UInt8]) {
    self.source = source
    self.head = head
  }

  var bytesTaken: Int { source.bytesTaken }

  func read(into start: UnsafeMutablePointer<UInt8>, capacity: Int) throws -> Int {
    let left = min(capacity, head.count - given)
    if left > 0 {
      head.withUnsafeBufferPointer { start.update(from: $0.baseAddress! + given, count: left) }
      given += left
      return left
    }
    return try source.read(into: start, capacity: capacity)
  }
}
