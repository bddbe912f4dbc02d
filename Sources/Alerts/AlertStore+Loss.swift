import Databases
import Events
import Foundation
import GRDB
import JSON
import Parallel
import Synchronization

/// Alerts that were lost: a folder that has had some knows it, so that none at all are never taken for a folder that was never run.
extension AlertStore {
  static func path(in folder: String) -> String { folder + "/alerts.sqlite" }

  /// The file that says that a folder has alerts. It is made once they are there, and stays.
  private static func pathOfMark(in folder: String) -> String { folder + "/kept" }

  /// True where a folder is known to have had alerts. Of one of an earlier version, which made no mark, what a migration or a process that
  /// was killed has left beside the alerts says so.
  static func hadAlerts(_ folder: String) -> Bool {
    if access(pathOfMark(in: folder), F_OK) == 0 { return true }
    let path = path(in: folder)
    guard access(path, F_OK) != 0 else { return false }
    if let size = try? FileManager.default.attributesOfItem(atPath: path + "-wal")[.size] as? Int, size > 0 {
      return true
    }
    return (1..<AlertSchema.current.version).contains { access("\(path).v\($0)", F_OK) == 0 }
  }

  /// Notes of a folder that it should have alerts from now on: it has some, or it is the copy of one that has lost them. That it
  /// fails is no harm: the next who opens them notes it.
  static func mark(_ folder: String) {
    let descriptor = open(pathOfMark(in: folder), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0o600)
    guard descriptor >= 0 else { return }
    defer { close(descriptor) }
    let words = Array("Alerts, rules and exceptions of this folder are kept in alerts.sqlite.\n".utf8)
    _ = write(descriptor, words, words.count)
    _ = fsync(descriptor)
  }

  // MARK: Damage

  /// Alerts of more bytes are looked through by `faults` alone: a run would wait too long for it.
  private static let mostLookedThrough = 1 << 30
  /// Files that this process has looked through.
  private static let lookedThrough = Mutex<Set<String>>([])

  /// Throws where the structure of the file is damaged, before it is opened for writing, which alone may write into it.
  static func lookThrough(_ path: String) throws {
    guard let file = try? FileManager.default.attributesOfItem(atPath: path),
      let size = file[.size] as? Int, size > 0, size <= mostLookedThrough
    else { return }
    let name = "\(path) \(file[.systemFileNumber] ?? 0)"
    guard !lookedThrough.withLock({ $0.contains(name) }) else { return }
    let fault: String?
    do {
      fault = try quickCheck(path, isReadOnly: true)
    } catch let error as DatabaseError where error.resultCode == .SQLITE_READONLY {
      // What a process that was killed has left is to be taken back before anything can be read.
      fault = try quickCheck(path, isReadOnly: false)
    }
    if let fault, fault != "ok" { throw damage(fault, path) }
    lookedThrough.withLock { _ = $0.insert(name) }
  }

  private static func quickCheck(_ path: String, isReadOnly: Bool) throws -> String? {
    var configuration = Configuration.ordinary
    configuration.readonly = isReadOnly
    configuration.busyMode = .timeout(10)
    let queue = try DatabaseQueue(path: path, configuration: configuration)
    defer { try? queue.close() }
    return try queue.read { try String.fetchOne($0, sql: "PRAGMA quick_check(1)") }
  }

  private static func damage(_ fault: String, _ path: String) -> AlertStoreError {
    // SQLite writes a heading before what it found, on a line of its own.
    let words = fault.split(separator: "\n").filter { !$0.hasPrefix("*** in database") }.joined(separator: ", ")
    return .damaged(path, "\(path) is damaged (\(words))")
  }

  /// What is wrong with the alerts of a folder, after all of the file's structure has been looked through; nil where all is well, or where
  /// there have never been any. Throws where that cannot be told.
  public static func loss(in folder: String) throws -> AlertStoreError? {
    do {
      let store = try AlertStore(folder: folder, isReadOnly: true)
      let fault = try store.reading { try String.fetchOne($0, sql: "PRAGMA integrity_check(1)") }
      return fault.flatMap { $0 == "ok" ? nil : damage($0, store.path) }
    } catch let error as AlertStoreError where error.isLoss {
      return error
    }
  }

