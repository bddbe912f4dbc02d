import Events
import Foundation
import SegmentStore
import Segments
import Store
import Synchronization
import TestSupport
import Testing

@Suite("Segments without a catalog, and what an append that fails leaves") struct BareSegmentsTests {
  private static let now = Timestamp(milliseconds: 1_790_000_000_000)

  private static func names(_ folder: String) throws -> [String] {
    try FileManager.default.contentsOfDirectory(atPath: folder).sorted()
  }

  @Test(
    "A folder that holds nothing but segments is no empty one: no copy is made into it, it is not made anew, and all of them stay",
    arguments: ["segments", "segments/found"])
  func bare(_ place: String) throws {
    let scratch = try Scratch()
    let (folder, bare) = (scratch.path + "/events", scratch.path + "/bare")
    let store = try SegmentStore(folder, .writing(as: "a test"))
    _ = try store.append(Numbered.content([1, 2]), at: Self.now)
    let name = StoreFileName.of(try store.snapshot().parts[0].segment.path)
    let files = FileManager.default
    try files.createDirectory(atPath: bare + "/" + place, withIntermediateDirectories: true)
    try Data().write(to: URL(fileURLWithPath: bare + "/lock"))
    // One under the name of a segment that is to be copied, and one besides.
    for name in [name, "0000000000ff.segment"] {
      try Data("another".utf8).write(to: URL(fileURLWithPath: "\(bare)/\(place)/\(name)"))
    }
    let before = try files.subpathsOfDirectory(atPath: bare).sorted()
    #expect(throws: StoreError.self) { try store.backup(to: bare, at: Self.now) }
    #expect {
      try SegmentStore(bare, .writing(as: "a test"))
    } throws: {
      ($0 as? StoreError)?.kind == .damaged && "\($0)".contains("no catalog.sqlite")
    }
    #expect(try files.subpathsOfDirectory(atPath: bare).sorted() == before)
    for name in [name, "0000000000ff.segment"] {
      #expect(try Data(contentsOf: URL(fileURLWithPath: "\(bare)/\(place)/\(name)")) == Data("another".utf8))
    }
  }

  @Test("What an interrupted start has left is taken for empty")
  func empty() throws {
    let scratch = try Scratch()
    let (folder, bare) = (scratch.path + "/events", scratch.path + "/bare")
    for place in ["/segments/found", "/segments/damaged"] {
      try FileManager.default.createDirectory(atPath: bare + place, withIntermediateDirectories: true)
    }
    let store = try SegmentStore(folder, .writing(as: "a test"))
    _ = try store.append(Numbered.content([1, 2]), at: Self.now)
    #expect(try store.backup(to: bare, at: Self.now).segments == 1)
    #expect(try SegmentStore(bare, .reading).snapshot().eventCount == 2)
  }

  private struct Refused: Error {}

  @Test("Where what is kept beside a segment cannot be worked out, no file of it stays", arguments: [1, 2])
  func answering(_ failing: Int) throws {
    let scratch = try Scratch()
    let calls = Mutex(-100)
    let store = try SegmentStore(
      scratch.path + "/events", .writing(as: "a test"),
      answering: { _, _ in
        let call = calls.withLock {
          $0 += 1
          return $0
        }
        if call == failing { throw Refused() }
        return KeptAnswers()
      })
    for number in UInt64(1)...8 { _ = try store.append(Numbered.content([number]), at: Self.now) }
    let before = try Self.names(scratch.path + "/events/segments")
    try #require(before.count == 8)
    calls.withLock { $0 = 0 }
    #expect(throws: Refused.self) {
      try store.appendTelling(
        [Numbered.content([20]), Numbered.content([21])], objects: [], at: Self.now)
    }
    #expect(try Self.names(scratch.path + "/events/segments") == before)
    // Joined segments are one new one.
    calls.withLock { $0 = failing - 1 }
    #expect(throws: Refused.self) { try store.mergeSegments(at: Self.now) }
    #expect(try Self.names(scratch.path + "/events/segments") == before)
    #expect(try store.append(Numbered.content([20, 21]), at: Self.now).stored == 2)
    #expect(try store.verify().faults == [])
  }

  @Test("A segment has a note for as long as no commit has named it, so that what a killed process leaves is swept")
  func notes() throws {
    let scratch = try Scratch()
    let segments = scratch.path + "/events/segments"
    // What lay there when the segments were written and not committed, as they are when they are asked about.
    let seen = Mutex<[[String]]>([])
    let store = try SegmentStore(
      scratch.path + "/events", .writing(as: "a test"),
      answering: { _, _ in
        let names = (try? Self.names(segments)) ?? []
        seen.withLock { $0.append(names) }
        return KeptAnswers()
      })
    for number in UInt64(1)...8 { _ = try store.append(Numbered.content([number]), at: Self.now) }
    #expect(try store.mergeSegments(at: Self.now) == 8)
    let looks = seen.withLock { $0 }
    try #require(looks.count == 9)
    for names in looks { #expect(names.count { $0.hasSuffix(".segment.uncounted") } == 1, "\(names)") }
    #expect(try Self.names(segments).allSatisfy { $0.hasSuffix(".segment") })
  }
}

private enum StoreFileName {
  static func of(_ path: String) -> String { (path as NSString).lastPathComponent }
}
