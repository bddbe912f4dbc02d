import Dispatch
import Events
import Foundation
import Synchronization
import TestSupport
import Testing

@testable import Segments

@Suite("Paths that segments share") struct SharedPathsTests {
  private let scratch: Scratch

  init() throws { scratch = try Scratch() }

  /// The bytes of a segment with columns of some paths, in whose one row each has a value of its own.
  private func bytes(_ paths: [String], level: Int32? = 1) throws -> [UInt8] {
    var random = RandomContent(seed: 1)
    var content = random.content(rows: 1, columns: 0)
    let columns = paths.indices.map { place in
      var dictionary = ValueDictionary()
      let code = Array("value \(place)".utf8).withUnsafeBufferPointer { dictionary.insert(Scalar(.string, $0)) }
      return Column(dictionary: dictionary, codes: [code])
    }
    content.events = EventBatch(columns: columns, paths: paths, rowCount: 1)
    let path = scratch.path + "/\(UInt64.random(in: 0...UInt64.max))"
    _ = try SegmentWriter.write(content, to: path, level: level)
    return Array(try Data(contentsOf: URL(fileURLWithPath: path)))
  }

  private func segment(_ paths: [String], _ shared: SharedPaths) throws -> Segment {
    try Segment(bytes: bytes(paths), named: "a", sharing: shared)
  }

  /// Holds a segment to have the columns of some paths, and no other's values in them, however it is asked.
  private func expect(_ segment: Segment, has paths: [String]) throws {
    #expect(segment.paths.map { Array($0.utf8) } == paths.map { Array($0.utf8) })
    for plan in [FieldPlan(paths: paths.reversed()), .all] {
      let events = try segment.events(plan)
      for (place, path) in paths.enumerated() {
        let column = try #require(events.column(path))
        #expect(column.codes(row: 0).map { column.dictionary.text($0) } == ["value \(place)"], "\(path) of \(paths)")
        #expect(segment.hasColumn(path))
      }
      #expect(events.columns.count == paths.count)
    }
    #expect(!segment.hasColumn("no.such") && !segment.hasColumn(""))
  }

  @Test(
    "Segments with the same columns in the same order have one list of them, and others that differ have the texts of it"
  )
  func shared() throws {
    let shared = SharedPaths()
    let paths = ["event.action", "user.identity.of.some.length", "event.id"]
    let segments = try (0..<5).map { _ in try segment(paths, shared) }
    #expect(shared.count == 1)
    #expect(segments.allSatisfy { $0.footer.batch.paths === segments[0].footer.batch.paths })
    for segment in segments { try expect(segment, has: paths) }
    let other = try segment(paths + ["source.ip"], shared)
    #expect(shared.count == 2)
    func place(_ segment: Segment) -> UnsafePointer<UInt8>? {
      segment.paths[1].utf8.withContiguousStorageIfAvailable { $0.baseAddress } ?? nil
    }
    #expect(place(other) == place(segments[0]))
  }

  @Test("Segments whose columns differ in a name, in their order or in where a name ends are told apart")
  func differing() throws {
    let shared = SharedPaths()
    let lists = [
      ["ab", "c", "d"], ["a", "bc", "d"], ["c", "ab", "d"], ["ab", "d", "c"], ["ab", "c", "e"], ["ab", "c"], ["ab"],
      [], ["ab", "c", "d", "e"], ["abc", "d"], ["Ab", "c", "d"],
      // The same text to a reader, in other bytes.
      ["caf\u{e9}", "d"], ["cafe\u{301}", "d"],
    ]
    let segments = try lists.map { try segment($0, shared) }
    #expect(shared.count == lists.count)
    for (segment, paths) in zip(segments, lists) { try expect(segment, has: paths) }
    // In the other order as well: whose texts are taken goes by who came before.
    let again = try lists.reversed().map { try segment($0, shared) }
    #expect(shared.count == lists.count)
    for (segment, paths) in zip(again, lists.reversed()) { try expect(segment, has: paths) }
  }

  @Test("Nothing stays of segments that were let go of, nor of one that cannot be opened")
  func gone() throws {
    let shared = SharedPaths()
    var segments = try (0..<20).map { try segment(["a\($0 / 2)", "b"], shared) }
    #expect(shared.count == 10)
    segments.removeLast(4)
    #expect(shared.count == 8)
    // What still reads a segment has it.
    let late = LateEntries(segments[0])
    let batch = try segments[0].events(.all, late: late)
    segments = []
    #expect(shared.count == 1)
    withExtendedLifetime((late, batch)) {}
    var bytes = try bytes(["a", "b"])
    bytes[bytes.count - 30] ^= 1
    #expect(throws: SegmentError.self) { try Segment(bytes: bytes, named: "a", sharing: shared) }
  }

  @Test("A directory with two columns of one path, or with a path that is no text, is refused and shared with nobody")
  func hostile() throws {
    let shared = SharedPaths()
    let good = try bytes(["field.one", "field.two"], level: nil)
    let place = try #require(good.lastRange(of: Array("field.two".utf8))).lowerBound
    for (path, cause) in [(Array("field.one".utf8), "two columns have one path"), ([0xFF], "a path is not UTF-8")] {
      var bytes = good
      bytes.replaceSubrange(place..<place + path.count, with: path)
      for _ in 0..<2 {
        let error = #expect(throws: SegmentError.self) {
          try Segment(bytes: bytes, named: "a", isChecked: false, sharing: shared)
        }
        #expect(error?.cause.contains(cause) == true && error?.block == "footer")
      }
    }
    #expect(shared.count == 0)
    try expect(Segment(bytes: good, named: "a", sharing: shared), has: ["field.one", "field.two"])
  }

  @Test(
    "Segments that are opened and let go of by several threads at once have their own columns, and nothing of them stays"
  )
  func concurrent() throws {
    let shared = SharedPaths()
    let lists = (0..<6).map { list in (0..<30).map { "field.\(list * 3 + $0)" } }
    let files = try lists.map { try bytes($0) }
    let wrong = Mutex(0)
    DispatchQueue.concurrentPerform(iterations: 400) { turn in
      let place = turn % lists.count
      let segment = try? Segment(bytes: files[place], named: "a", sharing: shared)
      if segment?.paths != lists[place] || segment?.hasColumn("field.\(place * 3 + 29)") != true {
        wrong.withLock { $0 += 1 }
      }
    }
    #expect(wrong.withLock { $0 } == 0)
    #expect(shared.count == 0)
  }
}
