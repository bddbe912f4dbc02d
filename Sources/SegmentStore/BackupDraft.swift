import Foundation
import Parallel

/// A backup that is being written.
///
/// It has the name that was asked for once it is whole and durable: until then it lies beside that, under the name with `.unfinished` behind it. Where
/// the folder is there already, and empty, it is written into that, which may be a disk of its own. In either case a file `unfinished-backup` says
/// that it is no folder of events yet. What one has left that was killed is so told from what somebody keeps there, and the next backup to the
/// name deletes it. The file is locked meanwhile, so that no two write one backup.
struct BackupDraft {
  /// Where it is written.
  let folder: StoreFolder
  /// The name that it is to have.
  private let target: StoreFolder
  private let lock: FolderLock
  /// True where the folder was not there before.
  private let isMade: Bool

  static let ending = ".unfinished"

  /// Throws `StoreError` where the name is taken, or another process writes a backup to it.
  init(of path: String) throws(StoreError) {
    target = StoreFolder(path: Self.withoutSlashes(path))
    // Whoever was before may have come to the end meanwhile, and then the name is taken.
    for _ in 0..<8 {
      if let begun = try Self.begin(target) {
        (folder, lock, isMade) = begun
        try sweep()
        return
      }
    }
    throw StoreError(.busy, "other processes write backups to \(path); wait for them to end")
  }

  /// Nil where the folder was given its name, or deleted, before it could be locked.
  private static func begin(_ target: StoreFolder) throws(StoreError) -> (StoreFolder, FolderLock, isMade: Bool)? {
    var folder = target
    var isMade = false
    switch try target.state() {
    case .empty, .unfinished: break
    case .store, .other: throw StoreError(.foreign, "\(target.path) is not empty; a backup needs a folder of its own")
    case .absent:
      folder = StoreFolder(path: target.path + ending)
      switch try folder.state() {
      case .absent, .empty, .unfinished: break
      case .store, .other:
        throw StoreError(
          .foreign,
          "\(folder.path), where the backup is written until it is whole, is not empty; move it away, or name another folder"
        )
      }
      try StoreFolder.make(folder.path)
      isMade = true
    }
    // A new one says nothing of what lies there, which may have come to its end a moment ago.
    var isNew = true
    var descriptor = open(folder.unfinished, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
    if descriptor < 0, errno == EEXIST {
      isNew = false
      descriptor = open(folder.unfinished, O_RDWR | O_CLOEXEC | O_NOFOLLOW)
    }
    guard descriptor >= 0 else {
      if errno == ENOENT { return nil }
      throw StoreError(.io, "\(folder.unfinished) cannot be made: \(SystemError.words())")
    }
    let lock = try FolderLock(folder, file: folder.unfinished, descriptor, holder: "martlet backup", tries: 2)
    guard lock.isInPlace else { return nil }
    if isNew, try folder.names() != [StoreFolder.unfinishedName] {
      unlink(folder.unfinished)
      return nil
    }
    return (folder, lock, isMade)
  }

  private static func withoutSlashes(_ path: String) -> String {
    var path = path[...]
    while path.count > 1, path.hasSuffix("/") { path = path.dropLast() }
    return String(path)
  }

  /// Deletes what a backup before has left, and nothing else.
  private func sweep() throws(StoreError) {
    clear()
    let left = try folder.names().filter { $0 != StoreFolder.unfinishedName }
    guard !left.isEmpty else { return }
    throw StoreError(
      .foreign,
      "\(folder.path) has what a backup that was killed has left, and other things beside it (\(left.sorted().prefix(3).joined(separator: ", "))…): "
        + "move these away, or name another folder")
  }

  /// Deletes all that a backup writes, but for the file that says so.
  private func clear() {
    for name in ["", "-wal", "-shm", "-journal"] {
      unlink(folder.catalog + name)
      // Whoever copies more than events puts it there.
      unlink(folder.path + "/alerts.sqlite" + name)
    }
    unlink(folder.mark)
    unlink(folder.path + "/kept")
    clearSegments()
  }

  private func clearSegments() {
    for name in SegmentStore.segmentFiles(in: folder.segments) { unlink(folder.segment(name)) }
    clearUncounted()
    for path in [folder.found, folder.damaged, folder.segments] { rmdir(path) }
  }

  /// Deletes the copies of segments that the catalog does not know, or has set aside.
  func clearUncounted() {
    for name in SegmentStore.segmentFiles(in: folder.found) { unlink(folder.found + "/" + name) }
    for name in folder.damagedFiles() { unlink(folder.damaged + "/" + name) }
  }

  /// Gives the backup its name. It is durable then.
  func finish() throws(StoreError) {
    for name in try folder.names() { try Self.syncFile(folder.path + "/" + name) }
    for path in [folder.found, folder.damaged] where access(path, F_OK) == 0 { try StoreFolder.sync(path) }
    try StoreFolder.sync(folder.segments)
    try StoreFolder.sync(folder.path)
    if isMade {
      guard rename(folder.path, target.path) == 0 else {
        throw StoreError(.io, "\(folder.path) cannot be given its name, \(target.path): \(SystemError.words())")
      }
      try StoreFolder.sync(URL(fileURLWithPath: target.path).deletingLastPathComponent().path)
    }
    // Not before the name is durable: under the other it would be a folder of events.
    unlink(target.unfinished)
    try StoreFolder.sync(target.path)
  }

  /// Leaves nothing of it.
  func discard() {
    // It may have its name already.
    let isNamed = isMade && access(folder.path, F_OK) != 0
    guard !isNamed else { return }
    clear()
    unlink(folder.unfinished)
    if isMade { rmdir(folder.path) }
  }

  /// Makes what is in a file durable; folders have their own way.
  private static func syncFile(_ path: String) throws(StoreError) {
    let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK)
    guard descriptor >= 0 else { throw StoreError(.io, "\(path) cannot be opened: \(SystemError.words())") }
    defer { close(descriptor) }
    guard fsync(descriptor) == 0 else {
      throw StoreError(.io, "\(path) cannot be made durable: \(SystemError.words())")
    }
  }

  /// What backups that were killed have left beside a path under other names than its own, ascending.
  static func remains(beside path: String) -> [String] {
    let path = withoutSlashes(path)
    let own = String(path.split(separator: "/").last ?? "") + ending
    let above = URL(fileURLWithPath: path).deletingLastPathComponent().path
    let names = (try? FileManager.default.contentsOfDirectory(atPath: above)) ?? []
    return names.filter { $0.hasSuffix(ending) && $0 != own }.sorted().map { (above == "/" ? "" : above) + "/" + $0 }
      .filter { FolderLock.isLeft(StoreFolder(path: $0).unfinished) }
  }
}
