import Events
import Foundation
import SegmentStore
import Store
import TestSupport
import Testing

/// The file that tells of a catalog that was put back.
@Suite("The mark of what was committed last") struct CommitMarkTests {
  private static let now = Timestamp(milliseconds: 1_790_000_000_000)

  private static func make(_ scratch: Scratch, _ ids: ClosedRange<UInt64>...) throws -> String {
    let folder = scratch.path + "/events"
    let store = try SegmentStore(folder, .writing(as: "a test"))
    for ids in ids { _ = try store.append(Numbered.content(Array(ids)), at: now) }
    return folder
  }

  @Test(
    "Is missed where it is gone or cannot be read, and written anew by the next that writes",
    arguments: [nil, "x", String(repeating: "y ", count: 200), ""])
  func missed(_ text: String?) throws {
    let scratch = try Scratch()
    let folder = try Self.make(scratch, 1...2)
    #expect(try SegmentStore(folder, .reading).verify().faults == [])
    unlink(folder + "/newest")
    if let text { try Data(text.utf8).write(to: URL(fileURLWithPath: folder + "/newest")) }
    let faults = try SegmentStore(folder, .reading).verify().faults
    #expect(faults.count == 1 && faults[0].contains("/newest"), "\(faults)")
    let store = try SegmentStore(folder, .writing(as: "a test"))
    let repairs = try store.repair(at: Self.now)
    #expect(repairs.hasNewMark && repairs.takenUp.isEmpty)
    #expect(try !store.repair(at: Self.now).hasNewMark)
    #expect(try SegmentStore(folder, .reading).verify().faults == [])
  }

  @Test("Gone together with a new catalog loses no event: what an older one does not know is taken up all the same")
  func olderCatalog() throws {
    let scratch = try Scratch()
    let folder = try Self.make(scratch, 1...2)
    let old = try Data(contentsOf: URL(fileURLWithPath: folder + "/catalog.sqlite"))
    _ = try Self.make(scratch, 3...4)
    for ending in ["-wal", "-shm"] { unlink(folder + "/catalog.sqlite" + ending) }
    try old.write(to: URL(fileURLWithPath: folder + "/catalog.sqlite"))
    unlink(folder + "/newest")
    let repairs = try SegmentStore(folder, .writing(as: "a test")).repair(at: Self.now)
    #expect(repairs.hasNewMark && repairs.eventsTakenUp == 2)
    let store = try SegmentStore(folder, .reading)
    #expect(try Numbered.texts(store.snapshot()).sorted() == (1...4).map { "event \($0)" })
    #expect(try store.verify().faults == [])
  }

  @Test("Is in a backup; a folder of which nothing was committed has none, and lacks none")
  func backup() throws {
    let scratch = try Scratch()
    let folder = try Self.make(scratch)
    #expect(try SegmentStore(folder, .reading).verify().faults == [])
    _ = try Self.make(scratch, 1...2)
    _ = try SegmentStore(folder, .reading).backup(to: scratch.path + "/copy", at: Self.now)
    #expect(try SegmentStore(scratch.path + "/copy", .reading).verify().faults == [])
  }

  @Test(
    "A backup into the folder itself is refused, by whatever way it is named, and leaves nothing",
    arguments: ["events/sub", "events/segments/sub", "link/sub", "inner", "events/../events/sub/", "events"])
  func backupWithin(_ target: String) throws {
    let scratch = try Scratch()
    let folder = try Self.make(scratch, 1...2)
    let files = FileManager.default
    try files.createSymbolicLink(atPath: scratch.path + "/link", withDestinationPath: folder)
    let made = folder + "/made"
    try files.createDirectory(atPath: made, withIntermediateDirectories: false)
    try files.createSymbolicLink(atPath: scratch.path + "/inner", withDestinationPath: made)
    let before = try files.subpathsOfDirectory(atPath: folder).sorted()
    #expect(throws: StoreError.self) {
      try SegmentStore(folder, .reading).backup(to: scratch.path + "/" + target, at: Self.now)
    }
    #expect(
      try files.subpathsOfDirectory(atPath: folder).sorted().filter { !$0.hasPrefix("catalog.sqlite-") }
        == before.filter { !$0.hasPrefix("catalog.sqlite-") })
    #expect(try SegmentStore(folder, .reading).backup(to: scratch.path + "/eventsother", at: Self.now).segments == 1)
  }
}
