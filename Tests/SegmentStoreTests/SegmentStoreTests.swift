import Events
import Foundation
import SegmentStore
import Segments
import Store
import Synchronization
import TestSupport
import Testing

@Suite("A store of segments") struct SegmentStoreTests {
  private static let now = Timestamp(milliseconds: 1_790_000_000_000)

  /// Events with a number each; their text and their one field say it.
  private static func content(
    _ numbers: [UInt64], content: UInt32 = 5, stream: String = "logs-a-b", text: String = ""
  ) -> SourcedBatch {
    var texts: [UInt8] = []
    var ends: [Int] = []
    var values = ValueDictionary()
    var codes: [UInt32] = []
    for number in numbers {
      texts.append(contentsOf: "event \(number)\(text)".utf8)
      ends.append(texts.count)
      let value = Array("\(number)".utf8)
      codes.append(value.withUnsafeBufferPointer { values.insert(Scalar(.number, $0)) })
    }
    let heads = numbers.map {
      EventHead(
        time: Timestamp(milliseconds: 1_700_000_000_000 + Int64($0)),
        identity: EventIdentity(EventID(high: 7, low: $0)),
        content: content, form: 0)
    }
    return SourcedBatch(
      dataStream: stream, heads: heads, sources: SourceTexts(texts, ends: ends),
      events: EventBatch(
        columns: [Column(dictionary: values, codes: codes)], paths: ["event.sequence"], rowCount: numbers.count))
  }

  @Test("Events of many data streams are stored together, each in a segment of its own, and once")
  func manyStreams() throws {
    let scratch = try Scratch()
    let folder = scratch.path + "/events"
    // More than are written at once.
    let contents = (0..<150).map { Self.content([UInt64($0)], stream: "logs-s\($0)-default") }
    do {
      let store = try SegmentStore(folder, .writing(as: "a test"))
      let first = try store.appendTelling(contents, objects: [], at: Self.now)
      #expect(first.outcome.stored == 150 && first.stored == Array(repeating: [0], count: 150))
      let again = try store.appendTelling(contents, objects: [], at: Self.now)
      #expect(again.outcome.stored == 0 && again.outcome.duplicates == 150)
      #expect(again.stored == Array(repeating: [], count: 150))
    }
    let snapshot = try SegmentStore(folder, .reading).snapshot()
    #expect(try Self.texts(snapshot) == (0..<150).map { "event \($0)" })
    #expect(snapshot.parts.map(\.summary.dataStream) == contents.map(\.dataStream))
    #expect(try FileManager.default.contentsOfDirectory(atPath: folder + "/segments").count == 150)
  }

  @Test("Where one of several segments cannot be written none of them is there")
  func noneOfMany() throws {
    let scratch = try Scratch()
    let folder = scratch.path + "/events"
    let store = try SegmentStore(folder, .writing(as: "a test"))
    let long = String(repeating: "x", count: 70 << 10)
    let contents = [Self.content([1]), Self.content([2], stream: long)]
    #expect(throws: SegmentError.self) { try store.appendTelling(contents, objects: [], at: Self.now) }
    #expect(try store.snapshot().eventCount == 0)
    #expect(try FileManager.default.contentsOfDirectory(atPath: folder + "/segments").isEmpty)
    #expect(try store.append(Self.content([1]), at: Self.now).stored == 1)
  }

  private static func texts(_ snapshot: SegmentStore.Snapshot) throws -> [String] {
    var texts: [String] = []
    for part in snapshot.parts {
      try part.segment.withSources(part.rows) { _, text in texts.append(String(decoding: text, as: UTF8.self)) }
    }
    return texts
  }

