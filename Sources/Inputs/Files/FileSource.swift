import Foundation

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
      descriptor = PathText.withBytes(path) { open($0, O_RDONLY | O_CLOEXEC) }
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
