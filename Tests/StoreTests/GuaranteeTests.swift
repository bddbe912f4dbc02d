import Events
import Foundation
import Query
import SegmentStore
import Store
import TestSupport
import Testing

/// What every store promises, over every store.
@Suite("What a store promises") struct GuaranteeTests {
  private static let now = Timestamp(milliseconds: 0)

  private static func selection(
    _ query: String = "*", index: String? = nil, _ times: ClosedRange<Int64>? = nil, by field: TimeField = .timestamp
  ) throws -> EventSelection {
    EventSelection(
      try KQL.query(query).predicate, index: index.map { IndexPattern($0) },
      times: times.map { Timestamp(milliseconds: $0.lowerBound)...Timestamp(milliseconds: $0.upperBound) },
      timeField: field, now: now)
  }

  @Test("1. All or nothing: batches of one append become visible together", arguments: StoreKind.allCases)
  func allOrNothing(kind: StoreKind) async throws {
    try await kind.with { (store) async throws in
      try await withThrowingTaskGroup(of: Void.self) { group in
        group.addTask {
          for number in 0..<30 {
            _ = try await store.append(
              [
                SourcedBatch([PlainEvent(UInt64(number))]),
                SourcedBatch([PlainEvent(UInt64(number), stream: "logs-b-default")]),
              ], from: nil, at: Self.now)
          }
        }
        for _ in 0..<30 {
          let texts = try await store.snapshot().texts()
          #expect(texts.count % 2 == 0)
        }
        try await group.waitForAll()
      }
      #expect(try await store.snapshot().texts().count == 60)
    }
  }

