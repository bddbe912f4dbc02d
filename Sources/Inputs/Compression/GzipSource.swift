import CZlib
import Foundation

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

  func noteRecords() {
    guardian.noteRecords()
    source.noteRecords()
  }

  private func refill() throws -> Bool {
    guard stream.avail_in == 0 else { return true }
    let count = try source.read(into: input.baseAddress!, capacity: input.count)
    stream.next_in = input.baseAddress
    stream.avail_in = UInt32(count)
    return count > 0
  }

  func read(into start: UnsafeMutablePointer<UInt8>, capacity: Int) throws -> Int {
    guard !ended else {
      // Trouble at the very end is told after all bytes have been given.
      if let error = takePending() { throw error }
      return 0
    }
    try guardian.check()
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
    guardian.add(count, input: bytesTaken - Int(stream.avail_in))
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

  private func takePending() -> InputError? {
    defer { pending = nil }
    return pending
  }
}
