import Databases
import Foundation
import Parallel

/// Where things are in a folder of events.
///
/// ```
/// catalog.sqlite     what there is: segments, rows that no longer count, what was ingested
/// segments/          a file for each segment, named by its number; a name that ends in .new is not committed, and beside a file
///                    lies a note where the catalog does not know it yet, or any more
/// segments/damaged/  files of segments that were set aside, and of no others
/// segments/found/    files of segments that an older catalog does not know, until their events are stored anew
/// newest             which segment was committed last, and how far segments are numbered
/// lock               held by the one process that writes
/// unfinished-backup  in a backup that is not whole, and is no folder of events yet; held by the process that writes it
/// ```
struct StoreFolder: Sendable {
  let path: String

  var catalog: String { path + "/catalog.sqlite" }
  var segments: String { path + "/segments" }
  var damaged: String { segments + "/damaged" }
  var found: String { segments + "/found" }
  var mark: String { path + "/newest" }
  var lock: String { path + "/lock" }
  var unfinished: String { path + "/" + Self.unfinishedName }

  static let unfinishedName = "unfinished-backup"

  /// The file of a segment; relative names are kept in the catalog so that the folder may be moved.
  func segment(_ name: String) -> String { segments + "/" + name }

  static func segmentName(_ number: Int64) -> String {
    let digits = String(number, radix: 16)
    return String(repeating: "0", count: max(0, 12 - digits.count)) + digits + ".segment"
  }

  /// The name under which the catalog has a segment's file.
  static func name(ofSegment path: String) -> String {
    String(path[(path.lastIndex(of: "/").map(path.index(after:)) ?? path.startIndex)...])
  }

  /// Numbers of segments and of their names are no higher, whoever wrote them: behind each there is room for others.
  static let highestNumber: Int64 = 1 << 60

  /// The number that a name is; nil for a name that no segment is given.
  static func number(ofSegment name: String) -> Int64? {
    guard isSegmentName(name), let number = Int64(name.dropLast(8), radix: 16), number <= highestNumber else {
      return nil
    }
    return number
  }

  /// True for a name that `segmentName` gives: the catalog is not trusted to name files elsewhere.
  static func isSegmentName(_ name: String) -> Bool {
    name.hasSuffix(".segment") && name.utf8.dropLast(8).allSatisfy { $0 &- 0x30 < 10 || $0 &- 0x61 < 6 }
  }

  /// What a path holds.
  enum State {
    case absent
    case empty
    case store
    /// A backup that is being written, or what is left of one.
    case unfinished
    /// Something else; a few names of what is there.
    case other([String])
  }

  func state() throws(StoreError) -> State {
    var status = stat()
    guard stat(path, &status) == 0 else {
      let code = errno
      // A link that leads nowhere is in the way of the folder that would be made.
      if code == ENOENT, lstat(path, &status) != 0 { return .absent }
      throw StoreError(
        .io, "\(path) cannot be opened as a folder of events: \(SystemError.words(code, at: path)); name another folder"
      )
    }
    guard status.st_mode & S_IFMT == S_IFDIR else { return .other([]) }
    if access(unfinished, F_OK) == 0 { return .unfinished }
    if access(catalog, F_OK) == 0 { return .store }
    let names = try names()
    return names.isEmpty ? .empty : .other(Array(names.sorted().prefix(3)))
  }

  /// The names of what lies there, but for what an empty folder may have.
  func names() throws(StoreError) -> [String] {
    guard let handle = opendir(path) else {
      throw StoreError(.io, "\(path) cannot be listed: \(SystemError.words())")
    }
    defer { closedir(handle) }
    var names: [String] = []
    while let entry = readdir(handle) {
      let name = withUnsafePointer(to: &entry.pointee.d_name) {
        $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
      }
      if [".", "..", "lock", "lost+found"].contains(name) { continue }
      // What a start that was interrupted leaves behind; no segment is written before there is a catalog.
      if name == "segments", SegmentStore.segmentFiles(in: segments).isEmpty,
        SegmentStore.segmentFiles(in: found).isEmpty, damagedFiles().isEmpty
      {
        continue
      }
      names.append(name)
    }
    return names
  }

  /// The names of the files of segments among the damaged, also of those that nobody misses any longer, ascending.
  func damagedFiles() -> [String] {
    ((try? FileManager.default.contentsOfDirectory(atPath: damaged)) ?? []).filter { file in
      var name = file[...]
      if name.hasPrefix(SegmentStore.damagedFoundPrefix) {
        name = name.dropFirst(SegmentStore.damagedFoundPrefix.count)
      }
      // Behind the name stands a number where another had it.
      if let point = name.lastIndex(of: "."), Int(name[name.index(after: point)...]) != nil { name = name[..<point] }
      return Self.isSegmentName(String(name))
    }.sorted()
  }

  /// Where a file may lie among those of the damaged: under a name, or that with a number behind it where another has it.
  func freePlaceAmongDamaged(for name: String) -> String {
    var (place, number) = (damaged + "/" + name, 2)
    while access(place, F_OK) == 0 {
      place = damaged + "/\(name).\(number)"
      number += 1
    }
    return place
  }

  /// Makes a folder, for nobody but its owner; one that is there already is well.
  static func make(_ path: String) throws(StoreError) {
    if mkdir(path, 0o700) == 0 || errno == EEXIST { return }
    let code = errno
    let above = path.split(separator: "/", omittingEmptySubsequences: false).reversed().drop(while: \.isEmpty)
      .dropFirst()
    let cause =
      code == ENOENT && !above.isEmpty
      ? "there is no folder \(above.reversed().joined(separator: "/")): make it first" : SystemError.words(code)
    throw StoreError(.io, "the folder \(path) cannot be made: \(cause)")
  }

  /// Makes the names in a folder survive a loss of power.
  static func sync(_ path: String) throws(StoreError) {
    let descriptor = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    guard descriptor >= 0 else {
      throw StoreError(.io, "the folder \(path) cannot be opened: \(SystemError.words())")
    }
    defer { close(descriptor) }
    guard fsync(descriptor) == 0 else {
      throw StoreError(.io, "the folder \(path) cannot be made durable: \(SystemError.words())")
    }
  }
}

/// Files for nobody but their owner.
enum OwnFile {
  /// Makes an empty file where there is none, as `DatabaseFile` does: one that is there is not opened, which would take its locks from it.
  static func make(_ path: String) throws(StoreError) {
    do {
      try DatabaseFile.make(path)
    } catch {
      throw StoreError(.io, error.description)
    }
  }
}
