import Events
import Foundation
import GRDB
import Parallel
import Segments
import Store

extension SegmentStore {
  /// What a backup has, and what it lacks.
  public struct Backup: Sendable {
    /// Segments that count.
    public var segments = 0
    /// Files of segments that are set aside as damaged.
    public var damaged = 0
    /// Files of segments that the catalog does not know, which the copy takes up as the folder would.
    public var waiting = 0
    /// Why files of segments that do not count, damaged or waiting, are not in it, each as a sentence without a full stop.
    public var leftOut: [String] = []
    /// Of all these files.
    public var bytes = 0
    /// What the folder counts and the copy misses: segments that turned out to be damaged, or that the disk no longer gives. They are set aside
    /// in the copy, and the folder is as it was.
    public var unreadable: [MissingPart] = []
    /// What the folder says that it lacks, which the copy lacks too.
    public var missing: [MissingPart] = []
  }

  /// Copies what is stored as of now into a new folder, which opens as it is. May run beside the writer.
  ///
  /// The folder has its name once it is whole and durable; what a backup to that name has left that was killed is deleted first. Throws
  /// `StoreError` and what `copyOthers` throws, and leaves nothing behind then.
  ///
  /// The checksums of every segment are checked in the copy. One that is damaged, or cannot be read, keeps nothing else from being copied.
  ///
  /// - Parameter copyOthers: copies what else lies in the folder into the one given: `alerts.sqlite` and `kept`, and makes nothing else in it.
  public func backup(
    to path: String, at now: Timestamp, copyOthers: (String) throws -> Void = { _ in }
  ) throws -> Backup {
    guard !holds(path) else {
      throw StoreError(
        .foreign, "\(path) lies in \(folder.path), the folder that is to be copied; a backup needs a folder outside it")
    }
    let draft = try BackupDraft(of: path)
    do {
      let target = draft.folder
      try StoreFolder.make(target.segments)
      try copyOthers(target.path)
      var before: [String] = []
      // Segments that cannot be used, by their names, and why. No name comes again.
      var faults: [String: String] = [:]
      // Opened files stay readable though the writer deletes them meanwhile.
      for attempt in 0..<8 {
        if attempt > 0 {
          for name in ["", "-wal", "-shm", "-journal"] { unlink(target.catalog + name) }
          draft.clearUncounted()
        }
        // Read first: an older mark says less, and nothing that is wrong.
        let highest = try read { try $0.highest() }
        let entries = try read { try $0.copy(to: target.catalog) }
        let names = entries.map(\.name)
        var done = Backup()
        // What is not there though the catalog has not changed is lost here, and will be missed there.
        guard
          try copy(
            entries, to: target, &done, &faults, passesOverLost: attempt > 0 && names == before),
          try copyUnknown(besides: entries, to: target, &done), try copyDamaged(to: target, &done)
        else {
          before = names
          continue
        }
        // What was copied before the catalog changed would be events that the copy's does not know.
        let known = Set(names)
        for name in Self.segmentFiles(in: target.segments) where !known.contains(name) {
          unlink(target.segment(name))
        }
        let damaged = entries.filter { $0.setAside == nil && faults[$0.name] != nil }
        try setAside(damaged, because: faults, in: target, &done, at: now)
        Self.highest(entries, highest).write(target)
        let told = Set(damaged.map(\.number))
        done.missing = try segments().missing.filter { !($0.number.map(told.contains) ?? false) }.map(\.told)
        try draft.finish()
        return done
      }
      throw StoreError(.io, "\(folder.path) changes faster than it can be copied; try again")
    } catch {
      draft.discard()
      throw error
    }
  }

  /// Folders beside a path that are what backups to other names have left that were killed.
  public static func unfinishedBackups(beside path: String) -> [String] { BackupDraft.remains(beside: path) }

  /// True for a path in the folder, and for one that would lie there, whatever links lead to it.
  private func holds(_ path: String) -> Bool {
    var own = stat()
    guard stat(folder.path, &own) == 0 else { return false }
    var place = path
    var real: String?
    // What is not there yet would lie in what is.
    while real == nil, place != "." {
      if let found = realpath(place, nil) {
        real = String(cString: found)
        free(found)
      } else {
        let parts = place.split(separator: "/").dropLast()
        place = (place.hasPrefix("/") ? "/" : "") + parts.joined(separator: "/")
        if place.isEmpty { place = "." }
      }
    }
    if real == nil { real = FileManager.default.currentDirectoryPath }
    var above = (real ?? "/").split(separator: "/")
    while true {
      var status = stat()
      if stat("/" + above.joined(separator: "/"), &status) == 0, status.st_dev == own.st_dev,
        status.st_ino == own.st_ino
      {
        return true
      }
      guard above.popLast() != nil else { return false }
    }
  }

