import Foundation

/// A file, a pipe or standard input, as it is.
///
/// What may have to be waited for is waited for in steps, so that a task that is cancelled ends soon, however long nothing
/// comes.
final class FileSource: ByteSource {
  private let descriptor: Int32
  /// False for a regular file.
  private let waits: Bool
  private let closes: Bool
  private(set) var bytesTaken = 0

  /// Opens a file; `-` is standard input.
  init(_ path: String) throws {
    if path == "-" {
      descriptor = STDIN_FILENO
      closes = false
    } else {
      // To open a pipe must not wait for whoever writes to it.
      descriptor = PathText.withBytes(path) { open($0, O_RDONLY | O_CLOEXEC | O_NONBLOCK) }
      closes = true
      if descriptor < 0 { throw InputError.fromErrno("opening it") }
    }
    var status = stat()
    waits = fstat(descriptor, &status) != 0 || status.st_mode & S_IFMT != S_IFREG
  }

  /// How long it is waited at once, in milliseconds.
  private static let step: Int32 = 50

  /// Waits until there is something to be read, or the end. Throws `CancellationError` where the task is cancelled meanwhile.
  private func wait() throws {
    while true {
      try Task.checkCancellation()
      var request = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
      let count = poll(&request, 1, Self.step)
      if count < 0, errno != EINTR { throw InputError.fromErrno("waiting for it") }
      if count > 0 { return }
    }
  }

  deinit { if closes { close(descriptor) } }

  func read(into start: UnsafeMutablePointer<UInt8>, capacity: Int) throws -> Int {
    var taken = 0
    while taken < capacity {
      if waits { try wait() }
      let count = Foundation.read(descriptor, start + taken, capacity - taken)
      if count < 0 {
        if errno == EINTR || waits && errno == EAGAIN { continue }
        throw InputError.fromErrno("reading it")
      }
      if count == 0 { break }
      taken += count
    }
    bytesTaken += taken
    return taken
  }

  /// The length of a plain file; nil for a pipe.
  var size: Int? {
    var status = stat()
    guard closes, fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG else { return nil }
    return Int(status.st_size)
  }

  /// Reads at a place of a plain file, whatever has been taken so far; at its end, and where it cannot be read, fewer bytes.
  func bytes(at place: Int, count: Int) -> [UInt8] {
    guard place >= 0, count > 0 else { return [] }
    return [UInt8](unsafeUninitializedCapacity: count) { buffer, filled in
      guard let start = buffer.baseAddress else { return }
      filled = (try? read(at: place, into: start, capacity: count)) ?? 0
    }
  }

  /// Fills up to `capacity` bytes from a place of a plain file and returns how many; 0 at its end.
  func read(at place: Int, into start: UnsafeMutablePointer<UInt8>, capacity: Int) throws -> Int {
    var taken = 0
    while taken < capacity {
      let count = pread(descriptor, start + taken, capacity - taken, off_t(place + taken))
      if count < 0 {
        if errno == EINTR { continue }
        throw InputError.fromErrno("reading it")
      }
      if count == 0 { break }
      taken += count
    }
    bytesTaken = max(bytesTaken, place + taken)
    return taken
  }
}
