import Foundation

/// Reads a rule file whole, up to a bound.
enum RuleFile {
  /// Larger files are refused: 16 MiB.
  static let maximumBytes = 16 << 20

  struct Failure: Error {
    var message: String
  }

  static func read(_ path: String) throws(Failure) -> [UInt8] {
    // Without blocking: a named pipe has no writer to wait for.
    let descriptor = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC)
    guard descriptor >= 0 else { throw Failure(message: "The file cannot be opened: \(reason())") }
    defer { close(descriptor) }
    var status = stat()
    guard fstat(descriptor, &status) == 0 else {
      throw Failure(message: "The file cannot be looked at: \(reason())")
    }
    guard status.st_mode & S_IFMT == S_IFREG else { throw Failure(message: "This is no plain file.") }
    let size = Int(status.st_size)
    guard size <= maximumBytes else {
      throw Failure(message: "The file has \(size) bytes; a rule file has at most \(maximumBytes). Split it.")
    }
    var failed = false
    let bytes = [UInt8](unsafeUninitializedCapacity: size) { buffer, count in
      while count < size {
        let got = Foundation.read(descriptor, buffer.baseAddress.map { $0 + count }, size - count)
        if got < 0, errno == EINTR { continue }
        failed = got < 0
        // A file that has become shorter meanwhile ends where it ends.
        guard got > 0 else { return }
        count += got
      }
    }
    guard !failed else { throw Failure(message: "The file cannot be read: \(reason())") }
    return bytes
  }

  private static func reason() -> String { String(cString: strerror(errno)).lowercased() + "." }
}
