import Foundation
import Parallel
import Synchronization

/// Makes standard input readable more than once.
public enum StandardInput {
  /// What went wrong with the copy, in words for a person.
  public struct CopyError: Error, CustomStringConvertible {
    public let description: String

    init(_ cause: String) {
      description = "keeping standard input for a second reading: \(cause)"
    }
  }

  /// Where every reading starts; nil while standard input can be read only once.
  private static let start = Mutex<off_t?>(nil)

  /// Puts what comes in on standard input into a temporary file without a name, which takes its place; a file that is
  /// standard input already stays. Afterwards `rewind` starts over.
  public static func makeRepeatable() throws(CopyError) {
    // What has been read since is to be read again as well.
    guard start.withLock({ $0 }) == nil else { return }
    let place = lseek(STDIN_FILENO, 0, SEEK_CUR)
    if place >= 0 { return start.withLock { $0 = place } }
    let file = try copy()
    defer { close(file) }
    guard lseek(file, 0, SEEK_SET) == 0, dup2(file, STDIN_FILENO) >= 0 else { throw CopyError(SystemError.words()) }
    start.withLock { $0 = 0 }
  }

  /// Goes back to where the first reading started; false where standard input can be read only once.
  public static func rewind() -> Bool {
    guard let place = start.withLock({ $0 }) else { return false }
    return lseek(STDIN_FILENO, place, SEEK_SET) == place
  }

  /// Copies standard input to its end into a file that is unlinked.
  private static func copy() throws(CopyError) -> Int32 {
    do {
      let (file, source) = (try SpillFile(), try FileSource("-"))
      let buffer = UnsafeMutablePointer<UInt8>.allocate(capacity: 1 << 20)
      defer { buffer.deallocate() }
      while true {
        let count = try source.read(into: buffer, capacity: 1 << 20)
        guard count > 0 else { break }
        _ = try file.append(UnsafeBufferPointer(start: buffer, count: count))
      }
      let copy = file.duplicate()
      guard copy >= 0 else { throw CopyError(SystemError.words()) }
      return copy
    } catch let error as CopyError {
      throw error
    } catch {
      throw CopyError("\(error)")
    }
  }
}