  // MARK: Copies

  /// Copies the alerts of a folder, as of one moment, into a folder that has none. Throws `AlertStoreError`.
  ///
  /// - Returns: what is wrong with the copy, since it is wrong with the alerts: a damaged file is copied as it is. Nil where all is well.
  public static func backUp(_ folder: String, to target: String) throws -> AlertStoreError? {
    let path = path(in: folder)
    do {
      try AlertStore(folder: folder, isReadOnly: true).copy(to: self.path(in: target))
      mark(target)
      // Looked for in the copy, which nobody else reads or writes.
      guard let fault = try loss(in: target) else {
        for ending in ["-wal", "-shm"] { unlink(self.path(in: target) + ending) }
        return nil
      }
      return try loss(in: folder) ?? fault
    } catch let error as AlertStoreError where error.kind == .gone {
      mark(target)
      return error
    } catch let error as AlertStoreError where error.kind == .damaged {
      for ending in ["", "-wal", "-shm", "-journal"] { unlink(self.path(in: target) + ending) }
      do {
        for ending in ["", "-wal"] where access(path + ending, F_OK) == 0 {
          try FileManager.default.copyItem(atPath: path + ending, toPath: self.path(in: target) + ending)
          let descriptor = open(self.path(in: target) + ending, O_RDONLY | O_CLOEXEC)
          defer { close(descriptor) }
          guard fchmod(descriptor, 0o600) == 0, fsync(descriptor) == 0 else {
            throw AlertStoreError(description: "copying \(path): \(SystemError.words())")
          }
        }
      } catch let error as AlertStoreError {
        throw error
      } catch {
        throw AlertStoreError(description: "copying \(path): \(error.localizedDescription)")
      }
      mark(target)
      return error
    }
  }

  /// Copies the alerts, as of one moment, into a new file.
  private func copy(to path: String) throws {
    do {
      try Self.makeFile(path)
      let copy = try DatabaseQueue(path: path, configuration: .ordinary)
      try database.backup(to: copy)
      try copy.close()
    } catch let error as DatabaseError {
      throw Self.error(error, "copying", error.resultCode == .SQLITE_FULL ? path : self.path)
    }
  }

  // MARK: Beginning anew

  /// Begins with no alerts, rules and exceptions in a folder that has lost those it had. A damaged file is moved away, and overwrites
  /// nothing. The audit log goes on behind the last entry that is stored as an event, with one that tells of this.
  ///
  /// - Parameters:
  ///   - stored: documents of the data stream of the audit log, as they are stored.
  ///   - who: has it be done.
  /// - Returns: where the damaged file lies now; nil where there was none.
  public static func beginAnew(
    in folder: String, stored: [JSONValue], by who: String, at now: Timestamp
  ) throws -> String? {
    let path = path(in: folder)
    var place = path + ".damaged"
    for number in 2... {
      guard ["", "-wal"].contains(where: { access(place + $0, F_OK) == 0 }) else { break }
      place = "\(path).damaged.\(number)"
    }
    var isMoved = false
    // The log first: where the process ends in between, it is none of a file that is not there yet.
    for ending in ["-wal", "-shm", "-journal", ""] where access(path + ending, F_OK) == 0 {
      guard rename(path + ending, place + ending) == 0 else {
        throw AlertStoreError(description: "\(path + ending) cannot be moved to \(place): \(SystemError.words())")
      }
      isMoved = isMoved || ending.isEmpty
    }
    let last = stored.max { number(of: $0) < number(of: $1) }
    // With the first tables, so that a process that ends in between leaves nothing that looks whole.
    _ = try AlertStore(folder: folder, isReadOnly: false) { database in
      try audit(
        AuditedChange(
          action: AuditEntry.beginning, target: "alerts.sqlite",
          before: last?["martlet"]?["audit"]?["hash"]),
        by: who, at: now, database, behind: last.map(number(of:)) ?? 0)
    }
    return isMoved ? place : nil
  }

  /// Which entry of the audit log a stored document is; 0 where it is none that there can be.
  static func number(of document: JSONValue) -> Int64 {
    let number = document["event"]?["sequence"]?.integerValue ?? 0
    return number < 1 << 53 ? max(0, number) : 0
  }
}
