import Foundation
import GRDB
import Parallel

/// Databases on a file system that is mounted read-only: a snapshot, a disk that is evidence.
///
/// SQLite reads a database with a write-ahead log only where it can keep an index of that log in a file beside it. What is mounted so is
/// therefore copied, log included, and the copy is read: a catalog is small beside the events that it lists, and what a process that was
/// killed left in the log is not passed over.
public enum ReadOnlyMount {
  /// True where a file lies on a file system that is mounted read-only.
  public static func holds(_ path: String) -> Bool {
    var status = statvfs()
    return statvfs(path, &status) == 0 && status.f_flag & UInt(ST_RDONLY) != 0
  }

  /// What is said where something is to be kept in a folder that `holds` is true of.
  public static func refusal(of folder: String) -> String {
    "\(folder) is on a file system that is mounted read-only, where nothing can be kept: mount it writable, or copy it with martlet backup"
  }

  /// A copy could not be made.
  public struct Failure: Error, CustomStringConvertible, Sendable {
    public let description: String
  }

  /// Opens a copy of a database, which is gone when it is closed or the process ends, however that ends.
  ///
  /// - Parameter schema: what the copy is brought up to date to; nil leaves it as it is.
  /// Throws `Failure`, `DatabaseSchema.Fault` and `DatabaseError`.
  public static func open(
    copyOf path: String, _ configuration: Configuration, upTo schema: DatabaseSchema? = nil
  ) throws -> any DatabaseWriter {
    let folder = FileManager.default.temporaryDirectory.path + "/martlet-" + UUID().uuidString
    func fail(_ cause: String) -> Failure {
      Failure(
        description:
          "\(path) is on a file system that is mounted read-only, and is read from a copy, which cannot be made in "
          + "\(folder): \(cause); let TMPDIR name a folder with room")
    }
    guard mkdir(folder, 0o700) == 0 else { throw fail(SystemError.words()) }
    // The names go as soon as the files are open.
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let copy = folder + "/copy.sqlite"
    do {
      for ending in ["", "-wal"] where access(path + ending, F_OK) == 0 {
        try FileManager.default.copyItem(atPath: path + ending, toPath: copy + ending)
        chmod(copy + ending, 0o600)
      }
    } catch {
      throw fail("\(error.localizedDescription)")
    }
    if let schema { try schema.migrate(copy) }
    let queue = try DatabaseQueue(path: copy, configuration: configuration)
    // The log and its index are opened by the first look at what is in them.
    _ = try queue.read { try Int.fetchOne($0, sql: "SELECT count(*) FROM sqlite_schema") }
    return queue
  }
}
