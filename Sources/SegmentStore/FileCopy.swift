import Foundation
import Parallel

/// Copies a file that nobody changes.
enum FileCopy {
  enum Outcome {
    /// The copy is durable, and of so many bytes.
    case copied(bytes: Int)
    /// There is no such file.
    case absent
    /// It cannot be read, for the reason given; nothing of it was kept.
    ///
    /// - isLost: what lies on the disk cannot be had, where otherwise it is only not given to this process.
    case unreadable(String, isLost: Bool)
  }

  /// Makes a durable copy under a name that nothing has. Throws where the copy cannot be written, and leaves nothing of it then.
  static func copy(_ from: String, to path: String) throws(StoreError) -> Outcome {
    let source = open(from, O_RDONLY | O_CLOEXEC | O_NOFOLLOW)
    guard source >= 0 else {
      let code = errno
      return code == ENOENT
        ? .absent
        : .unreadable(
          "\(from) cannot be opened: \(SystemError.words(code))",
          isLost: code == EIO || code == EUCLEAN || code == EBADMSG)
    }
    defer { close(source) }
    let target = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
    guard target >= 0 else { throw StoreError(.io, "\(path) cannot be made: \(SystemError.words())") }
    defer { close(target) }
    func fail(_ what: String) -> StoreError {
      let words = SystemError.words()
      unlink(path)
      return StoreError(.io, "\(path) cannot be \(what): \(words)")
    }
    var buffer = [UInt8](repeating: 0, count: 1 << 20)
    var bytes = 0
    while true {
      let count = Glibc.read(source, &buffer, buffer.count)
      if count < 0, errno == EINTR { continue }
      guard count >= 0 else {
        let words = SystemError.words()
        unlink(path)
        return .unreadable("\(from) cannot be read: \(words)", isLost: true)
      }
      if count == 0 { break }
      var written = 0
      while written < count {
        let more = buffer.withUnsafeBytes { Glibc.write(target, $0.baseAddress! + written, count - written) }
        if more < 0, errno == EINTR { continue }
        guard more > 0 else { throw fail("written") }
        written += more
      }
      bytes += count
    }
    guard fsync(target) == 0 else { throw fail("made durable") }
    return .copied(bytes: bytes)
  }
}
