import Events
import Foundation
import SegmentStore
import Segments
import Store
import TestSupport
import Testing

@Suite("Damaged segments are set aside") struct SettingAsideTests {
  private static let now = Timestamp(milliseconds: 1_790_000_000_000)

  /// Changes a byte of a file; negative offsets count from its end.
  private static func damage(_ path: String, at offset: Int = 40) throws {
    var bytes = try Data(contentsOf: URL(fileURLWithPath: path))
    bytes[offset < 0 ? bytes.count + offset : offset] ^= 0x55
    let file = try FileHandle(forWritingTo: URL(fileURLWithPath: path))
    try file.write(contentsOf: bytes)
    try file.close()
  }

  @Test(
    "It is named and moved away, the rest is served, and a snapshot says what it lacks; so does one of a later opening")
  func setAside() throws {
    let scratch = try Scratch()
    let folder = scratch.path + "/events"
    var store: SegmentStore? = try SegmentStore(folder, .writing(as: "a test"))
    _ = try store?.append(Numbered.content([1, 2]), at: Self.now)
    _ = try store?.append(Numbered.content([3]), at: Self.now)
    let path = try #require(try store?.snapshot().parts[0].segment.path)
    #expect(try #require(store).repair(at: Self.now).isEmpty)
    let held = try #require(try store?.snapshot())
    try Self.damage(path)
    #expect(try #require(store).verify().faults.count == 1)
    #expect(try #require(store).repair(at: Self.now).setAside == [path])
    #expect(held.parts.count == 2)
    #expect(!FileManager.default.fileExists(atPath: path))
    #expect(try FileManager.default.contentsOfDirectory(atPath: folder + "/segments/damaged").count == 1)
    for again in [false, true] {
      if again {
        store = nil
        store = try SegmentStore(folder, .writing(as: "a test"))
      }
      for snapshot in [try #require(store).snapshot(), try SegmentStore(folder, .reading).snapshot()] {
        #expect(try Numbered.texts(snapshot) == ["event 3"])
        #expect(snapshot.missingParts.count == 1 && snapshot.missingParts[0].isSetAside)
        #expect(
          snapshot.missingParts[0].eventCount == 2 && snapshot.missingParts[0].reason.contains("set aside as damaged"))
      }
      let faults = try #require(store).verify().faults
      #expect(faults.count == 1 && faults[0].contains("2 events are missing"))
    }
    // A copy of the folder opens, and says the same.
    _ = try #require(store).backup(to: scratch.path + "/copy", at: Self.now)
    #expect(try SegmentStore(scratch.path + "/copy", .reading).snapshot().missingParts.count == 1)
  }

  @Test("What it was read from is forgotten, and nothing that was read later")
  func objects() throws {
    let scratch = try Scratch()
    let store = try SegmentStore(scratch.path + "/events", .writing(as: "a test"))
    func object(_ number: Int) -> SourceObject { SourceObject(origin: "/\(number)", size: 1, modified: 1) }
    func time(_ number: Int) -> Timestamp { Timestamp(milliseconds: Self.now.milliseconds + Int64(number)) }
    for number in 1...3 {
      _ = try store.append(Numbered.content([UInt64(number)]), objects: [object(number)], at: time(number))
    }
    try Self.damage(try store.snapshot().parts[1].segment.path)
    _ = try store.repair(at: time(4))
    #expect(try !store.knows(object(1)) && !store.knows(object(2)) && store.knows(object(3)))
  }

  @Test("Events that are stored again are there once, and then nothing is missing any more")
  func storedAgain() throws {
    let scratch = try Scratch()
    let folder = scratch.path + "/events"
    let store = try SegmentStore(folder, .writing(as: "a test"))
    _ = try store.append(Numbered.content([1, 2]), at: Self.now)
    _ = try store.append(Numbered.content([2], content: 1, text: " anew"), at: Self.now)
    let path = try store.snapshot().parts[0].segment.path
    try Self.damage(path)
    _ = try store.repair(at: Self.now)
    #expect(try store.settle(at: Self.now).isEmpty)
    #expect(try store.append(Numbered.content([1, 2, 3]), at: Self.now).stored == 2)
    #expect(try store.settle(at: Self.now).replaced == [path])
    #expect(try Numbered.texts(store.snapshot()).sorted() == ["event 1", "event 2 anew", "event 3"])
    #expect(try store.verify().faults.isEmpty && !store.hasSetAside)
  }

  @Test("A file that is put back is found, and counts again; what was stored meanwhile is not there twice")
  func putBack() throws {
    for opensAgain in [false, true] {
      let scratch = try Scratch()
      let folder = scratch.path + "/events"
      var store: SegmentStore? = try SegmentStore(folder, .writing(as: "a test"))
      _ = try store?.append(Numbered.content([1, 2, 3, 4]), at: Self.now)
      _ = try store?.append(Numbered.content([4], content: 1, text: " anew"), at: Self.now)
      let path = try #require(try store?.snapshot().parts[0].segment.path)
      let good = try Data(contentsOf: URL(fileURLWithPath: path))
      try Self.damage(path)
      _ = try store?.repair(at: Self.now)
      // One is stored again as it was, and one anew.
      _ = try store?.append(Numbered.content([1]), at: Self.now)
      _ = try store?.append(Numbered.content([2], content: 0, text: " anew"), at: Self.now)
      _ = try store?.append(Numbered.content([3], content: 9, text: " of old"), at: Self.now)
      if opensAgain { store = nil }
      try good.write(to: URL(fileURLWithPath: path))
      #expect(try SegmentStore(folder, .reading).verify().faults[0].contains("A whole file lies in its place again"))
      if opensAgain { store = try SegmentStore(folder, .writing(as: "a test")) }
      #expect(try #require(store).settle(at: Self.now).takenBack == [path])
      let expected = ["event 1", "event 2 anew", "event 3", "event 4 anew"]
      #expect(try Numbered.texts(#require(store).snapshot()).sorted() == expected)
      #expect(try Numbered.texts(SegmentStore(folder, .reading).snapshot()).sorted() == expected)
      #expect(try #require(store).verify().faults.isEmpty)
    }
  }

  @Test("A damaged file that is put back is moved away again, and none is overwritten")
  func damagedAgain() throws {
    let scratch = try Scratch()
    let folder = scratch.path + "/events"
    let store = try SegmentStore(folder, .writing(as: "a test"))
    _ = try store.append(Numbered.content([1]), at: Self.now)
    let path = try store.snapshot().parts[0].segment.path
    try Self.damage(path)
    _ = try store.repair(at: Self.now)
    let moved = try FileManager.default.contentsOfDirectory(atPath: folder + "/segments/damaged")[0]
    try FileManager.default.copyItem(atPath: folder + "/segments/damaged/" + moved, toPath: path)
    #expect(try store.settle(at: Self.now).takenBack.isEmpty)
    #expect(try FileManager.default.contentsOfDirectory(atPath: folder + "/segments/damaged").count == 2)
    // What cannot be had again is no longer missed once somebody says so.
    let repairs = try store.repair(forgets: true, at: Self.now)
    #expect(repairs.forgotten == [path] && repairs.forgottenEvents == 1)
    #expect(try store.verify().faults.isEmpty)
  }

  @Test("Another segment that is put in its place is taken up at once, and the first is missed on")
  func anotherPutBack() throws {
    let scratch = try Scratch()
    let store = try SegmentStore(scratch.path + "/events", .writing(as: "a test"))
    _ = try store.append(Numbered.content([1]), at: Self.now)
    let path = try store.snapshot().parts[0].segment.path
    try Self.damage(path)
    _ = try store.repair(at: Self.now)
    let other = try SegmentStore(scratch.path + "/other", .writing(as: "a test"))
    _ = try other.append(Numbered.content([7, 8]), at: Self.now)
    try FileManager.default.copyItem(atPath: other.snapshot().parts[0].segment.path, toPath: path)
    let repairs = try store.settle(at: Self.now)
    #expect(repairs.takenUp.count == 1 && repairs.eventsTakenUp == 2 && repairs.takenBack.isEmpty)
    #expect(try Numbered.texts(store.snapshot()) == ["event 7", "event 8"] && store.hasSetAside)
    #expect(try store.settle(at: Self.now).isEmpty)
  }

  @Test("A segment whose ids cannot be read does not stop an ingestion: it is set aside")
  func ids() throws {
    let scratch = try Scratch()
    let store = try SegmentStore(scratch.path + "/events", .writing(as: "a test"))
    _ = try store.append(Numbered.content([1]), at: Self.now)
    let path = try store.snapshot().parts[0].segment.path
    // The block of ids comes behind that of the one text: 16 bytes of header each, and 4 bytes for where the text ends.
    try Self.damage(path, at: 16 + 16 + 4 + "event 1".utf8.count + 16 + 3)
    #expect(try store.append(Numbered.content([1, 2]), at: Self.now).stored == 2)
    #expect(store.hasSetAside)
    #expect(try Numbered.texts(store.snapshot()) == ["event 1", "event 2"])
  }

  @Test("What cannot be opened is set aside where the file is damaged or gone")
  func unopened() throws {
    for isGone in [false, true] {
      let scratch = try Scratch()
      let folder = scratch.path + "/events"
      var store: SegmentStore? = try SegmentStore(folder, .writing(as: "a test"))
      _ = try store?.append(Numbered.content([1]), at: Self.now)
      let path = try #require(try store?.snapshot().parts[0].segment.path)
      store = nil
      if isGone { try FileManager.default.removeItem(atPath: path) } else { try Self.damage(path, at: -3) }
      let again = try SegmentStore(folder, .writing(as: "a test"))
      #expect(try again.snapshot().missingParts.map(\.isSetAside) == [false])
      #expect(try again.settle(at: Self.now).setAside == [path])
      #expect(try again.append(Numbered.content([1]), at: Self.now).stored == 1)
      #expect(try again.snapshot().missingParts.map(\.isSetAside) == [true])
    }
  }

  @Test(
    "Whatever is damaged, put back and stored again, every event is there at most once, and at least where all are stored again"
  )
  func random() throws {
    let seed = ProcessInfo.processInfo.environment["MARTLET_SEED"].flatMap(UInt64.init) ?? UInt64.random(in: 0...99_999)
    var random = SeededRandom(seed: seed)
    let scratch = try Scratch()
    let folder = scratch.path + "/events"
    var store: SegmentStore? = try SegmentStore(folder, .writing(as: "a test"))
    var copies: [String: Data] = [:]
    for _ in 0..<60 {
      switch Int.random(in: 0..<7, using: &random) {
      case 0...2:
        let numbers = (0..<Int.random(in: 1...6, using: &random)).map { _ in UInt64.random(in: 0...30, using: &random) }
        _ = try store?.append(
          Numbered.content(numbers, content: UInt32.random(in: 0...3, using: &random)), at: Self.now)
      case 3:
        guard let part = try store?.snapshot().parts.randomElement(using: &random) else { continue }
        copies[part.segment.path] = try Data(contentsOf: URL(fileURLWithPath: part.segment.path))
        // A version that is changed says that a later program wrote the file, which is no damage.
        let place = Int.random(in: 0..<part.summary.fileBytes, using: &random)
        try Self.damage(part.segment.path, at: (8..<12).contains(place) ? 0 : place)
        if Bool.random(using: &random) { _ = try store?.repair(at: Self.now) }
      case 4:
        // Put back by somebody, as it had been.
        guard let (path, bytes) = copies.randomElement(using: &random), !FileManager.default.fileExists(atPath: path)
        else { continue }
        if try #require(store).snapshot().missingParts.contains(where: \.isSetAside) {
          try bytes.write(to: URL(fileURLWithPath: path))
        }
        _ = try store?.settle(at: Self.now)
      case 5:
        store = nil
        store = try SegmentStore(folder, .writing(as: "a test"))
      default: _ = try? store?.mergeSegments(at: Self.now)
      }
    }
    _ = try #require(store).repair(at: Self.now)
    _ = try #require(store).append(Numbered.content((0...30).map { $0 }, content: 9), at: Self.now)
    let texts = try Numbered.texts(#require(store).snapshot()).sorted()
    #expect(texts == (0...30).map { "event \($0)" }.sorted(), "seed \(seed)")
    store = nil
    let last = try SegmentStore(folder, .writing(as: "a test"))
    #expect(try Numbered.texts(last.snapshot()).sorted() == texts, "seed \(seed)")
    let faults = try last.verify().faults
    #expect(faults.allSatisfy { $0.contains("set aside") }, "seed \(seed): \(faults)")
  }
}
