import Events
import Foundation
import Segments
import TestSupport
import Testing

@Suite struct ReadingTests {
  private let scratch: Scratch

  init() throws { scratch = try Scratch() }

  private func segment(_ content: SourcedBatch) throws -> Segment {
    let path = scratch.path + "/\(UInt64.random(in: 0...UInt64.max))"
    _ = try SegmentWriter.write(content, to: path)
    return try Segment(path: path)
  }

  @Test(
    "The rows of ids are those that a dictionary gives", arguments: [UInt64.random(in: 0...UInt64.max), 8, 9],
    [0, 1, 50, 9000])
  func rowsOfIdentities(seed: UInt64, rows: Int) throws {
    var random = RandomContent(seed: seed)
    var content = random.content(rows: rows, columns: 0)
    // Few ids, so that one stands in several scopes and several times in one; and one that fills blocks by itself.
    let few = (0..<max(1, rows / 3)).map { _ in EventID(high: random.random.next(), low: random.random.next()) }
    for row in content.heads.indices {
      content.heads[row].identity = EventIdentity(
        random.chance(60) ? few[0] : few.randomElement(using: &random.random)!,
        scope: UInt32.random(in: 0...3, using: &random.random))
    }
    let segment = try segment(content)
    var known: [EventIdentity: [Int]] = [:]
    for (row, head) in content.heads.enumerated() { known[head.identity, default: []].append(row) }
    for count in [0, 1, 3, 2000] {
      var wanted = (0..<count).map { _ in
        EventIdentity(few.randomElement(using: &random.random)!, scope: UInt32.random(in: 0...5, using: &random.random))
      }
      if count < 2000 { wanted += [EventIdentity(few[0], scope: 1), EventIdentity(few[0], scope: 0)] }
      wanted += (0..<count).map { _ in EventIdentity(EventID(high: random.random.next(), low: 1)) }
      wanted += [EventID(high: 0, low: 0), EventID(high: .max, low: .max)].map { EventIdentity($0) }
      if count == 2000 { wanted.removeAll { $0.id == few[0] } }
      wanted.sort { $0.id < $1.id }
      let expected = wanted.enumerated().flatMap { place, identity in
        (known[identity] ?? []).map { [place, $0] }
      }
      let found = try segment.rows(of: wanted).map { [$0.place, $0.row] }
      #expect(found == expected, "seed \(seed)")
    }
  }

  @Test(
    "Source texts come byte for byte, with zeros to read behind the last",
    arguments: [UInt64.random(in: 0...UInt64.max)])
  func sourceTexts(seed: UInt64) throws {
    var random = RandomContent(seed: seed)
    let content = random.content(rows: 4000, columns: 0)
    let segment = try segment(content)
    let expected = try texts(content)
    for share in [1, 20, 100] {
      let rows = (0..<4000).filter { _ in random.chance(share) }
      #expect(try sources(segment, rows: rows) == rows.map { expected[$0] }, "seed \(seed)")
    }
    #expect(try sources(segment, rows: [7, 7, 8]) == [expected[7], expected[7], expected[8]])
    try segment.withSources([3999]) { _, text in
      let behind = UnsafeRawBufferPointer(start: text.baseAddress! + text.count, count: 64)
      #expect(behind.allSatisfy { $0 == 0 })
    }
    struct Stop: Error {}
    #expect(throws: Stop.self) { try segment.withSources([1]) { _, _ in throw Stop() } }
  }

  @Test(
    "A plan gives the columns that it asks for, each at its place", arguments: [UInt64.random(in: 0...UInt64.max), 3])
  func plans(seed: UInt64) throws {
    var random = RandomContent(seed: seed)
    let content = random.content(rows: 200, columns: 30)
    let segment = try segment(content)
    let full = try segment.events(.all)
    for _ in 0..<8 {
      var wanted = segment.paths.filter { _ in random.chance(20) } + ["none", "f\u{fc}1"]
      wanted.shuffle(using: &random.random)
      var plan = FieldPlan(paths: wanted)
      let isPattern = random.chance(50)
      if isPattern { plan.insert { $0.contains("1") } }
      plan.nested["n.one"] = FieldPlan(paths: ["f\u{fc}2.x"])
      let some = try segment.events(plan)
      #expect(some.rowCount == 200)
      for (place, path) in wanted.enumerated() {
        #expect(some.columnByPath[path] == place)
        #expect(flat(some.columns[place]) == flat(full.column(path) ?? Column(rowCount: 200)), "seed \(seed)")
      }
      let further = segment.paths.filter { isPattern && $0.contains("1") && !wanted.contains($0) }
      #expect(some.columns.count == wanted.count + further.count)
      for (at, path) in further.enumerated() { #expect(some.columnByPath[path] == wanted.count + at) }
      let nested = try #require(some.nested["n.one"])
      #expect(nested.parents == content.events.nested["n.one"]?.parents ?? [])
      #expect(nested.batch.columns.count == 1 && nested.batch.rowCount == nested.parents.count)
      if let written = content.events.nested["n.one"]?.batch.column("f\u{fc}2.x") {
        #expect(flat(nested.batch.columns[0]) == flat(written))
      }
    }
  }

  @Test("A segment may be renamed or removed while it is read")
  func removed() throws {
    var random = RandomContent(seed: 1)
    let content = random.content(rows: 50)
    let path = try scratch.write("", "x")
    let file = path + ".segment"
    _ = try SegmentWriter.write(content, to: file)
    let segment = try Segment(path: file)
    #expect(unlink(file) == 0)
    try readEverything(segment, content)
  }
}