  @Test("Durable, and as it came: what was appended is there when the folder is opened again")
  func durable() throws {
    let scratch = try Scratch()
    let folder = scratch.path + "/events"
    do {
      let store = try SegmentStore(folder, .writing(as: "a test"))
      #expect(try store.append(Self.content([1, 2, 3]), at: Self.now).stored == 3)
    }
    let snapshot = try SegmentStore(folder, .reading).snapshot()
    #expect(try Self.texts(snapshot) == ["event 1", "event 2", "event 3"])
    #expect(snapshot.eventCount == 3)
    #expect(snapshot.parts[0].summary.times?.lowerBound.milliseconds == 1_700_000_000_001)
    let events = try snapshot.parts[0].segment.events(FieldPlan(paths: ["event.sequence", "no.such"]))
    #expect(events.columns[0].dictionary.text(events.columns[0].code(row: 1)) == "2" && events.columns[1].isEmpty)
  }

  @Test("Once: an event that is there is not stored again, within one append and over several")
  func once() throws {
    let scratch = try Scratch()
    let store = try SegmentStore(scratch.path + "/events", .writing(as: "a test"))
    #expect(
      try store.append(Self.content([1, 2, 1]), at: Self.now)
        == AppendOutcome(stored: 2, duplicates: 1))
    #expect(
      try store.append(Self.content([3, 2, 4]), at: Self.now)
        == AppendOutcome(stored: 2, duplicates: 1))
    #expect(
      try store.append(Self.content([4, 1], stream: "logs-c-d"), at: Self.now)
        == AppendOutcome(duplicates: 2))
    #expect(try Self.texts(store.snapshot()) == ["event 1", "event 2", "event 3", "event 4"])
  }

  @Test("Once: of two texts under one identity the one with the lower content counts, in whichever order they come")
  func replaced() throws {
    for isFirstLower in [true, false] {
      let scratch = try Scratch()
      let store = try SegmentStore(scratch.path + "/events", .writing(as: "a test"))
      let lower = Self.content([2, 9], content: 1, text: " anew")
      let higher = Self.content([1, 2, 3], content: 5)
      for content in isFirstLower ? [lower, higher] : [higher, lower] { _ = try store.append(content, at: Self.now) }
      let all = ["event 1", "event 2 anew", "event 3", "event 9 anew"]
      #expect(try Self.texts(store.snapshot()).sorted() == all)
      #expect(try Self.texts(SegmentStore(scratch.path + "/events", .reading).snapshot()).sorted() == all)
    }
  }

  @Test("A snapshot stays as it is while others append")
  func snapshot() throws {
    let scratch = try Scratch()
    let store = try SegmentStore(scratch.path + "/events", .writing(as: "a test"))
    _ = try store.append(Self.content([1, 2]), at: Self.now)
    let reader = try SegmentStore(scratch.path + "/events", .reading)
    let (before, beside) = (try store.snapshot(), try reader.snapshot())
    _ = try store.append(Self.content([2, 3], content: 1), at: Self.now)
    #expect(try Self.texts(before) == ["event 1", "event 2"])
    #expect(try Self.texts(beside) == ["event 1", "event 2"])
    #expect(try Self.texts(reader.snapshot()) == ["event 1", "event 2", "event 3"])
  }

  @Test("One writer, many readers: a second writer is told who the first is")
  func writers() throws {
    let scratch = try Scratch()
    let store = try SegmentStore(scratch.path + "/events", .writing(as: "the first"))
    do {
      _ = try SegmentStore(scratch.path + "/events", .writing(as: "the second"))
      Issue.record("a second writer")
    } catch let error as StoreError {
      #expect(error.description.contains("the first, process"))
    }
    withExtendedLifetime(store) {}
  }

  /// What others have stored meanwhile is looked through by itself where it is little beside what is stored now.
  @Test(
    "Once: among the batches of one append too, of which the later are many or few beside the earlier",
    arguments: [(100, 50..<150), (100, 95..<105), (10, 0..<100), (100, 100..<200)], [UInt32(3), 5, 9])
  func onceInAppend(sizes: (first: Int, second: Range<Int>), content: UInt32) throws {
    let scratch = try Scratch()
    let store = try SegmentStore(scratch.path + "/events", .writing(as: "a test"))
    let (first, second) = (Array(0..<sizes.first), Array(sizes.second))
    let (outcome, stored) = try store.appendTelling(
      [
        Self.content(first.map { UInt64($0) }),
        Self.content(second.map { UInt64($0) }, content: content, stream: "logs-c-d", text: " again"),
      ], objects: [], at: Self.now)
    let both = Set(first).intersection(second)
    // The lower content counts, and of equal ones the first.
    let takesPlace = content < 5
    #expect(
      outcome
        == AppendOutcome(
          stored: first.count + second.count - (takesPlace ? 0 : both.count),
          duplicates: takesPlace ? 0 : both.count, replaced: takesPlace ? both.count : 0))
    #expect(stored == [Array(first.indices), second.indices.filter { takesPlace || !both.contains(second[$0]) }])
    var expected = Dictionary(uniqueKeysWithValues: first.map { ($0, "event \($0)") })
    for number in second where takesPlace || expected[number] == nil { expected[number] = "event \(number) again" }
    #expect(try Self.texts(store.snapshot()).sorted() == expected.values.sorted())
    #expect(try store.verify().faults.isEmpty)
  }

  @Test("Long appends from several tasks at once store each event once")
  func concurrentMany() async throws {
    let scratch = try Scratch()
    let store = try SegmentStore(scratch.path + "/events", .writing(as: "a test"))
    for round in 0..<5 {
      let start = UInt64(round * 3000)
      let total = try await withThrowingTaskGroup(of: AppendOutcome.self) { group in
        for task in 0..<3 {
          // Every event comes in two of the appends.
          group.addTask {
            let numbers = (0..<2000).map { start + UInt64(($0 + task * 1000) % 3000) }
            return try store.append(Self.content(numbers), at: Self.now)
          }
        }
        return try await group.reduce(AppendOutcome(), +)
      }
      #expect(total.stored == 3000 && total.duplicates == 3000)
    }
    let texts = try Self.texts(store.snapshot())
    #expect(Set(texts).count == 15_000 && texts.count == 15_000)
  }

  @Test("Appends from several tasks at once store each event once")
  func concurrent() async throws {
    let scratch = try Scratch()
    let store = try SegmentStore(scratch.path + "/events", .writing(as: "a test"))
    let outcomes = try await withThrowingTaskGroup(of: AppendOutcome.self) { group in
      for task in 0..<12 {
        // Every event comes in four of the appends.
        group.addTask {
          try store.append(Self.content((0..<40).map { UInt64(($0 + task * 10) % 120) }), at: Self.now)
        }
      }
      return try await group.reduce(into: []) { $0.append($1) }
    }
    let total = outcomes.reduce(AppendOutcome(), +)
    #expect(total.stored == 120 && total.duplicates == 12 * 40 - 120)
    let texts = try Self.texts(store.snapshot())
    #expect(Set(texts).count == 120 && texts.count == 120)
  }

  @Test("What an append that did not come to its end left behind is gone when the folder is opened for writing")
  func orphans() throws {
    let scratch = try Scratch()
    let folder = scratch.path + "/events"
    _ = try SegmentStore(folder, .writing(as: "a test")).append(Self.content([1]), at: Self.now)
    let names = try FileManager.default.contentsOfDirectory(atPath: folder + "/segments")
    for name in [
      "0000000000ff.segment", "0000000000ff.segment.uncounted", "0000000000fe.segment.new",
      "0000000000fe.segment.uncounted", "mine.txt",
    ] {
      _ = try scratch.write("x", "events/segments/" + name)
    }
    _ = try SegmentStore(folder, .writing(as: "a test"))
    #expect(
      try FileManager.default.contentsOfDirectory(atPath: folder + "/segments").sorted()
        == (names + ["mine.txt"]).sorted())
  }

  @Test("Random appends give what a plain dictionary gives")
  func reference() throws {
    let seed = UInt64.random(in: 0...9_999)
    var random = SeededRandom(seed: seed)
    let scratch = try Scratch()
    var store: SegmentStore? = try SegmentStore(scratch.path + "/events", .writing(as: "a test"))
    var expected: [UInt64: (content: UInt32, text: String)] = [:]
    for round in 0..<40 {
      let numbers = (0..<Int.random(in: 1...30, using: &random)).map { _ in UInt64.random(in: 0...60, using: &random) }
      let content = UInt32.random(in: 0...8, using: &random)
      for number in numbers where content < expected[number]?.content ?? .max {
        expected[number] = (content, "event \(number) \(round)")
      }
      _ = try store?.append(Self.content(numbers, content: content, text: " \(round)"), at: Self.now)
      if round % 11 == 10 {
        store = nil
        store = try SegmentStore(scratch.path + "/events", .writing(as: "a test"))
      }
    }
    #expect(
      try Self.texts(try #require(store).snapshot()).sorted() == expected.values.map(\.text).sorted(), "seed \(seed)")
    #expect(try #require(store).verify().faults.isEmpty)
  }

  @Test("Small segments are merged; events, their order, and snapshots that others hold stay as they are")
  func merging() throws {
    let seed = UInt64.random(in: 0...9_999)
    var random = SeededRandom(seed: seed)
    let scratch = try Scratch()
    let folder = scratch.path + "/events"
    var store: SegmentStore? = try SegmentStore(folder, .writing(as: "a test"))
    for number in 0..<70 {
      let numbers = (0..<Int.random(in: 1...4, using: &random)).map { _ in UInt64.random(in: 0...90, using: &random) }
      _ = try store?.append(
        Self.content(numbers, content: UInt32.random(in: 0...3, using: &random), text: " \(number)"), at: Self.now)
    }
    let held = try #require(store).snapshot()
    let before = try Self.texts(held)
    let values = try Self.values(held)
    #expect(try #require(store).mergeSegments(at: Self.now) >= 16, "seed \(seed)")
    let after = try #require(store).snapshot()
    #expect(
      after.parts.count < held.parts.count / 2
        && after.parts.allSatisfy { $0.hidden.isEmpty || $0.summary.rowCount > 0 })
    #expect(try Self.texts(after) == before, "seed \(seed)")
    #expect(try Self.values(after) == values, "seed \(seed)")
    #expect(try Self.texts(held) == before)
    #expect(after.parts.last?.number == held.parts.last?.number)
    #expect(try #require(store).verify().faults.isEmpty)
    // What was merged is found again as stored.
    #expect(
      try #require(store).append(Self.content((0...90).map { $0 }, content: 9), at: Self.now).stored <= 91
        - before.count)
    store = nil
    let again = try SegmentStore(folder, .writing(as: "a test"))
    #expect(try Self.texts(again.snapshot()).prefix(before.count) == before[...])
    let files = try FileManager.default.contentsOfDirectory(atPath: folder + "/segments")
    #expect(try files.count == again.snapshot().parts.count)
  }

  @Test("Events may be appended and replaced while segments are merged")
  func mergingBeside() async throws {
    let scratch = try Scratch()
    let store = try SegmentStore(scratch.path + "/events", .writing(as: "a test"))
    try await withThrowingTaskGroup(of: Void.self) { group in
      for task in 0..<3 {
        group.addTask {
          for round in 0..<40 {
            let numbers = (0..<5).map { UInt64(($0 * 7 + round * 3 + task) % 100) }
            _ = try store.append(Self.content(numbers, content: UInt32(100 - round)), at: Self.now)
          }
        }
      }
      group.addTask { for _ in 0..<60 { _ = try store.mergeSegments(at: Self.now) } }
      try await group.waitForAll()
    }
    let texts = try Self.texts(store.snapshot())
    #expect(Set(texts).count == texts.count)
    #expect(
      Set(texts)
        == Set(
          (0..<3).flatMap { task in
            (0..<40).flatMap { round in (0..<5).map { "event \(($0 * 7 + round * 3 + task) % 100)" } }
          }))
    #expect(try store.verify().faults.isEmpty)
    #expect(try Self.texts(SegmentStore(scratch.path + "/events", .reading).snapshot()) == texts)
  }

  @Test("Segments are merged in a task beside the one that appends, which waits for none of it and ends it")
  func mergingTask() async throws {
    let scratch = try Scratch()
    let store = try SegmentStore(scratch.path + "/events", .writing(as: "a test"))
    let failures = Mutex(0)
    let appended = try await store.mergingBeside { _ in
      failures.withLock { $0 += 1 }
    } _: { wake in
      for number in 0..<200 {
        _ = try store.append(Self.content([UInt64(number)]), at: Self.now)
        wake(Self.now)
        if number % 20 == 0 { try await Task.sleep(for: .milliseconds(5)) }
      }
      // What was asked for last is done in the end.
      #expect(try await eventually { try store.snapshot().parts.count <= 60 })
      return 200
    }
    #expect(appended == 200 && failures.withLock { $0 } == 0)
    let snapshot = try store.snapshot()
    #expect(snapshot.parts.count <= 60)
    #expect(try Self.texts(snapshot) == (0..<200).map { "event \($0)" })
    #expect(try store.verify().faults.isEmpty)
  }

  @Test("Merging may be cancelled: what was merged stays, and nothing is lost")
  func cancelledMerging() async throws {
    let scratch = try Scratch()
    let store = try SegmentStore(scratch.path + "/events", .writing(as: "a test"))
    for number in 0..<40 { _ = try store.append(Self.content([UInt64(number)]), at: Self.now) }
    let task = Task {
      while !Task.isCancelled { await Task.yield() }
      return try store.mergeSegments(at: Self.now)
    }
    task.cancel()
    await #expect(throws: CancellationError.self) { try await task.value }
    #expect(try store.snapshot().parts.count == 40)
    #expect(try Self.texts(store.snapshot()).count == 40)
  }

  @Test("A damaged segment keeps its neighbours from being merged, and no others; it is told")
  func damagedMerging() throws {
    let scratch = try Scratch()
    let folder = scratch.path + "/events"
    let store = try SegmentStore(folder, .writing(as: "a test"))
    for number in 0..<32 { _ = try store.append(Self.content([UInt64(number)]), at: Self.now) }
    let second = try store.snapshot().parts[1].segment.path
    let file = try FileHandle(forUpdating: URL(fileURLWithPath: second))
    try file.seek(toOffset: 40)
    try file.write(contentsOf: [0xFF])
    try file.close()
    #expect {
      try store.mergeSegments(at: Self.now)
    } throws: {
      "\($0)".contains(second)
    }
    #expect(try store.snapshot().parts.count < 8)
  }

  /// The values of the one field, in order.
  private static func values(_ snapshot: SegmentStore.Snapshot) throws -> [String] {
    try snapshot.parts.flatMap { part in
      let column = try part.segment.events(FieldPlan(paths: ["event.sequence"])).columns[0]
      return part.rows.map { column.dictionary.text(column.code(row: $0)) }
    }
  }

  @Test("The source objects that were read are known as they were, and not when they have changed")
  func objects() throws {
    let scratch = try Scratch()
    let store = try SegmentStore(scratch.path + "/events", .writing(as: "a test"))
    let object = SourceObject(origin: "/a/b.json", size: 10, modified: 20)
    #expect(try !store.knows(object))
    _ = try store.append(Self.content([1]), objects: [object], at: Self.now)
    #expect(try store.knows(object))
    for (size, modified) in [(11, 20), (10, 21)] {
      #expect(try !store.knows(SourceObject(origin: "/a/b.json", size: Int64(size), modified: Int64(modified))))
    }
  }
}