  /// Copies segments that count, and looks whether the copies are whole; false where one is no longer there.
  ///
  /// - Parameter faults: takes those that are not, by their names, with why; files of them that could be copied are there.
  private func copy(
    _ entries: [Catalog.Entry], to target: StoreFolder, _ done: inout Backup, _ faults: inout [String: String],
    passesOverLost: Bool
  ) throws -> Bool {
    for entry in entries where entry.setAside == nil {
      guard StoreFolder.isSegmentName(entry.name) else {
        throw StoreError(.damaged, "the catalog names “\(entry.name)”, which is no name of a segment")
      }
      let (from, to) = (folder.segment(entry.name), target.segment(entry.name))
      var status = stat()
      if lstat(to, &status) == 0 {
        if faults[entry.name] == nil { done.segments += 1 }
        done.bytes += Int(status.st_size)
        continue
      }
      switch try FileCopy.copy(from, to: to) {
      case .copied(let bytes):
        if let fault = Self.sumFault(of: to) {
          guard let own = Self.sumFault(of: from) else {
            throw StoreError(.io, "what was copied to \(to) is not what is there: \(fault.cause); see to that disk")
          }
          if own.kind == .io(ENOENT) {
            // Deleted meanwhile, so that nothing tells whether it was damaged.
            unlink(to)
            if !passesOverLost { return false }
            continue
          }
          faults[entry.name] = own.description
        } else {
          done.segments += 1
        }
        done.bytes += bytes
      case .absent: if !passesOverLost { return false }
      case .unreadable(let cause, isLost: true): faults[entry.name] = cause
      case .unreadable(let cause, isLost: false): throw StoreError(.io, cause)
      }
    }
    return true
  }

  /// What is wrong with a segment's checksums, or why they cannot be looked at; nil where they are right, or of a later version, which
  /// this program cannot tell.
  private static func sumFault(of path: String) -> SegmentError? {
    do throws(SegmentError) {
      try Segment(path: path).checkSums()
      return nil
    } catch {
      if case .newer = error.kind { return nil }
      return error
    }
  }

  /// Sets segments aside in the copy, as they would be in the folder: what of their files could be copied lies with those of the damaged.
  private func setAside(
    _ entries: [Catalog.Entry], because faults: [String: String], in target: StoreFolder, _ done: inout Backup,
    at now: Timestamp
  ) throws {
    guard !entries.isEmpty else { return }
    var reasons: [(segment: Int64, reason: String)] = []
    for entry in entries {
      let reason = faults[entry.name] ?? ""
      reasons.append((entry.number, reason))
      let hidden = entry.hidden.filter { $0 >= 0 && $0 < entry.summary.rowCount }
      done.unreadable.append(
        MissingSegment(
          number: entry.number, name: entry.name, summary: entry.summary, hidden: hidden, spans: entry.spans,
          reason: reason, isSetAside: true
        ).told)
      let file = target.segment(entry.name)
      guard access(file, F_OK) == 0 else { continue }
      try StoreFolder.make(target.damaged)
      let place = target.freePlaceAmongDamaged(for: entry.name)
      guard rename(file, place) == 0 else {
        throw StoreError(.io, "\(file) cannot be moved to \(place): \(SystemError.words())")
      }
      done.damaged += 1
    }
    do {
      try Catalog.setAside(reasons, inCopy: target.catalog, at: now)
    } catch let error as DatabaseError {
      throw Catalog.error(error, "writing", target)
    }
  }

  /// Copies segments that the catalog does not know, to be taken up in the copy as they will be here; false where one is no longer there.
  private func copyUnknown(
    besides entries: [Catalog.Entry], to target: StoreFolder, _ done: inout Backup
  ) throws -> Bool {
    for file in try unknownFiles(besides: entries) {
      try StoreFolder.make(target.found)
      let to = target.freePlaceInFound(for: StoreFolder.name(ofSegment: file))
      switch try FileCopy.copy(file, to: to) {
      case .copied(let bytes):
        done.waiting += 1
        done.bytes += bytes
      case .absent: return false
      case .unreadable(let cause, isLost: true): done.leftOut.append(cause)
      case .unreadable(let cause, isLost: false): throw StoreError(.io, cause)
      }
    }
    return true
  }

  /// Copies what is set aside as damaged, and what had been: its ids may tell which events are stored again, and parts of it may be whole.
  ///
  /// A disk that fails is a reason why they are damaged, so that what cannot be read is left out, and told.
  ///
  /// - Returns: false where one is no longer there: its events may have been stored again since the catalog was copied.
  private func copyDamaged(to target: StoreFolder, _ done: inout Backup) throws -> Bool {
    for name in folder.damagedFiles() {
      try StoreFolder.make(target.damaged)
      switch try FileCopy.copy(folder.damaged + "/" + name, to: target.damaged + "/" + name) {
      case .copied(let bytes):
        done.damaged += 1
        done.bytes += bytes
      case .absent: return false
      case .unreadable(let cause, _): done.leftOut.append(cause)
      }
    }
    return true
  }
}
