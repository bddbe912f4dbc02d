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
    #expect(try store.settle(at: Self.now).eventsTakenUp == 2)
    #expect(try Numbered.texts(store.snapshot()).sorted() == [1, 2, 3, 4, 9].map { "event \($0)" })
    #expect(Self.names(folder + "/segments/damaged").count == 1 && Self.names(found).isEmpty)
  }

  @Test("What a commit that never came has left is swept away as ever")
  func sweeping() throws {
    let store = try SegmentStore(folder, .writing(as: "a test"))
    _ = try store.settle(at: Self.now)
    let file = try #require(try store.snapshot().parts.last?.segment.path)
    let left = folder + "/segments/0000000000ff.segment"
    try FileManager.default.copyItem(atPath: file, toPath: left)
    #expect(try SegmentStore(folder, .reading).snapshot().missingParts.isEmpty)
    _ = consume store
    let again = try SegmentStore(folder, .writing(as: "a test"))
    #expect(try again.settle(at: Self.now).isEmpty && !FileManager.default.fileExists(atPath: left))
  }
}
