import Foundation
import GRDB
import Parallel

/// The tables of a SQLite file, as steps from one version of the file to the next.
///
/// A step that has been released is never changed: a new version is a new step at the end. The version of a file is kept in
/// its `user_version`, and whose it is in its `application_id`.
public struct DatabaseSchema: Sendable {
  public let applicationID: Int
  /// SQL, one text for each version.
  public let steps: [String]
  /// What steps call beside what SQLite has.
  public let functions: [DatabaseFunction]

  /// Why a file cannot be used.
  public enum Fault: Error, Sendable {
    /// It is no file of this schema.
    case foreign
    /// A later version of the program made it.
    case later(version: Int)
    /// It is of an earlier version, and no copy of it could be made; with the system's words.
    case uncopied(String)
  }

  public init(applicationID: Int, steps: [String], functions: [DatabaseFunction] = []) {
    self.applicationID = applicationID
    self.steps = steps
    self.functions = functions
  }

  /// What this program makes and reads.
  public var version: Int { steps.count }

  /// True for a database that has nothing yet.
  public func isNew(_ database: Database) throws -> Bool {
    try number("application_id", database) == 0 && number("user_version", database) == 0
      && Int.fetchOne(database, sql: "SELECT count(*) FROM sqlite_schema") == 0
  }

  /// Makes the tables in a database that has nothing yet; does nothing in any other. To be called in a transaction.
  public func make(_ database: Database) throws {
    guard try isNew(database) else { return }
    try database.execute(sql: "PRAGMA application_id = \(applicationID)")
    try bring(database, upTo: version)
  }

  /// The version of a file; throws `Fault` where it is none of ours, or of a later version.
  @discardableResult public func check(_ database: Database) throws -> Int {
    guard try number("application_id", database) == applicationID else { throw Fault.foreign }
    let found = try number("user_version", database)
    guard found <= version else { throw Fault.later(version: found) }
    return found
  }

  /// Brings a file of an earlier version up to date. Does nothing for one that is not there or is empty.
  ///
  /// A copy of the file as it was is made and durable before anything is changed: for version 1 of `x.sqlite` it is
  /// `x.sqlite.v1`. All steps are one transaction, so that a process that is killed leaves the one version or the other. Of
  /// several processes that come at once, one migrates and the others wait for it. Throws `Fault` and `DatabaseError`, and what
  /// `look` throws, which sees the file before anything is done to it.
  public func migrate(_ path: String, lookingFirst look: (String) throws -> Void = { _ in }) throws {
    guard let found = try version(of: path), found < version else { return }
    try look(path)
    var configuration = Configuration.ordinary
    configuration.busyMode = .timeout(30)
    configuration.prepareDatabase { database in
      try database.execute(sql: "PRAGMA synchronous = FULL")
      try database.execute(sql: "PRAGMA trusted_schema = OFF")
    }
    let queue = try DatabaseQueue(path: path, configuration: configuration)
    try copy(queue, path, version: found)
    try queue.inTransaction(.immediate) { database in
      try bring(database, upTo: version)
      return .commit
    }
    try queue.close()
  }

  /// Takes the steps that a file lacks.
  private func bring(_ database: Database, upTo last: Int) throws {
    for function in functions { database.add(function: function) }
    for step in try min(number("user_version", database), last)..<last {
      try database.execute(sql: steps[step])
      try database.execute(sql: "PRAGMA user_version = \(step + 1)")
    }
  }

  private func number(_ pragma: String, _ database: Database) throws -> Int {
    try Int.fetchOne(database, sql: "PRAGMA \(pragma)") ?? 0
  }

  private func version(of path: String) throws -> Int? {
    guard access(path, F_OK) == 0 else { return nil }
    do {
      return try version(of: path, isReadOnly: true)
    } catch let error as DatabaseError where error.resultCode == .SQLITE_READONLY {
      // Whoever made it was killed within its first transaction, which must be taken back before anything can be read.
      return try version(of: path, isReadOnly: false)
    }
  }

  private func version(of path: String, isReadOnly: Bool) throws -> Int? {
    var configuration = Configuration.ordinary
    configuration.readonly = isReadOnly
    configuration.busyMode = .timeout(10)
    let queue = try DatabaseQueue(path: path, configuration: configuration)
    defer { try? queue.close() }
    return try queue.read { try isNew($0) ? nil : check($0) }
  }

  /// Makes the copy. What another process has migrated meanwhile is no copy of that version, and is not kept as one.
  private func copy(_ queue: DatabaseQueue, _ path: String, version: Int) throws {
    let draft = "\(path).v\(version).\(UUID().uuidString).new"
    defer { for ending in ["", "-wal", "-shm", "-journal"] { unlink(draft + ending) } }
    let descriptor = open(draft, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0o600)
    guard descriptor >= 0 else { throw Fault.uncopied(SystemError.words()) }
    close(descriptor)
    let copy = try DatabaseQueue(path: draft, configuration: .ordinary)
    try queue.backup(to: copy)
    let copied = try copy.read { try check($0) }
    // One file, which needs no log beside it.
    try copy.writeWithoutTransaction { try $0.execute(sql: "PRAGMA journal_mode = DELETE") }
    try copy.close()
    guard copied == version else { return }
    guard Self.sync(draft), rename(draft, "\(path).v\(version)") == 0,
      Self.sync((path as NSString).deletingLastPathComponent)
    else { throw Fault.uncopied(SystemError.words()) }
  }

  /// Makes a file, or the names in a folder, survive a loss of power.
  private static func sync(_ path: String) -> Bool {
    let descriptor = open(path.isEmpty ? "." : path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { return false }
    defer { close(descriptor) }
    return fsync(descriptor) == 0
  }
}
