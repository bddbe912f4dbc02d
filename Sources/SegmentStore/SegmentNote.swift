import Foundation
import Parallel

/// What lies beside a segment's file, as an empty file of its own, while a catalog does not count it and is not meant to.
///
/// A file that the catalog does not know may be what a process that was killed has left behind, and is to be swept away, or may hold events
/// that were acknowledged under another catalog: one was put back from an earlier time, or a backup was copied over the folder. Only
/// what has a note is swept away.
enum SegmentNote: String, CaseIterable {
  /// No catalog has named the file yet. It is there before the file, and goes once a commit has named it.
  case uncounted
  /// The file is taken out of the catalog. It is there before the commit, and goes after the file.
  case removed

  func path(_ name: String, _ folder: StoreFolder) -> String { folder.segment(name) + "." + rawValue }

  func lies(besides name: String, _ folder: StoreFolder) -> Bool { access(path(name, folder), F_OK) == 0 }

  /// Makes the note. That is durable once the folder of segments is.
  func put(besides name: String, _ folder: StoreFolder) throws(StoreError) { try OwnFile.make(path(name, folder)) }

  func take(from name: String, _ folder: StoreFolder) { unlink(path(name, folder)) }

  /// The name of the segment that a file in the folder of segments is a note of.
  static func name(ofSegmentNotedBy file: String) -> String? {
    for note in allCases where file.hasSuffix("." + note.rawValue) {
      let name = String(file.dropLast(note.rawValue.utf8.count + 1))
      return StoreFolder.isSegmentName(name) ? name : nil
    }
    return nil
  }
}

extension StoreFolder {
  /// Deletes a file that no commit has named.
  func discard(_ name: String) {
    unlink(segment(name))
    SegmentNote.uncounted.take(from: name, self)
  }

  /// Notes that a commit is about to take segments out of the catalog. Where the disk refuses that, a process that is killed at that moment
  /// leaves files whose events are taken up again, which is no reason to keep them all.
  func noteRemoval(of names: [String]) {
    guard !names.isEmpty else { return }
    for name in names { try? SegmentNote.removed.put(besides: name, self) }
    try? StoreFolder.sync(segments)
  }

  /// Deletes the files of segments that a commit has taken out of the catalog. Whoever reads them has them mapped.
  func delete(_ names: [String]) {
    guard !names.isEmpty else { return }
    for name in names { unlink(segment(name)) }
    // No note may be gone while its file is there; that what took their place has lost its own becomes durable with it.
    guard (try? StoreFolder.sync(segments)) != nil else { return }
    for name in names { SegmentNote.removed.take(from: name, self) }
  }

  /// The names of all that lies in the folder of segments.
  func segmentEntries() throws(StoreError) -> [String] {
    guard let handle = opendir(segments) else {
      throw StoreError(.io, "\(segments) cannot be listed: \(SystemError.words())")
    }
    defer { closedir(handle) }
    var names: [String] = []
    while let entry = readdir(handle) {
      names.append(
        withUnsafePointer(to: &entry.pointee.d_name) {
          $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
        })
    }
    return names
  }
}
