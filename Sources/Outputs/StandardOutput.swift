import Foundation
import Parallel

/// Standard output as bytes; a reader that has gone away ends the writing, and is no crash.
public struct StandardOutput: Sendable {
  /// Whoever read has gone away.
  public struct Closed: Error {}

  /// What went wrong, in words for a person.
  public struct WriteError: Error, CustomStringConvertible {
    public let description: String
  }

  private let descriptor: Int32

  /// - Parameter descriptor: where it goes; standard output unless given.
  public init(descriptor: Int32 = STDOUT_FILENO) {
    signal(SIGPIPE, SIG_IGN)
    self.descriptor = descriptor
  }

  /// True when somebody may be waiting for what is written: a terminal, or a program at the other end of a pipe.
  public var isAwaited: Bool {
    var status = stat()
    guard fstat(descriptor, &status) == 0 else { return false }
    return [S_IFIFO, S_IFSOCK].contains(status.st_mode & S_IFMT) || isatty(descriptor) == 1
  }

  public func write(_ bytes: [UInt8]) throws {
    try bytes.withUnsafeBytes { buffer in
      var written = 0
      while written < buffer.count {
        let count = Foundation.write(descriptor, buffer.baseAddress! + written, buffer.count - written)
        if count < 0 {
          if errno == EINTR { continue }
          if errno == EPIPE { throw Closed() }
          throw WriteError(description: "writing to standard output: \(SystemError.words())")
        }
        written += count
      }
    }
  }

  public func write(line: String) throws { try write(Array((line + "\n").utf8)) }

  /// Writes what `body` writes, and ends without a word when the reader has gone away: it has seen enough.
  public static func quietly(_ body: (StandardOutput) throws -> Void) throws {
    do {
      try body(StandardOutput())
    } catch is Closed {}
  }
}

/// Standard error, for a person. Where nobody takes it there is nobody to tell: that ends nothing and changes no status.
public enum StandardError {
  public static func write(line: String) { write(line + "\n") }

  public static func write(_ text: String) {
    signal(SIGPIPE, SIG_IGN)
    let bytes = Array(text.utf8)
    bytes.withUnsafeBytes { buffer in
      var written = 0
      while written < buffer.count {
        let count = Foundation.write(STDERR_FILENO, buffer.baseAddress! + written, buffer.count - written)
        if count < 0 {
          guard errno == EINTR else { return }
        } else {
          written += count
        }
      }
    }
  }
}
