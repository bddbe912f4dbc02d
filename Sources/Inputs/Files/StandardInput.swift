import Foundation
import Parallel
import Synchronization

/// Makes standard input readable more than once.
public enum StandardInput {
  /// What went wrong with the copy, in words for a person.
  public struct CopyError: Error, CustomStringConvertible {
    public let description: String

    init() {
      description =
        "keeping standard input for a second reading: \(SystemError.words()); set TMPDIR to a directory "
        + "with room"
    }
  }

  /// Where every reading starts; nil while standard input can be read only once.
  private static let start = Mutex<off_t?>(nil)

  /// Puts what comes in on standard input into a temporary file without a name, which takes its place; a file that is
  /// standard input already stays. Afterwards `rewind` starts over.
  public static func makeRepeatable() throws(CopyError) {
    let place = lseek(STDIN_FILENO, 0, SEEK_CUR)
    if place >= 0 { return start.withLock { $0 = place } }
    let file = try copy()
    defer { close(file) }
    guard lseek(file, 0, SEEK_SET) == 0, dup2(file, STDIN_FILENO) >= 0 else { throw CopyError() }
    start.withLock { $0 = 0 }
  }

  /// Goes back to where the first reading started; false where standard input can be read only once.
  public static func rewind() -> Bool {
    guard let place = start.withLock({ $0 }) else { return false }
    return lseek(STDIN_FILENO, place, SEEK_SET) == place
  }

  /// Copies standard input to its end into a file that is unlinked.
  private static func copy() throws(CopyError) -> Int32 {
    let directory = ProcessInfo.processInfo.environment["TMPDIR"] ?? "/tmp"
    var template = Array((directory + "/martlet-XXXXXX").utf8CString)
    let file = mkstemp(&template)
    guard file >= 0 else { throw CopyError() }
    unlink(template)
    let buffer = UnsafeMutableRawPointer.allocate(byteCount: 1 << 20, alignment: 16)
    defer { buffer.deallocate() }
    while true {
      let count = read(STDIN_FILENO, buffer, 1 << 20)
      if count < 0, errno == EINTR { continue }
      if count == 0 { return file }
      var written = 0
      while count > 0, written < count {
        let more = write(file, buffer + written, count - written)
        if more < 0, errno == EINTR { continue }
        guard more > 0 else { break }
        written += more
      }
      guard count > 0, written == count else {
        let error = CopyError()
        close(file)
        throw error
      }
    }
  }
}
