import Events
import Foundation
import GRDB
import Segments
import Store
import TestSupport
import Testing

@testable import SegmentStore

@Suite("What a store of segments no longer keeps") struct RetentionTests {
  private static func time(_ hours: Int64) -> Timestamp {
    Timestamp(milliseconds: 1_700_000_000_000 + hours * 3_600_000)
  }

  /// Events at hours, each with an identity of its own; nil is an event without a time.
  private static func content(_ hours: [Int64?], from id: UInt64, stream: String = "logs-a-b") -> SourcedBatch {
    var texts: [UInt8] = []
    var ends: [Int] = []
    for _ in hours {
      texts.append(contentsOf: "event".utf8)
      ends.append(texts.count)
    }
    let heads = hours.enumerated().map { place, hour in
      EventHead(
        time: hour.map(time) ?? .missing, identity: EventIdentity(EventID(high: 7, low: id + UInt64(place))),
        content: 5,
        form: 0)
    }
    return SourcedBatch(
      dataStream: stream, heads: heads, sources: SourceTexts(texts, ends: ends),
      events: EventBatch(columns: [], paths: [], rowCount: hours.count))
  }

  /// Segments with the times of their events, each stored when its newest event happened.
  private static func store(_ path: String, _ segments: [[Int64?]], stream: String = "logs-a-b") throws -> SegmentStore
  {
    let store = try SegmentStore(path, .writing(as: "a test"))
    var id: UInt64 = 1
    for hours in segments {
      _ = try store.append(content(hours, from: id, stream: stream), at: time(100))
      id += UInt64(hours.count)
    }
    return store
  }

  private static func counts(_ snapshot: SegmentStore.Snapshot) -> [Int] { snapshot.parts.map(\.eventCount) }

  private static func delete(
    _ store: SegmentStore, _ bound: SegmentStore.RetentionBound, of stream: String = "logs-a-b"
  ) throws -> Int {
    var events = 0
    for expired in try store.expired({ $0 == stream ? bound : nil }) {
      #expect(try store.delete(expired, at: time(101)))
      events += expired.events
    }
    return events
  }

  @Test("By age those segments go whose newest event is older; events that lie with newer ones stay")
  func age() throws {
    let scratch = try Scratch()
    let folder = scratch.path + "/events"
    let store = try Self.store(folder, [[1, 2], [3, 40], [5], [50]])
    let held = try SegmentStore(folder, .reading).snapshot()
    #expect(try Self.delete(store, .init(oldest: Self.time(5))) == 2)
    #expect(try Self.counts(store.snapshot()) == [2, 1, 1])
    #expect(try Self.delete(store, .init(oldest: Self.time(41))) == 3)
    #expect(try Self.delete(store, .init(oldest: Self.time(41))) == 0)
    #expect(try Self.delete(store, .init(oldest: Self.time(90)), of: "logs-c-d") == 0)
    #expect(try Self.counts(SegmentStore(folder, .reading).snapshot()) == [1])
    #expect(try FileManager.default.contentsOfDirectory(atPath: folder + "/segments").count == 1)
    // A snapshot that was taken before keeps what it shows.
    var texts = 0
    for part in held.parts { try part.segment.withSources(part.rows) { _, _ in texts += 1 } }
    #expect(texts == 6)
    #expect(try store.verify().faults.isEmpty)
  }

  @Test("By size the oldest go until the others find room, in whichever order they came")
  func size() throws {
    let scratch = try Scratch()
    let store = try Self.store(scratch.path + "/events", [[30], [10], [40], [20]])
    let one = try store.snapshot().parts[0].summary.fileBytes
    #expect(try Self.delete(store, .init(bytes: one * 2)) == 2)
    #expect(try store.snapshot().parts.map { $0.summary.times?.upperBound } == [Self.time(30), Self.time(40)])
    #expect(try Self.delete(store, .init(bytes: one * 2 + 10)) == 0)
    #expect(try Self.delete(store, .init(bytes: 0)) == 2)
    #expect(try store.snapshot().parts.isEmpty)
  }

  @Test("An event without a time, and one of the future, is as old as its segment")
  func times() throws {
    let scratch = try Scratch()
    let store = try Self.store(scratch.path + "/events", [[nil], [100_000], [99]])
    #expect(try Self.delete(store, .init(oldest: Self.time(100))) == 1)
    #expect(try Self.counts(store.snapshot()) == [1, 1])
    let expired = try store.expired { _ in .init(oldest: Self.time(101)) }
    #expect(expired.map(\.newest) == [Self.time(100)] && expired.map(\.events) == [2])
  }

