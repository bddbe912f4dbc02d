import Events
import Foundation
import Store
import TestSupport
import Testing

@testable import SegmentStore
@testable import Segments

@Suite("A folder of many segments is opened") struct OpeningTests {
  private static let now = Timestamp(milliseconds: 1_790_000_000_000)

  @Test("Segments come in their order, and those that are damaged are named in theirs, however many are opened at once")
  func order() throws {
    let scratch = try Scratch()
    let folder = scratch.path + "/events"
    var store: SegmentStore? = try SegmentStore(folder, .writing(as: "a test"))
    _ = try store?.appendTelling((1...60).map { Numbered.content([$0]) }, objects: [], at: Self.now)
    let files = try #require(store).parts.map(\.segment.path)
    store = nil
    let damaged = Set(stride(from: 3, to: 60, by: 7))
    for place in damaged { try Data("no segment".utf8).write(to: URL(fileURLWithPath: files[place])) }
    let reading = try SegmentStore(folder, .reading)
    let snapshot = try reading.snapshot()
    let whole = files.indices.filter { !damaged.contains($0) }
    #expect(snapshot.parts.map(\.segment.path) == whole.map { files[$0] })
    #expect(try Numbered.texts(snapshot) == whole.map { "event \($0 + 1)" })
    #expect(snapshot.missingParts.count == damaged.count)
    for (missing, place) in zip(snapshot.missingParts, damaged.sorted()) {
      #expect(missing.reason.contains(files[place]) && missing.eventCount == 1)
    }
    store = try SegmentStore(folder, .writing(as: "a test"))
    let repairs = try #require(store).settle(at: Self.now)
    #expect(repairs.setAside == damaged.sorted().map { files[$0] })
    #expect(try #require(store).parts.map(\.segment.path) == whole.map { files[$0] })
  }

  @Test("The paths of columns are there once for all segments of a folder, and as long as somebody has one")
  func paths() throws {
    let scratch = try Scratch()
    let folder = scratch.path + "/events"
    let store = try SegmentStore(folder, .writing(as: "a test"))
    _ = try store.appendTelling((1...20).map { Numbered.content([$0]) }, objects: [], at: Self.now)
    #expect(store.parts.count == 20 && store.columnPaths.count == 1)
    let reading = try SegmentStore(folder, .reading)
    var snapshots = [try reading.snapshot(), try reading.snapshot()]
    #expect(reading.columnPaths.count == 1)
    snapshots = []
    #expect(snapshots.isEmpty && reading.columnPaths.count == 0)
    _ = try store.delete(before: Timestamp(milliseconds: 30_000), of: nil, at: Self.now)
    #expect(store.parts.isEmpty && store.columnPaths.count == 0)
  }
}