  @Test("1. All or nothing: of an append that fails at its second batch nothing is there")
  func nothing() async throws {
    let scratch = try Scratch()
    let folder = scratch.path + "/events"
    let store = try SegmentStore(folder, .writing(as: "a test"))
    let object = SourceObject(token: "one")
    await #expect(throws: (any Error).self) {
      // A name that no segment has room for.
      let long = String(repeating: "x", count: 100_000)
      _ = try await (store as any EventStore).append(
        [SourcedBatch([PlainEvent(1)]), SourcedBatch([PlainEvent(2, stream: long)])], from: object, at: Self.now)
    }
    #expect(try await store.snapshot().texts().isEmpty)
    #expect(try FileManager.default.contentsOfDirectory(atPath: folder + "/segments").isEmpty)
    #expect(try await store.append([PlainEvent(1)], from: object).stored == 1)
  }

  @Test("2. Once under its object: a second append from the same object stores nothing", arguments: StoreKind.allCases)
  func token(kind: StoreKind) async throws {
    try await kind.with { (store) async throws in
      let object = SourceObject(origin: "/a/b.json", size: 10, modified: 20)
      #expect(try await store.append([PlainEvent(1)], from: object) == AppendOutcome(stored: 1))
      #expect(try await store.append([PlainEvent(2)], from: object) == AppendOutcome(isRepeated: true))
      let changed = SourceObject(origin: "/a/b.json", size: 11, modified: 20)
      #expect(try await store.append([PlainEvent(1), PlainEvent(2)], from: changed).stored == 1)
      #expect(try await store.append([PlainEvent(3)], from: SourceObject(token: "bulk-17")).stored == 1)
      #expect(try await store.append([PlainEvent(4)], from: SourceObject(token: "bulk-17")).isRepeated)
      #expect(try await store.append([PlainEvent(4)]).stored == 1)
      #expect(try await store.snapshot().texts() == ["event 1", "event 2", "event 3", "event 4"])
    }
  }

  @Test("2. Once under its object: of two appends at once one stores", arguments: StoreKind.allCases)
  func tokenAtOnce(kind: StoreKind) async throws {
    try await kind.with { (store) async throws in
      let repeated = try await withThrowingTaskGroup(of: Bool.self) { group in
        for number in 0..<8 {
          group.addTask {
            try await store.append([PlainEvent(UInt64(number))], from: SourceObject(token: "one")).isRepeated
          }
        }
        return try await group.reduce(0) { $0 + ($1 ? 1 : 0) }
      }
      #expect(repeated == 7)
      #expect(try await store.snapshot().texts().count == 1)
    }
  }

  @Test(
    "3. Once by identity: of two texts the lower content counts, whichever comes first", arguments: StoreKind.allCases)
  func identity(kind: StoreKind) async throws {
    let old = [PlainEvent(1), PlainEvent(2), PlainEvent(3)]
    let new = [PlainEvent(2, content: 1, text: "anew"), PlainEvent(2, content: 4, text: "between")]
    for isNewFirst in [false, true] {
      try await kind.with { (store) async throws in
        let outcomes = [
          try await store.append(isNewFirst ? new : old), try await store.append(isNewFirst ? old : new),
        ]
        #expect(outcomes.reduce(0) { $0 + $1.replaced } == (isNewFirst ? 0 : 1))
        #expect(outcomes.reduce(0) { $0 + $1.duplicates } == (isNewFirst ? 2 : 1))
        #expect(try await store.snapshot().texts().sorted() == ["anew", "event 1", "event 3"])
        #expect(try await store.append(old) == AppendOutcome(duplicates: 3))
      }
    }
  }

  @Test(
    "3. Once by identity: where the first is to stay, nothing but an update takes its place",
    arguments: StoreKind.allCases)
  func firstStays(kind: StoreKind) async throws {
    func original(_ content: UInt32, _ text: String) -> PlainEvent {
      PlainEvent(1, content: EventHead.originalBit | content, text: text)
    }
    func push(_ events: [PlainEvent], _ store: some EventStore) async throws -> AppendOutcome {
      try await store.append([SourcedBatch(events)], from: nil, .first, at: Self.now)
    }
    try await kind.with { (store) async throws in
      #expect(
        try await push([original(5, "first"), original(1, "second")], store)
          == AppendOutcome(stored: 1, duplicates: 1))
      for content: UInt32 in [0, 5, 9] {
        #expect(try await push([original(content, "other")], store) == AppendOutcome(duplicates: 1))
      }
      #expect(try await store.snapshot().texts() == ["first"])
      #expect(
        try await push([original(0, "other"), PlainEvent(1, content: 7, text: "update")], store)
          == AppendOutcome(stored: 1, duplicates: 1, replaced: 1))
      #expect(try await push([PlainEvent(1, content: 3, text: "another")], store) == AppendOutcome(duplicates: 1))
      #expect(try await store.snapshot().texts() == ["update"])
    }
  }

  @Test("3. Once by identity: among the batches of one append too", arguments: StoreKind.allCases)
  func identityInAppend(kind: StoreKind) async throws {
    try await kind.with { (store) async throws in
      let outcome = try await store.append(
        [
          SourcedBatch([PlainEvent(1), PlainEvent(2)]), SourcedBatch([PlainEvent(2), PlainEvent(3)]),
          SourcedBatch([PlainEvent(1, content: 1, text: "anew")]),
        ], from: nil, at: Self.now)
      #expect(outcome == AppendOutcome(stored: 4, duplicates: 1, replaced: 1))
      #expect(try await store.snapshot().texts().sorted() == ["anew", "event 2", "event 3"])
    }
  }

  @Test("4. A snapshot stays while events are appended, replaced and deleted", arguments: StoreKind.allCases)
  func snapshot(kind: StoreKind) async throws {
    try await kind.with { (store) async throws in
      try await store.append([PlainEvent(1, at: 10), PlainEvent(2, at: 20)])
      let held = try await store.snapshot()
      try await store.append([PlainEvent(2, at: 20, content: 1, text: "anew"), PlainEvent(3, at: 30)])
      try await store.delete(before: Timestamp(milliseconds: 20), of: nil, at: Self.now)
      #expect(try await held.texts() == ["event 1", "event 2"])
      #expect(try await store.snapshot().texts() == ["anew", "event 3"])
    }
  }

  @Test(
    "5. What is missing is told: a part that cannot be opened, where it may have to do with the request",
    arguments: StoreKind.allCases)
  func missing(kind: StoreKind) async throws {
    try await kind.with { (store) async throws in
      try await store.append([PlainEvent(1, at: 10), PlainEvent(2, at: 20)])
      try await store.append([PlainEvent(3, at: 30)])
      let whole = try await store.snapshot()
      let snapshot = try await (store.damaging(.everything) as any EventStore).snapshot()
      let (events, summary) = try await snapshot.events(ScanRequest(Self.selection()))
      #expect(events.map(\.text) == ["event 3"] && summary.missing.count == 1)
      #expect(summary.missing[0].count == 2 && summary.missing[0].eventCount == 2)
      #expect(summary.missing[0].times?.upperBound.milliseconds == 20 && !summary.missing[0].reason.isEmpty)
      #expect(summary.missing[0].dataStream == "logs-a-default" && snapshot.missingParts == summary.missing)
      #expect(try await snapshot.events(ScanRequest(Self.selection("*", 25...40))).summary.missing.isEmpty)
      #expect(try await snapshot.events(ScanRequest(Self.selection("*", index: "logs-b*"))).summary.missing.isEmpty)
      #expect(try await snapshot.groups(GroupRequest(Self.selection(), by: [])).summary.missing.count == 1)
      #expect(try await snapshot.histogram(HistogramRequest(Self.selection("*", 0...15))).summary.missing.count == 1)
      // What was found needs nothing of what is missing; what was not may lie there.
      let (found, lacking) = try await snapshot.references(of: [EventID(high: 0, low: 3), EventID(high: 1, low: 1)])
      #expect(found.count == 1 && lacking.count == 1)
      #expect(try await snapshot.fetch(found, .none) { _ in }.missing.isEmpty)
      #expect(try await snapshot.fetch([EventReference(PlainEvent(1).identity)], .none) { _ in }.missing.count == 1)
      // Whoever holds an earlier snapshot has it whole.
      #expect(try await whole.texts().count == 3)
    }
  }

  @Test(
    "5. What is missing is told: a part whose texts turn out to be damaged while they are read",
    arguments: StoreKind.allCases)
  func damaged(kind: StoreKind) async throws {
    try await kind.with { (store) async throws in
      try await store.append([PlainEvent(1, at: 10)])
      try await store.append([PlainEvent(2, at: 20), PlainEvent(3, at: 5)])
      let snapshot = try await (store.damaging(.texts) as any EventStore).snapshot()
      #expect(snapshot.missingParts.isEmpty)
      for order in [ScanRequest.Order.stored, .time(isDescending: false)] {
        let (events, summary) = try await snapshot.events(ScanRequest(Self.selection(), order: order))
        #expect(events.map(\.text).sorted() == ["event 2", "event 3"] || order != .stored)
        #expect(summary.missing.count == 1 && summary.missing[0].eventCount == 1)
      }
      // Who does not look at texts lacks nothing.
      #expect(try await snapshot.groups(GroupRequest(Self.selection(), by: [])).groups[[]]?.count == 3)
    }
  }

  @Test(
    "5. What is missing is told: a part of which only the texts can be read", arguments: StoreKind.allCases)
  func damagedColumns(kind: StoreKind) async throws {
    try await kind.with { (store) async throws in
      try await store.append([PlainEvent(1, at: 10, ["user.name": ["ann"]]), PlainEvent(2, at: 11)])
      try await store.append([PlainEvent(3, at: 30, ["user.name": ["ann"]])])
      let snapshot = try await (store.damaging(.columns) as any EventStore).snapshot()
      for order in [ScanRequest.Order.stored, .time(isDescending: true)] {
        let request = ScanRequest(try Self.selection("user.name: ann"), order: order)
        let (events, summary) = try await snapshot.events(request)
        #expect(events.map(\.text) == ["event 3"] && summary.missing.map(\.count) == [2])
      }
      let (groups, summary) = try await snapshot.groups(GroupRequest(Self.selection(), by: ["user.name"]))
      #expect(groups[["ann"]]?.count == 1 && groups.count == 1 && summary.missing.map(\.count) == [2])
      let (histogram, answer) = try await snapshot.histogram(HistogramRequest(Self.selection()))
      #expect(histogram.bars().bars.map(\.count) == [1] && answer.missing.map(\.count) == [2])
      let (found, lacking) = try await snapshot.references(of: [1, 2, 3].map { PlainEvent($0).identity.id })
      #expect(found.map(\.identity) == [PlainEvent(3).identity] && lacking.map(\.count) == [2])
    }
  }

  @Test(
    "6. A scan gives what it is asked for: the selection, the fields, the order, the limit",
    arguments: StoreKind.allCases)
  func scan(kind: StoreKind) async throws {
    try await kind.with { (store) async throws in
      try await store.append([
        PlainEvent(1, at: 30, ["user.name": ["bob"], "event.severity": ["9"]]),
        PlainEvent(2, at: 10, ["user.name": ["alice", "root"], "event.severity": ["10"]]),
        PlainEvent(3, at: nil, ["user.name": ["alice"]]),
      ])
      try await store.append([
        PlainEvent(4, at: 20, ["user.name": ["alice"], "event.severity": ["9"]], stream: "logs-b-default"),
        PlainEvent(5, at: 10, stream: "logs-b-default"),
      ])
      let snapshot = try await store.snapshot()
      func ids(_ request: ScanRequest) async throws -> [UInt64] { try await snapshot.events(request).events.map(\.id) }
      #expect(try await ids(ScanRequest(Self.selection())) == [1, 2, 3, 4, 5])
      #expect(try await ids(ScanRequest(Self.selection("user.name: alice"))) == [2, 3, 4])
      #expect(try await ids(ScanRequest(Self.selection("user.name: alice", index: "logs-b-*"))) == [4])
      #expect(try await ids(ScanRequest(Self.selection("*", 10...20))) == [2, 4, 5])
      #expect(try await ids(ScanRequest(Self.selection(), order: .time(isDescending: false))) == [2, 5, 4, 1, 3])
      #expect(try await ids(ScanRequest(Self.selection(), order: .time(isDescending: true), limit: 2)) == [1, 4])
      let keys = [SortKey(field: "event.severity", isDescending: true), SortKey(field: "user.name")]
      #expect(try await ids(ScanRequest(Self.selection(), order: .fields(keys))) == [2, 4, 1, 3, 5])
      #expect(try await ids(ScanRequest(Self.selection(), limit: 4)) == [1, 2, 3, 4])
      #expect(try await ids(ScanRequest(Self.selection(), limit: 0)).isEmpty)
      let (events, summary) = try await snapshot.events(
        ScanRequest(Self.selection("event.severity >= 10"), .fields(["event.severity", "no.such", "user.name"])))
      #expect(events.map(\.values) == [[["10"], [], ["alice", "root"]]])
      #expect(events[0].text == "event 2" && events[0].stream == "logs-a-default")
      #expect(summary.searched == 5 && summary.matched == 1 && summary.times?.lowerBound.milliseconds == 10)
      var batches = 0
      _ = try await snapshot.scan(ScanRequest(Self.selection())) { _ in
        batches += 1
        return .enough
      }
      #expect(batches == 1)
    }
  }

  @Test("7. Time is @timestamp or another field, with and without falling back", arguments: StoreKind.allCases)
  func time(kind: StoreKind) async throws {
    try await kind.with { (store) async throws in
      let ingested = "event.ingested"
      try await store.append([
        PlainEvent(1, at: 1000, [ingested: ["1970-01-01T00:00:05Z"]]),
        PlainEvent(2, at: 5000),
        PlainEvent(3, at: 5000, [ingested: ["1970-01-01T00:00:09Z", "1970-01-01T00:00:04Z"]]),
        PlainEvent(4, at: 5000, [ingested: ["no date"]]),
      ])
      let snapshot = try await store.snapshot()
      func ids(_ times: ClosedRange<Int64>, _ field: TimeField) async throws -> [UInt64] {
        try await snapshot.events(ScanRequest(Self.selection("*", times, by: field))).events.map(\.id)
      }
      #expect(try await ids(5000...6000, .timestamp) == [2, 3, 4])
      #expect(try await ids(5000...6000, TimeField(ingested)) == [1, 2, 4])
      #expect(try await ids(5000...6000, TimeField(ingested, fallsBack: false)) == [1])
      #expect(try await ids(4000...4000, TimeField(ingested, fallsBack: false)) == [3])
      #expect(try await ids(5001...9000, TimeField(ingested)) == [3])
      let latest = ScanRequest(
        try Self.selection(by: TimeField(ingested, fallsBack: false)), order: .time(isDescending: true))
      #expect(try await snapshot.events(latest).events.map(\.id) == [1, 3, 4, 2])
    }
  }

  @Test(
    "8. Groups are counted exactly, with distinct values and the first and last event", arguments: StoreKind.allCases)
  func groups(kind: StoreKind) async throws {
    try await kind.with { (store) async throws in
      try await store.append([
        PlainEvent(1, at: 30, ["user.name": ["bob", "alice"], "labels.team": ["x"]]),
        PlainEvent(2, at: 10, ["user.name": ["alice"], "labels.team": ["y"]]),
      ])
      try await store.append([
        PlainEvent(3, at: 10, ["user.name": ["alice"], "labels.team": ["x", "z"]]), PlainEvent(4, at: nil),
      ])
      let snapshot = try await store.snapshot()
      let (groups, summary) = try await snapshot.groups(
        GroupRequest(Self.selection(), by: ["user.name"], distinct: ["labels.team"]))
      let alice = try #require(groups[["alice"]])
      #expect(alice.count == 3 && alice.distinct == [3])
      // Of equal times the lower identity is the first.
      #expect(alice.first?.time.milliseconds == 10 && alice.first?.event.identity == PlainEvent(3).identity)
      #expect(alice.last?.time.milliseconds == 30 && alice.last?.event.identity == PlainEvent(1).identity)
      #expect(groups[["bob"]]?.count == 1 && groups[[nil]]?.count == 1 && groups[[nil]]?.first == nil)
      #expect(groups.count == 3 && groups.others == 0 && summary.matched == 4)
      let (all, _) = try await snapshot.groups(GroupRequest(Self.selection("user.name: *"), by: []))
      #expect(all[[]]?.count == 3)
      let (pairs, _) = try await snapshot.groups(GroupRequest(Self.selection(), by: ["user.name", "labels.team"]))
      #expect(pairs[["alice", "x"]]?.count == 2 && pairs[["bob", "x"]]?.count == 1 && pairs[[nil, nil]]?.count == 1)
    }
  }

  @Test(
    "8. Groups count an event once for each distinct value, however often it has it, and a scan gives all",
    arguments: StoreKind.allCases)
  func repeats(kind: StoreKind) async throws {
    try await kind.with { (store) async throws in
      try await store.append([
        PlainEvent(1, at: 10, ["event.severity": ["7", "7", "8", "7"], "user.name": ["bob"]]),
        PlainEvent(2, at: 20, ["event.severity": ["7"], "user.name": ["bob"]]),
      ])
      let snapshot = try await store.snapshot()
      let selection = try Self.selection("event.severity >= 7")
      let (groups, summary) = try await snapshot.groups(GroupRequest(selection, by: ["event.severity"]))
      #expect(groups[["7"]]?.count == 2 && groups[["8"]]?.count == 1 && groups.count == 2 && summary.matched == 2)
      let (named, _) = try await snapshot.groups(
        GroupRequest(selection, by: ["user.name", "event.severity"], distinct: ["event.severity"]))
      #expect(named[["bob", "7"]]?.count == 2 && named[["bob", "7"]]?.distinct == [2])
      let (events, _) = try await snapshot.events(ScanRequest(selection, .fields(["event.severity"])))
      #expect(events.map(\.values) == [[["7", "7", "8", "7"]], [["7"]]])
    }
  }

  @Test("9. A histogram counts every event with a time once", arguments: StoreKind.allCases)
  func histogram(kind: StoreKind) async throws {
    try await kind.with { (store) async throws in
      try await store.append([PlainEvent(1, at: 59_999), PlainEvent(2, at: 60_000), PlainEvent(3, at: nil)])
      try await store.append([PlainEvent(4, at: 0), PlainEvent(5, at: -1)])
      let (histogram, summary) = try await store.snapshot().histogram(HistogramRequest(Self.selection(), width: 60))
      #expect(histogram.bars().bars.map(\.start.milliseconds) == [-60_000, 0, 60_000])
      #expect(histogram.bars().bars.map(\.count) == [1, 2, 1])
      #expect(summary.matched == 5)
    }
  }

  @Test("10. A reference holds in later snapshots, and events are found by id", arguments: StoreKind.allCases)
  func references(kind: StoreKind) async throws {
    try await kind.with { (store) async throws in
      for number in 0..<20 { try await store.append([PlainEvent(UInt64(number), at: Int64(number))]) }
      try await store.append([PlainEvent(7, at: 7, stream: "logs-b-default", text: "another")])
      var references: [EventReference] = []
      _ = try await store.snapshot().scan(ScanRequest(Self.selection())) {
        references += $0.references
        return .more
      }
      // Events are moved, replaced and deleted meanwhile.
      if let segments = store as? SegmentStore { #expect(try segments.mergeSegments(at: Self.now) > 0) }
      try await store.append([PlainEvent(9, at: 9, content: 1, text: "anew")])
      try await store.delete(before: Timestamp(milliseconds: 5), of: nil, at: Self.now)
      let snapshot = try await store.snapshot()
      var found: [ScannedEvent] = []
      let asked = references.reversed() + references.prefix(3)
      let (notFound, missing) = try await snapshot.fetch(Array(asked), .none) {
        try found.append($0)
      }
      #expect(
        found.map(\.text) == ["another"] + (5..<20).reversed().map { $0 == 9 ? "anew" : "event \($0)" })
      #expect(notFound.map(\.identity.id.low) == [4, 3, 2, 1, 0] && missing.isEmpty)
      let ids = [EventID(high: 2, low: 8), EventID(high: 1, low: 7), EventID(high: 5, low: 5)]
      let (both, _) = try await snapshot.references(of: ids)
      #expect(both.map(\.identity) == [PlainEvent(8), PlainEvent(7), PlainEvent(7, stream: "logs-b")].map(\.identity))
    }
  }

  @Test("11. Deleted by time: no event before it, and every other", arguments: StoreKind.allCases)
  func deletion(kind: StoreKind) async throws {
    try await kind.with { (store) async throws in
      try await store.append([PlainEvent(1, at: 10), PlainEvent(2, at: 20)])
      try await store.append([PlainEvent(3, at: 15), PlainEvent(4, at: 25), PlainEvent(5, at: nil)])
      try await store.append([PlainEvent(6, at: 10, stream: "logs-b-default")])
      let time = Timestamp(milliseconds: 25)
      #expect(try await store.delete(before: time, of: IndexPattern("logs-a-*"), at: Self.now) == 3)
      #expect(try await store.snapshot().texts() == ["event 4", "event 5", "event 6"])
      #expect(try await store.delete(before: time, of: IndexPattern("logs-a-*"), at: Self.now) == 0)
      #expect(try await store.delete(before: time, of: nil, at: Self.now) == 1)
      // What was deleted may come again.
      #expect(try await store.append([PlainEvent(1, at: 10), PlainEvent(4, at: 25)]).stored == 1)
      #expect(try await store.snapshot().texts() == ["event 4", "event 5", "event 1"])
    }
  }

  @Test("12. As it came: texts are given back byte for byte", arguments: StoreKind.allCases)
  func texts(kind: StoreKind) async throws {
    let texts = ["", "{\"a\": \"\u{e9}\\u00e9\"}\r\n", String(repeating: "\u{0}x", count: 300_000), "  "]
    try await kind.with { (store) async throws in
      try await store.append(texts.enumerated().map { PlainEvent(UInt64($0), text: $1) })
      #expect(try await store.snapshot().texts() == texts)
    }
  }

  @Test("Too many events to sort are refused with words")
  func bound() {
    #expect("\(StoreRequestError.tooManyToSort(most: 5))".contains("more than 5 events"))
  }

  @Test("A scan may be cancelled", arguments: StoreKind.allCases)
  func cancellation(kind: StoreKind) async throws {
    try await kind.with { (store) async throws in
      try await store.append([PlainEvent(1)])
      let snapshot = try await store.snapshot()
      let task = Task {
        while !Task.isCancelled { await Task.yield() }
        return try await snapshot.texts()
      }
      task.cancel()
      await #expect(throws: CancellationError.self) { try await task.value }
    }
  }
}
