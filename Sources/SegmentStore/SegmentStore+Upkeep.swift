import Events
import Foundation
import Parallel
import Segments
import Store

extension SegmentStore {
  /// Copies what is stored as of now into a new folder, which opens as it is. May run beside the writer.
  ///
  /// Throws `StoreError` and what `copyOthers` throws, and leaves no folder behind then.
  ///
  /// - Parameter copyOthers: copies what else lies in the folder into the one given, and makes nothing but files in it.
  public func backup(
    to path: String, copyOthers: (String) throws -> Void = { _ in }
  ) throws -> (segments: Int, bytes: Int) {
    let target = StoreFolder(path: path)
    guard !holds(path) else {
      throw StoreError(
        .foreign, "\(path) lies in \(folder.path), the folder that is to be copied; a backup needs a folder outside it")
    }
    switch try target.state() {
    case .absent: try StoreFolder.make(path)
    case .empty: break
    case .store, .other:
      throw StoreError(.foreign, "\(path) is not empty; a backup needs a folder of its own")
    }
    do {
      try StoreFolder.make(target.segments)
      try copyOthers(path)
      // Opened files stay readable though the writer deletes them meanwhile.
      for attempt in 0..<8 {
        if attempt > 0 {
          for name in ["", "-wal", "-shm", "-journal"] { unlink(target.catalog + name) }
          for name in Self.segmentFiles(in: target.found) { unlink(target.found + "/" + name) }
        }
        // Read first: an older mark says less, and nothing that is wrong.
        let highest = try read { try $0.highest() }
        let entries = try read { try $0.copy(to: target.catalog) }
        if var bytes = try copy(entries, to: target) {
          guard let more = try copyUnknown(besides: entries, to: target) else { continue }
          bytes += more
          // What was copied before the catalog changed would be events that the copy's does not know.
          let names = Set(entries.map(\.name))
          for name in Self.segmentFiles(in: target.segments) where !names.contains(name) {
            unlink(target.segment(name))
          }
          Self.highest(entries, highest).write(target)
          try StoreFolder.sync(target.segments)
          try StoreFolder.sync(path)
          return (entries.count, bytes)
        }
      }
      throw StoreError(.io, "\(folder.path) changes faster than it can be copied; try again")
    } catch {
      for name in ["", "-wal", "-shm", "-journal"] { unlink(target.catalog + name) }
      for entry in (try? FileManager.default.contentsOfDirectory(atPath: target.segments)) ?? []
      where StoreFolder.isSegmentName(entry) { unlink(target.segment(entry)) }
      for name in Self.segmentFiles(in: target.found) { unlink(target.found + "/" + name) }
      rmdir(target.found)
      rmdir(target.segments)
      for name in (try? FileManager.default.contentsOfDirectory(atPath: path)) ?? [] { unlink(path + "/" + name) }
      rmdir(path)
      throw error
    }
  }

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

  /// Copies segments and gives their bytes; nil where one is no longer there.
  private func copy(_ entries: [Catalog.Entry], to target: StoreFolder) throws -> Int? {
    var bytes = 0
    // What was set aside is missing in the copy too, and told.
    for entry in entries where entry.setAside == nil {
      guard StoreFolder.isSegmentName(entry.name) else {
        throw StoreError(.damaged, "the catalog names “\(entry.name)”, which is no name of a segment")
      }
      let (from, to) = (folder.segment(entry.name), target.segment(entry.name))
      if access(to, F_OK) == 0 { continue }
      guard let count = try FileCopy.copy(from, to: to) else { return nil }
      bytes += count
    }
    return bytes
  }

  /// Copies segments that the catalog does not know, to be taken up in the copy as they will be here, and gives their bytes; nil where one
  /// is no longer there.
  private func copyUnknown(besides entries: [Catalog.Entry], to target: StoreFolder) throws -> Int? {
    var bytes = 0
    for file in try unknownFiles(besides: entries) {
      try StoreFolder.make(target.found)
      let to = target.freePlaceInFound(for: StoreFolder.name(ofSegment: file))
      guard let count = try FileCopy.copy(file, to: to) else { return nil }
      bytes += count
    }
    if bytes > 0 { try StoreFolder.sync(target.found) }
    return bytes
  }
}

/// Copies a file that nobody changes.
private enum FileCopy {
  /// Makes a durable copy and gives its bytes; nil where there is no such file.
  static func copy(_ from: String, to path: String) throws(StoreError) -> Int? {
    let source = open(from, O_RDONLY | O_CLOEXEC | O_NOFOLLOW)
    guard source >= 0 else {
      if errno == ENOENT { return nil }
      throw StoreError(.io, "\(from) cannot be opened: \(SystemError.words())")
    }
    defer { close(source) }
    let target = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
    guard target >= 0 else { throw StoreError(.io, "\(path) cannot be made: \(SystemError.words())") }
    defer { close(target) }
    var buffer = [UInt8](repeating: 0, count: 1 << 20)
    var bytes = 0
    while true {
      let count = Glibc.read(source, &buffer, buffer.count)
      guard count >= 0 else { throw StoreError(.io, "\(from) cannot be read: \(SystemError.words())") }
      if count == 0 { break }
      var written = 0
      while written < count {
        let more = buffer.withUnsafeBytes { Glibc.write(target, $0.baseAddress! + written, count - written) }
        guard more > 0 else { throw StoreError(.io, "\(path) cannot be written: \(SystemError.words())") }
        written += more
      }
      bytes += count
    }
    guard fsync(target) == 0 else {
      throw StoreError(.io, "\(path) cannot be made durable: \(SystemError.words())")
    }
    return bytes
  }
}
