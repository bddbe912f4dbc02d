import Foundation
import Parallel

/// Reads a rule file whole, up to a bound.
package enum RuleFile {
  /// Larger files are refused: 16 MiB.
  package static let maximumBytes = 16 << 20

  package struct Failure: Error {
    package var message: String
  }

  /// The bytes of a plain file of at most `limit` bytes; `kind` names it in messages.
  package static func read(
    _ path: String, limit: Int = maximumBytes, kind: String = "a rule file"
  ) throws(Failure) -> [UInt8] {
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
    guard size <= limit else {
      throw Failure(message: "The file has \(size) bytes; \(kind) has at most \(limit). Split it.")
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

  private static func reason() -> String { SystemError.words() + "." }
}
