import Events
import Foundation
import SegmentStore
import Segments
import Store
import TestSupport
import Testing

/// What becomes of segments that were committed after the catalog that is there.
@Suite("A catalog that was put back from an earlier time") struct OlderCatalogTests {
  private static let now = Timestamp(milliseconds: 1_790_000_000_000)

  private static func names(_ folder: String) -> [String] {
    ((try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []).filter { $0.hasSuffix(".segment") }.sorted()
  }

  private let scratch: Scratch
  private let folder: String

  /// A folder in which three segments were committed, and whose catalog knows the first of them alone.
  private init() throws {
    scratch = try Scratch()
    folder = scratch.path + "/events"
    let old = scratch.path + "/catalog.old"
    do {
      let store = try SegmentStore(folder, .writing(as: "a test"))
      _ = try store.append(Numbered.content([UInt64](1...2)), at: Self.now)
    }
    try FileManager.default.copyItem(atPath: folder + "/catalog.sqlite", toPath: old)
    do {
      let store = try SegmentStore(folder, .writing(as: "a test"))
      _ = try store.append(Numbered.content([UInt64](2...4)), at: Self.now)
      _ = try store.append(Numbered.content([UInt64](5...5)), at: Self.now)
    }
    for ending in ["", "-wal", "-shm"] { unlink(folder + "/catalog.sqlite" + ending) }
    try FileManager.default.copyItem(atPath: old, toPath: folder + "/catalog.sqlite")
  }

  @Test("Whoever reads is told of the events that it does not know, with their span")
  func reading() throws {
    let snapshot = try SegmentStore(folder, .reading).snapshot()
    #expect(try Numbered.texts(snapshot).sorted() == ["event 1", "event 2"])
    // One of the three of the first is in it twice.
    #expect(snapshot.missingParts.map(\.eventCount) == [2, 1])
    #expect(snapshot.missingParts.allSatisfy { $0.reason.contains("older") && $0.times != nil })
    let faults = try SegmentStore(folder, .reading).verify().faults
    #expect(faults.count == 2 && faults[0].contains("2 events are missing"), "\(faults)")
  }

  @Test(
    "Of a file of which nothing can be read whoever asks for any span or data stream is told; of others within theirs")
  func boundedReads() async throws {
    let whole = try SegmentStore(folder, .reading).snapshot()
    #expect(try await Numbered.missing(whole, 5...5) == 1)
    #expect(try await Numbered.missing(whole, 90...95) == 0)
    #expect(try await Numbered.missing(whole, index: "logs-x-*") == 0)
    let file = folder + "/segments/" + (try #require(Self.names(folder + "/segments").last))
    try Data("none".utf8).write(to: URL(fileURLWithPath: file))
    let snapshot = try SegmentStore(folder, .reading).snapshot()
    #expect(try await Numbered.missing(snapshot) == 2)
    #expect(try await Numbered.missing(snapshot, index: "logs-x-*", 90...95) == 1)
  }

  @Test("The next that writes takes the events up, each once, and numbers none of its segments as they were")
  func takingUp() throws {
    let store = try SegmentStore(folder, .writing(as: "a test"))
    #expect(Self.names(folder + "/segments/found").count == 2)
    #expect(try SegmentStore(folder, .reading).snapshot().missingParts.count == 2)
    let repairs = try store.settle(at: Self.now)
    #expect(repairs.takenUp.count == 2 && repairs.eventsTakenUp == 3)
    let snapshot = try store.snapshot()
    #expect(try Numbered.texts(snapshot).sorted() == (1...5).map { "event \($0)" })
    // What has looked at the third has looked at the first two.
    #expect(snapshot.parts.map(\.number) == [1, 4, 5])
    #expect(try store.settle(at: Self.now).isEmpty && store.verify().faults.isEmpty)
    #expect(Self.names(folder + "/segments/found").isEmpty)
  }

  @Test("What was found stays so when the process ends before it is taken up, and a damaged file is not lost")
  func interrupted() throws {
    do { _ = try SegmentStore(folder, .writing(as: "a test")) }
    let found = folder + "/segments/found"
    try #require(Self.names(found).count == 2)
    do {
      // Behind this commit the catalog is no longer older than anything.
      let store = try SegmentStore(folder, .writing(as: "a test"))
      _ = try store.append(Numbered.content([UInt64](9...9)), at: Self.now)
    }
    let damaged = found + "/" + Self.names(found)[1]
    let handle = try FileHandle(forWritingTo: URL(fileURLWithPath: damaged))
    try handle.seek(toOffset: 40)
    try handle.write(contentsOf: [0xFF, 0xFE, 0xFD])
    try handle.close()
    let store = try SegmentStore(folder, .writing(as: "a test"))
    let repairs = try store.settle(at: Self.now)
    #expect(repairs.eventsTakenUp == 2 && repairs.setAside == [damaged])
    #expect(try Numbered.texts(store.snapshot()).sorted() == [1, 2, 3, 4, 9].map { "event \($0)" })
    #expect(Self.names(folder + "/segments/damaged").count == 1 && Self.names(found).isEmpty)
  }

  @Test(
    "A found segment that is damaged is missed until its events are stored again, or somebody says that they are lost",
    arguments: [true, false])
  func damagedFound(_ forgets: Bool) throws {
    let found = folder + "/segments/found"
    let store = try SegmentStore(folder, .writing(as: "a test"))
    let name = try #require(Self.names(found).last)
    let handle = try FileHandle(forWritingTo: URL(fileURLWithPath: found + "/" + name))
    try handle.seek(toOffset: 40)
    try handle.write(contentsOf: [0xFF, 0xFE, 0xFD])
    try handle.close()
    let damaged = folder + "/segments/damaged/found-" + name
    for _ in 0..<2 {
      _ = try store.settle(at: Self.now)
      let reader = try SegmentStore(folder, .reading)
      let missing = try reader.snapshot().missingParts
      #expect(missing.map(\.eventCount) == [1] && missing[0].isSetAside && missing[0].reason.contains(damaged))
      #expect(missing[0].times?.lowerBound.milliseconds == 5000 && missing[0].dataStream == "logs-a-b")
      let faults = try reader.verify().faults
      #expect(faults.count == 1 && faults[0].contains("1 events are missing"), "\(faults)")
    }
    if forgets {
      let repairs = try store.repair(forgets: true, at: Self.now)
      #expect(repairs.forgotten == [damaged] && repairs.forgottenEvents == 1)
    } else {
      #expect(try store.append(Numbered.content([5]), at: Self.now).stored == 1)
      #expect(try store.settle(at: Self.now).replaced == [damaged])
    }
    #expect(FileManager.default.fileExists(atPath: folder + "/segments/damaged/" + name))
    #expect(try store.settle(at: Self.now).isEmpty)
    let reader = try SegmentStore(folder, .reading)
    #expect(try reader.snapshot().missingParts.isEmpty && reader.verify().faults == [])
  }

  @Test(
    "A file that a later version wrote waits, is told each time, and stops nothing; once it can be read it is taken up")
  func laterVersion() throws {
    do { _ = try SegmentStore(folder, .writing(as: "a test")) }
    let found = folder + "/segments/found"
    let file = found + "/" + (try #require(Self.names(found).first))
    let good = try Data(contentsOf: URL(fileURLWithPath: file))
    var later = good
    // The version of the format.
    later.replaceSubrange(8..<12, with: [0xFF, 0xFF, 0xFF, 0x00])
    try later.write(to: URL(fileURLWithPath: file))
    let store = try SegmentStore(folder, .writing(as: "a test"))
    for round in 0..<2 {
      let repairs = try store.settle(at: Self.now)
      #expect(repairs.takenUp.count == (round == 0 ? 1 : 0) && repairs.setAside.isEmpty && !repairs.isEmpty)
      #expect(repairs.waiting.count == 1 && repairs.waiting[0].contains(file), "\(repairs.waiting)")
    }
    #expect(try Data(contentsOf: URL(fileURLWithPath: file)) == later)
    #expect(try store.append(Numbered.content([9]), at: Self.now).stored == 1)
    try good.write(to: URL(fileURLWithPath: file))
    #expect(try store.settle(at: Self.now).takenUp == [file])
    #expect(try Numbered.texts(store.snapshot()).sorted() == [1, 2, 3, 4, 5, 9].map { "event \($0)" })
  }

  /// A segment of another folder, as a file at some path.
  private func putForeign(_ numbers: [UInt64], at path: String) throws {
    let other = scratch.path + "/other\(numbers[0])"
    let store = try SegmentStore(other, .writing(as: "a test"))
    _ = try store.append(Numbered.content(numbers), at: Self.now)
    let name = try #require(Self.names(other + "/segments").first)
    try FileManager.default.copyItem(atPath: other + "/segments/" + name, toPath: path)
  }

  @Test("A copy of the folder has every segment that waits, however their names meet")
  func copying() throws {
    let segments = folder + "/segments"
    try FileManager.default.createDirectory(atPath: segments + "/found", withIntermediateDirectories: false)
    let name = try #require(Self.names(segments).dropFirst().first)
    try putForeign([20, 21], at: segments + "/found/" + name)
    // Wherever one of two of a name might be put, another is there already.
    for number: UInt64 in [4, 5, 6, 7, 8, 11] {
      try putForeign([30 + number], at: segments + "/00000000000\(String(number, radix: 16)).segment")
    }
    _ = try SegmentStore(folder, .reading).backup(to: scratch.path + "/copy", at: Self.now)
    let copy = try SegmentStore(scratch.path + "/copy", .writing(as: "a test"))
    #expect(try copy.settle(at: Self.now).takenUp.count == 9)
    #expect(
      try Numbered.texts(copy.snapshot()).sorted()
        == [1, 2, 3, 4, 5, 20, 21, 34, 35, 36, 37, 38, 41].map { "event \($0)" }.sorted())
  }

  @Test(
    "A name or a mark that no segment reaches ends no process: what lies under it is taken up, and what is stored later has names of its own",
    arguments: ["7fffffffffffffff", "1000000000000000", "ffffffffffffffffffff", "000000000000"])
  func highNames(_ name: String) throws {
    try putForeign([20], at: folder + "/segments/\(name).segment")
    try Data("9223372036854775807 9223372036854775807\n".utf8).write(to: URL(fileURLWithPath: folder + "/newest"))
    for round in UInt64(0)..<3 {
      let store = try SegmentStore(folder, .writing(as: "a test"))
      #expect(try store.settle(at: Self.now).takenUp.count == (round == 0 ? 3 : 0))
      #expect(try store.append(Numbered.content([40 + round]), at: Self.now).stored == 1)
    }
    let store = try SegmentStore(folder, .reading)
    #expect(try Numbered.texts(store.snapshot()).sorted() == [1, 2, 20, 3, 4, 40, 41, 42, 5].map { "event \($0)" })
    #expect(try store.snapshot().missingParts.isEmpty)
  }

  @Test("A name below those that the catalog knows is found as well: segments are committed in any order")
  func belowOthers() throws {
    let store = try SegmentStore(folder, .writing(as: "a test"))
    _ = try store.settle(at: Self.now)
    let file = try #require(try store.snapshot().parts.last?.segment.path)
    _ = consume store
    // As an older catalog would not have it.
    try FileManager.default.moveItem(atPath: file, toPath: folder + "/segments/000000000000.segment")
    #expect(try SegmentStore(folder, .reading).snapshot().missingParts.count == 2)
    let again = try SegmentStore(folder, .writing(as: "a test"))
    let repairs = try again.settle(at: Self.now)
    #expect(repairs.takenUp.count == 1 && repairs.eventsTakenUp == 1)
    #expect(try Numbered.texts(again.snapshot()).sorted() == (1...5).map { "event \($0)" })
  }

  @Test("What a commit that never came has left is swept away as ever, and nobody is told of it")
  func sweeping() throws {
    let store = try SegmentStore(folder, .writing(as: "a test"))
    _ = try store.settle(at: Self.now)
    let path = try #require(try store.snapshot().parts.last?.segment.path)
    _ = consume store
    func files() throws -> [String] {
      try FileManager.default.contentsOfDirectory(atPath: folder + "/segments").sorted()
    }
    let before = try files()
    let texts = try Numbered.texts(SegmentStore(folder, .reading).snapshot())
    // Written, and not committed; taken out, and not deleted; committed, with the notes of before; written in part; a note alone.
    let (left, out) = (folder + "/segments/0000000000ff.segment", folder + "/segments/000000000001.segment.removed")
    try FileManager.default.copyItem(atPath: path, toPath: left)
    try FileManager.default.copyItem(atPath: path, toPath: folder + "/segments/000000000000.segment")
    for note in [
      left + ".uncounted", folder + "/segments/000000000000.segment.removed", path + ".uncounted", path + ".removed",
      folder + "/segments/0000000000fe.segment.new", out, folder + "/segments/0000000000fd.segment.uncounted",
    ] { try Data().write(to: URL(fileURLWithPath: note)) }
    let reader = try SegmentStore(folder, .reading)
    #expect(try reader.snapshot().missingParts.isEmpty && reader.verify().faults == [])
    let again = try SegmentStore(folder, .writing(as: "a test"))
    #expect(try again.settle(at: Self.now).isEmpty && again.verify().faults == [])
    #expect(try Numbered.texts(again.snapshot()) == texts)
    #expect(try files() == before)
  }

  @Test("What is stored, merged and deleted leaves no note behind")
  func notes() throws {
    let store = try SegmentStore(folder, .writing(as: "a test"))
    _ = try store.settle(at: Self.now)
    for number in 20..<50 { _ = try store.append(Numbered.content([UInt64(number)]), at: Self.now) }
    #expect(try store.mergeSegments(at: Self.now) > 8)
    _ = try store.delete(before: Timestamp(milliseconds: 30_000), of: nil, at: Self.now)
    let files = try FileManager.default.contentsOfDirectory(atPath: folder + "/segments").filter { $0 != "found" }
    #expect(
      files.sorted() == (try store.snapshot().parts.map { ($0.segment.path as NSString).lastPathComponent }.sorted()))
  }

  @Test("What was taken out by a later catalog than the one that is there is kept")
  func takenOutLater() throws {
    let last = folder + "/segments/" + (try #require(Self.names(folder + "/segments").last))
    try Data().write(to: URL(fileURLWithPath: last + ".removed"))
    let store = try SegmentStore(folder, .writing(as: "a test"))
    #expect(try store.settle(at: Self.now).eventsTakenUp == 3)
    #expect(try Numbered.texts(store.snapshot()).sorted() == (1...5).map { "event \($0)" })
  }
}

/// A backup that was not put in a folder's place, but copied over it.
@Suite("A backup copied over a folder") struct BackupOverFolderTests {
  private static let now = Timestamp(milliseconds: 1_790_000_000_000)

  private let scratch: Scratch
  private let folder: String

  /// A folder with five events, over which a backup was copied that has the first two of them, with its mark.
  private init() throws {
    scratch = try Scratch()
    folder = scratch.path + "/events"
    let files = FileManager.default
    do {
      let store = try SegmentStore(folder, .writing(as: "a test"))
      _ = try store.append(Numbered.content([UInt64](1...2)), at: Self.now)
      _ = try store.backup(to: scratch.path + "/copy", at: Self.now)
      _ = try store.append(Numbered.content([UInt64](2...4)), at: Self.now)
      _ = try store.append(Numbered.content([UInt64](5...5)), at: Self.now)
    }
    for ending in ["-wal", "-shm"] { unlink(folder + "/catalog.sqlite" + ending) }
    for name in try files.subpathsOfDirectory(atPath: scratch.path + "/copy") where name != "segments" {
      try? files.removeItem(atPath: folder + "/" + name)
      try files.copyItem(atPath: scratch.path + "/copy/" + name, toPath: folder + "/" + name)
    }
  }

  @Test("Whoever reads is told what it does not know, and a copy of the folder has that as well")
  func reading() throws {
    for path in [folder, scratch.path + "/second"] {
      let store = try SegmentStore(path, .reading)
      let snapshot = try store.snapshot()
      #expect(try Numbered.texts(snapshot).sorted() == ["event 1", "event 2"])
      #expect(snapshot.missingParts.map(\.eventCount) == [2, 1])
      #expect(snapshot.missingParts.allSatisfy { $0.reason.contains("older") && $0.reason.contains("verify --repair") })
      #expect(try store.verify().faults.count == 2)
      if path == folder { _ = try store.backup(to: scratch.path + "/second", at: Self.now) }
    }
    let copy = try SegmentStore(scratch.path + "/second", .writing(as: "a test"))
    #expect(try copy.settle(at: Self.now).eventsTakenUp == 3)
    #expect(try Numbered.texts(copy.snapshot()).sorted() == (1...5).map { "event \($0)" })
  }

  @Test("Loses no event: the next that writes takes them up, each once, under numbers that none of them had")
  func takingUp() throws {
    let store = try SegmentStore(folder, .writing(as: "a test"))
    let repairs = try store.settle(at: Self.now)
    #expect(repairs.takenUp.count == 2 && repairs.eventsTakenUp == 3)
    let snapshot = try store.snapshot()
    #expect(try Numbered.texts(snapshot).sorted() == (1...5).map { "event \($0)" })
    #expect(snapshot.parts.map(\.number) == [1, 4, 5])
    #expect(try store.settle(at: Self.now).isEmpty && store.verify().faults == [])
  }

  @Test("Copied over it a second time, before all was taken up, loses none either")
  func twice() throws {
    let copied = try Data(contentsOf: URL(fileURLWithPath: scratch.path + "/copy/catalog.sqlite"))
    do {
      // What was found waits, and another segment is stored.
      let store = try SegmentStore(folder, .writing(as: "a test"))
      _ = try store.append(Numbered.content([9]), at: Self.now)
    }
    for ending in ["-wal", "-shm"] { unlink(folder + "/catalog.sqlite" + ending) }
    try copied.write(to: URL(fileURLWithPath: folder + "/catalog.sqlite"))
    unlink(folder + "/newest")
    try FileManager.default.copyItem(atPath: scratch.path + "/copy/newest", toPath: folder + "/newest")
    let store = try SegmentStore(folder, .writing(as: "a test"))
    #expect(try store.settle(at: Self.now).eventsTakenUp == 4)
    #expect(try Numbered.texts(store.snapshot()).sorted() == [1, 2, 3, 4, 5, 9].map { "event \($0)" })
  }
}