  @Test(
    "Numbers and names of segments that were deleted do not come again, and what came from objects is not read again")
  func numbers() throws {
    let scratch = try Scratch()
    let folder = scratch.path + "/events"
    let object = SourceObject(origin: "/a", size: 1, modified: 2)
    var before: Int64 = 0
    do {
      let store = try Self.store(folder, [[1], [2], [3]])
      _ = try store.append(nil, objects: [object], at: Self.time(4))
      before = try store.snapshot().parts.map(\.number).max() ?? 0
      #expect(try Self.delete(store, .init(bytes: 0)) == 3)
    }
    let store = try SegmentStore(folder, .writing(as: "a test"))
    _ = try store.append(Self.content([7], from: 50), at: Self.time(100))
    #expect(try store.snapshot().parts[0].number == before + 1)
    #expect(try store.snapshot().parts[0].segment.path.hasSuffix("000000000004.segment"))
    #expect(try store.knows(object))
  }

  /// The tables of the first version, as that version made them.
  private static let firstVersion = """
    CREATE TABLE folder (
      only INTEGER PRIMARY KEY CHECK (only = 1),
      identity_seed INTEGER NOT NULL,
      made_at INTEGER NOT NULL
    ) STRICT;
    INSERT INTO folder VALUES (1, 77, CAST((julianday('now') - 2440587.5) * 86400000 AS INTEGER));
    CREATE TABLE segments (
      number INTEGER PRIMARY KEY,
      name TEXT NOT NULL UNIQUE,
      data_stream TEXT NOT NULL,
      rows INTEGER NOT NULL,
      earliest INTEGER,
      latest INTEGER,
      file_bytes INTEGER NOT NULL,
      source_bytes INTEGER NOT NULL,
      committed_at INTEGER NOT NULL
    ) STRICT;
    CREATE TABLE hidden_rows (
      segment INTEGER NOT NULL REFERENCES segments(number) ON DELETE CASCADE,
      row INTEGER NOT NULL,
      PRIMARY KEY (segment, row)
    ) STRICT, WITHOUT ROWID;
    CREATE TABLE objects (
      origin TEXT PRIMARY KEY,
      size INTEGER NOT NULL,
      modified INTEGER NOT NULL,
      ingested_at INTEGER NOT NULL
    ) STRICT, WITHOUT ROWID;
    PRAGMA application_id = \(0x4D72_746C);
    PRAGMA user_version = 1;
    """

  @Test("A folder of an earlier version is read as it is, and brought up to date by the one that writes, after a copy")
  func migration() throws {
    let scratch = try Scratch()
    let folder = scratch.path + "/events"
    do { _ = try Self.store(folder, [[1], [2]]) }
    let path = folder + "/catalog.sqlite"
    // As the first version would have it.
    func schema(_ path: String) throws -> [String] {
      let queue = try DatabaseQueue(path: path)
      defer { try? queue.close() }
      return try queue.read { database in
        try String.fetchAll(database, sql: "SELECT sql FROM sqlite_schema WHERE sql IS NOT NULL ORDER BY name")
          + [String(try Int.fetchOne(database, sql: "PRAGMA user_version") ?? 0)]
      }
    }
    let new = try DatabaseQueue(path: path)
    let rows = try new.read {
      try Row.fetchAll(
        $0,
        sql: """
          SELECT number, name, data_stream, rows, earliest, latest, file_bytes, source_bytes, committed_at FROM segments
          """)
    }
    let current = try schema(path)
    try new.close()
    for ending in ["", "-wal", "-shm"] { try? FileManager.default.removeItem(atPath: path + ending) }
    let old = try DatabasePool(path: path)
    try old.write { database in
      try database.execute(sql: Self.firstVersion)
      for row in rows {
        try database.execute(
          sql: "INSERT INTO segments VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
          arguments: StatementArguments(row.databaseValues))
      }
    }
    try old.close()
    let before = try schema(path)
    #expect(before.last == "1")
    #expect(try SegmentStore(folder, .reading).snapshot().eventCount == 2)
    #expect(try schema(path) == before)
    let store = try SegmentStore(folder, .writing(as: "a test"))
    #expect(try store.snapshot().eventCount == 2 && store.identitySeed() == 77)
    #expect(try schema(path) == current)
    #expect(try schema(path + ".v1") == before)
    #expect(try Self.delete(store, .init(bytes: 0)) == 2)
  }

  @Test("One that writes only for a moment is waited for, and no longer")
  func moment() async throws {
    let scratch = try Scratch()
    let folder = scratch.path + "/events"
    var short: SegmentStore? = try SegmentStore(folder, .writing(as: "a moment"))
    // Asked for as it always is, but as often as it takes: nobody knows how long a moment is on a machine that is busy. It waits on
    // a thread of its own, since tasks may need all others.
    async let isHad = withCheckedContinuation { answer in
      Thread.detachNewThread {
        let lock = try? FolderLock(StoreFolder(path: folder), holder: "another", tries: 100_000)
        answer.resume(returning: lock != nil)
      }
    }
    try await Task.sleep(for: .milliseconds(200))
    #expect(short?.path == folder)
    short = nil
    #expect(await isHad)
    let held = try SegmentStore(folder, .writing(as: "for good"))
    let error = #expect(throws: StoreError.self) { try SegmentStore(folder, .writing(as: "a third")) }
    #expect(error?.kind == .busy && error?.description.contains("for good") == true)
    #expect(try held.snapshot().eventCount == 0)
  }
}
