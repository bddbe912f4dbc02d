import Foundation
import Parallel

/// Files of SQLite, as they are made.
public enum DatabaseFile {
  /// Why a file cannot be made or used, in words.
  public struct Fault: Error, CustomStringConvertible {
    public let description: String
  }

  /// Makes an empty file for nobody but its owner where there is none; SQLite takes it for a new database, and gives its logs the same
  /// mode. Throws `Fault`, also where something is there that is no file of one's own to read and write.
  ///
  /// One that is there is never opened: closing it would drop all locks that this process holds on it by SQLite, and another process that
  /// ends would then take its log away from under it, with all that is written afterwards.
  public static func make(_ path: String) throws(Fault) {
    let descriptor = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0o600)
    guard descriptor < 0 else {
      close(descriptor)
      return
    }
    guard errno == EEXIST else { throw Fault(description: "\(path) cannot be made: \(SystemError.words())") }
    var status = stat()
    guard lstat(path, &status) == 0 else {
      throw Fault(description: "\(path) cannot be looked at: \(SystemError.words())")
    }
    guard status.st_mode & S_IFMT == S_IFREG else {
      throw Fault(description: "\(path) is no file; it is never followed to another place")
    }
    guard access(path, R_OK | W_OK) == 0 else {
      throw Fault(description: "\(path) cannot be opened: \(SystemError.words())")
    }
  }
}
