import CDeflate
import Foundation

/// Decompresses whole gzip files that fit in memory, several members too: libdeflate, which is some three times as fast
/// as a streaming decompressor.
final class GzipDecompressor {
  enum Outcome {
    /// So many bytes of text; `member` is the length of the one member that they came as, where the input is nothing else.
    case done(Int, member: Int?)
    /// The text does not fit into the room that was given.
    case needsRoom
    /// Damaged, or followed by something else: a stream finds out what, and keeps what is good.
    case damaged
  }

  private let handle: OpaquePointer

  init() {
    guard let handle = libdeflate_alloc_decompressor() else { fatalError("out of memory for a decompressor") }
    self.handle = handle
  }

  deinit { libdeflate_free_decompressor(handle) }

  /// Decompresses `input` to `output`, which has room for `capacity` bytes.
  func decompress(_ input: UnsafeBufferPointer<UInt8>, to output: UnsafeMutablePointer<UInt8>, capacity: Int) -> Outcome
  {
    var taken = 0
    var given = 0
    var members = 0
    while taken < input.count {
      guard input[taken] == 0x1F else {
        // Files may be padded with zeros.
        return input[taken...].allSatisfy { $0 == 0 } ? .done(given, member: nil) : .damaged
      }
      var memberTaken = 0
      var memberGiven = 0
      let result = libdeflate_gzip_decompress_ex(
        handle, input.baseAddress! + taken, input.count - taken, output + given, capacity - given, &memberTaken,
        &memberGiven)
      switch result {
      case LIBDEFLATE_SUCCESS:
        taken += memberTaken
        given += memberGiven
        members += 1
      case LIBDEFLATE_INSUFFICIENT_SPACE: return .needsRoom
      default: return .damaged
      }
    }
    return .done(given, member: members == 1 ? taken : nil)
  }
}
