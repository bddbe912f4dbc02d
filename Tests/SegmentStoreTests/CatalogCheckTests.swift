import Events
import Foundation
import GRDB
import Segments
import Store
import TestSupport
import Testing

@testable import SegmentStore

/// What verify finds where somebody changed the catalog, and what its repair makes of it.
@Suite("A catalog that says of segments what they do not") struct CatalogCheckTests {
  private static let now = Timestamp(milliseconds: 1_790_000_000_000)

  /// Events with a date of their own besides the time; of every third none.
  private static func content(_ numbers: [UInt64], content: UInt32 = 5, text: String = "") -> SourcedBatch {
    let plain = Numbered.content(numbers, content: content, text: text)
    var values = ValueDictionary()
    let codes: [UInt32] = numbers.map { number in
      guard number % 3 != 0 else { return 0 }
      let value = Array(Timestamp(milliseconds: Int64(number) * 60_000).iso8601.utf8)
      return value.withUnsafeBufferPointer { values.insert(Scalar(.string, $0)) }
    }
    return SourcedBatch(
      dataStream: plain.dataStream, heads: plain.heads, sources: plain.sources,
      events: EventBatch(
        columns: [Column(dictionary: values, codes: codes)], paths: ["event.ingested"], rowCount: numbers.count))
  }

  private let scratch: Scratch
  private let folder: String

  /// Two segments, of which the second has another text of an event of the first.
  private init() throws {
    scratch = try Scratch()
    folder = scratch.path + "/events"
    let store = try SegmentStore(folder, .writing(as: "a test"))
    _ = try store.append(Self.content([1, 2, 3]), at: Self.now)
    _ = try store.append(Self.content([2, 4], content: 1, text: " anew"), at: Self.now)
  }

  private static let texts = ["event 1", "event 2 anew", "event 3", "event 4 anew"]

  private func tamper(_ statement: String) throws {
    let database = try DatabaseQueue(path: folder + "/catalog.sqlite")
    try database.writeWithoutTransaction { database in
      try database.execute(sql: "PRAGMA foreign_keys = OFF")
      try database.execute(sql: statement)
    }
    try database.close()
  }

  private func faults() throws -> [String] {
    try SegmentStore(folder, .reading).verify(keepsAll: { _ in true }).faults
  }

  /// What was put right, after which nothing is wrong and all events are there.
  private func repaired() throws -> SegmentStore.Repairs {
    let store = try SegmentStore(folder, .writing(as: "a test"))
    let repairs = try store.repair(keepsAll: { _ in true }, at: Self.now)
    #expect(try store.verify(keepsAll: { _ in true }).faults == [] && faults() == [])
    for snapshot in [try store.snapshot(), try SegmentStore(folder, .reading).snapshot()] {
      #expect(try Numbered.texts(snapshot).sorted() == Self.texts)
    }
    return repairs
  }

  @Test("Nothing is wrong with one that nobody changed, whatever was merged in it")
  func sound() throws {
    #expect(try faults() == [] && repaired().isEmpty)
    let store = try SegmentStore(folder, .writing(as: "a test"))
    for number in UInt64(10)..<40 { _ = try store.append(Self.content([number % 12, number]), at: Self.now) }
    #expect(try store.mergeSegments(at: Self.now) > 8)
    _ = try store.append(Self.content([1, 50], content: 0), at: Self.now)
    #expect(try store.verify(keepsAll: { _ in true }).faults == [])
  }

  @Test("An event that counts twice, as what hides its former text is gone, is named and counts once again")
  func twice() throws {
    try tamper("DELETE FROM hidden_rows")
    #expect(try Numbered.texts(SegmentStore(folder, .reading).snapshot()).count == 5)
    let faults = try faults()
    try #require(faults.count == 1)
    #expect(faults[0].hasPrefix("1 event of segment 1, ") && faults[0].contains("counts twice"), "\(faults)")
    #expect(faults[0].contains("row 1") && faults[0].contains("verify --repair"), "\(faults)")
    #expect(try repaired().corrected.count == 1)
  }

  @Test("An event that counts nowhere is named and counts again, but not where some of its data stream were deleted")
  func nowhere() throws {
    try tamper("INSERT INTO hidden_rows VALUES (1, 2), (2, 0)")
    for keepsAll in [nil, { _ in false }] as [((String) -> Bool)?] {
      #expect(try SegmentStore(folder, .reading).verify(keepsAll: keepsAll).faults == [])
    }
    let faults = try faults()
    // Of the second event it is the text that had counted.
    try #require(faults.count == 2)
    #expect(faults[0].hasPrefix("1 event of segment 1, ") && faults[0].contains("(row 2)"), "\(faults)")
    #expect(faults[1].hasPrefix("1 event of segment 2, ") && faults[1].contains("counts nowhere"), "\(faults)")
    #expect(try repaired().corrected.count == 2)
  }

  @Test("Rows that a segment does not have hide none of its own", arguments: [-1, 3, Int64.max])
  func noRow(_ row: Int64) throws {
    try tamper("INSERT INTO hidden_rows VALUES (1, \(row))")
    let snapshot = try SegmentStore(folder, .reading).snapshot()
    #expect(try Numbered.texts(snapshot).sorted() == Self.texts && snapshot.eventCount == 4)
    let faults = try faults()
    #expect(faults.count == 1 && faults[0].contains("hides 1 row of segment 1 that it does not have"), "\(faults)")
    #expect(try repaired().corrected.count == 1)
  }

  @Test(
    "Spans of dates that are not those of the events are named and written anew",
    arguments: [
      "UPDATE field_spans SET latest = latest - 60000 WHERE segment = 1", "DELETE FROM field_spans WHERE segment = 1",
      "UPDATE field_spans SET is_whole = 1 WHERE segment = 1", "UPDATE segments SET has_spans = 0 WHERE number = 1",
      "UPDATE field_spans SET earliest = latest + 1 WHERE segment = 1",
      "INSERT INTO field_spans VALUES (1, 'event.start', 5, 6, 0)",
    ])
  func spans(_ statement: String) throws {
    try tamper(statement)
    let faults = try faults()
    try #require(faults.count == 1)
    #expect(faults[0].contains("segment 1, ") && faults[0].contains("000000000001.segment"), "\(faults)")
    #expect(faults[0].contains(statement.contains("event.start") ? "of event.start" : "of event.ingested"), "\(faults)")
    #expect(try repaired().corrected.count == 1)
  }

  @Test(
    "Times that are not those of a segment are named, and nothing of it is lost: the next that writes puts them right",
    arguments: ["latest = latest + 1000", "latest = NULL", "earliest = latest + 1", "earliest = NULL, latest = NULL"],
    [true, false])
  func times(_ change: String, _ byRepair: Bool) throws {
    try tamper("UPDATE segments SET \(change) WHERE number = 1")
    let faults = try faults()
    try #require(faults.count == 1)
    #expect(faults[0].contains("2 events are missing") == false && faults[0].contains("3 events are missing"))
    #expect(faults[0].contains("times: 1970-01-01T00:00:01.000Z to 1970-01-01T00:00:03.000Z"), "\(faults)")
    if !byRepair {
      // An event that comes again meanwhile is there once.
      let store = try SegmentStore(folder, .writing(as: "a test"))
      #expect(try store.append(Self.content([1, 3]), at: Self.now).stored == 0)
      #expect(try Numbered.texts(store.snapshot()).sorted() == Self.texts)
    } else {
      #expect(try repaired().corrected.count == 1)
    }
    #expect(try self.faults() == [])
  }

  @Test(
    "Whoever asks for a span or a data stream is told of a segment of which the catalog may be wrong in that",
    arguments: [
      // The times of its events, and those that the catalog says; of neither no more is asked than they may have.
      ("earliest = NULL, latest = NULL", 1...3, 90...95), ("latest = NULL", 1...3, 90...95),
      ("earliest = 50000, latest = 60000", 1...3, 90...95), ("earliest = 50000, latest = 60000", 55...55, 90...95),
      ("data_stream = 'logs-x-y'", 1...3, 90...95), ("rows = 9", 1...3, 90...95),
      ("rows = 9, earliest = NULL", 90...95, nil),
    ] as [(String, ClosedRange<Int64>, ClosedRange<Int64>?)])
  func boundedReads(_ change: String, _ told: ClosedRange<Int64>, _ untold: ClosedRange<Int64>?) async throws {
    try tamper("UPDATE segments SET \(change) WHERE number = 1")
    let snapshot = try SegmentStore(folder, .reading).snapshot()
    #expect(snapshot.missingParts.count == 1)
    #expect(try await Numbered.missing(snapshot, told) == 1)
    if let untold { #expect(try await Numbered.missing(snapshot, untold) == 0) }
    #expect(try await Numbered.missing(snapshot, index: "logs-a-*") == 1)
    let isOfAnother = change.contains("data_stream")
    #expect(try await Numbered.missing(snapshot, index: "logs-x-*") == (isOfAnother ? 1 : 0))
  }

  @Test("A segment that cannot be opened, and of which the catalog has no times, may be of any")
  func noTimes() async throws {
    try tamper("UPDATE segments SET earliest = NULL, latest = NULL WHERE number = 1")
    let path = try #require(
      FileManager.default.contentsOfDirectory(atPath: folder + "/segments").filter { $0.hasSuffix(".segment") }.min())
    try FileManager.default.removeItem(atPath: folder + "/segments/" + path)
    for isSetAside in [false, true] {
      if isSetAside { _ = try SegmentStore(folder, .writing(as: "a test")).settle(at: Self.now) }
      let snapshot = try SegmentStore(folder, .reading).snapshot()
      #expect(snapshot.missingParts.map(\.isSetAside) == [isSetAside])
      #expect(try await Numbered.missing(snapshot, 90...95) == 1)
      #expect(try await Numbered.missing(snapshot, index: "logs-x-*", 90...95) == 0)
    }
  }

  @Test("Times that are not those of a segment hide nothing of it where several tasks put them right at once")
  func timesAtOnce() async throws {
    for round in 0..<8 {
      try tamper("UPDATE segments SET earliest = NULL, latest = NULL WHERE number = 1")
      let store = try SegmentStore(folder, .writing(as: "a test"))
      try await withThrowingTaskGroup(of: Void.self) { group in
        for task in 0..<6 {
          group.addTask {
            if task % 2 == 0 {
              #expect(try store.append(Self.content([1, 3]), at: Self.now).stored == 0)
            } else {
              _ = try store.settle(at: Self.now)
            }
          }
        }
        try await group.waitForAll()
      }
      #expect(try Numbered.texts(store.snapshot()).sorted() == Self.texts, "round \(round)")
      #expect(try store.verify(keepsAll: { _ in true }).faults == [], "round \(round)")
    }
  }

  @Test("A segment that is taken back twice is there once, with all that it had")
  func takenBackTwice() throws {
    try tamper("UPDATE segments SET earliest = NULL, latest = NULL WHERE number = 1")
    let store = try SegmentStore(folder, .writing(as: "a test"))
    let missing = try #require(try store.segments().missing.first)
    #expect(try store.takeBack(missing, at: Self.now))
    #expect(try !store.takeBack(missing, at: Self.now))
    #expect(try Numbered.texts(store.snapshot()).sorted() == Self.texts)
    #expect(try store.verify(keepsAll: { _ in true }).faults == [] && faults() == [])
  }

  @Test("Rows beyond a segment hide none, also of one that was missing: they are named and go")
  func rowsBeyondMissing() throws {
    try tamper("INSERT INTO hidden_rows VALUES (1, 9223372036854775807), (1, -1)")
    try tamper("UPDATE segments SET earliest = NULL, latest = NULL WHERE number = 1")
    // One of its three events is replaced.
    #expect(try SegmentStore(folder, .reading).snapshot().missingParts.map(\.eventCount) == [2])
    #expect(try repaired().corrected.count == 2)
  }

  @Test("A whole segment that the catalog knows as another is not taken for damaged: its events are taken up")
  func another() throws {
    try tamper("UPDATE segments SET rows = 9 WHERE number = 1")
    #expect(try faults().first?.contains("events: 3, and 9 in the catalog") == true)
    let store = try SegmentStore(folder, .writing(as: "a test"))
    #expect(try store.settle(at: Self.now).eventsTakenUp == 2)
    #expect(try Numbered.texts(store.snapshot()).sorted() == Self.texts)
    // What the catalog says was there is missed until somebody says that it is not.
    #expect(try store.snapshot().missingParts.count == 1)
    #expect(try store.repair(forgets: true, keepsAll: { _ in true }, at: Self.now).forgotten.count == 1)
    #expect(try store.verify(keepsAll: { _ in true }).faults == [])
  }

  @Test("What belongs to no segment is named and goes")
  func orphans() throws {
    try tamper("INSERT INTO hidden_rows VALUES (77, 1), (77, 2)")
    try tamper("INSERT INTO answers VALUES ('x.segment', 1, x'00')")
    let faults = try faults()
    #expect(faults.count == 2 && faults.allSatisfy { $0.contains("belong to no segment") }, "\(faults)")
    #expect(faults.contains { $0.contains("2 rows in hidden_rows") }, "\(faults)")
    #expect(try repaired().corrected.count == 2)
  }

  @Test("Whatever rows are hidden or not, repair lets each event count once, by the text that had counted")
  func random() throws {
    let seed = ProcessInfo.processInfo.environment["MARTLET_SEED"].flatMap(UInt64.init) ?? UInt64.random(in: 0...99_999)
    var random = SeededRandom(seed: seed)
    var expected: [String] = []
    do {
      let store = try SegmentStore(folder, .writing(as: "a test"))
      for round in 0..<20 {
        let numbers = (0..<9).map { _ in UInt64.random(in: 0...40, using: &random) }
        let content = UInt32.random(in: 0...4, using: &random)
        _ = try store.append(Self.content(numbers, content: content, text: " \(round)"), at: Self.now)
        if round % 7 == 6 { try store.mergeSegments(at: Self.now) }
      }
      expected = try Numbered.texts(store.snapshot()).sorted()
      for part in try store.snapshot().parts {
        for row in 0..<part.rowCount where Int.random(in: 0..<4, using: &random) == 0 {
          let isHidden = part.hidden.contains(row)
          try tamper(
            isHidden
              ? "DELETE FROM hidden_rows WHERE segment = \(part.number) AND row = \(row)"
              : "INSERT INTO hidden_rows VALUES (\(part.number), \(row))")
        }
      }
    }
    let store = try SegmentStore(folder, .writing(as: "a test"))
    _ = try store.repair(keepsAll: { _ in true }, at: Self.now)
    // An event whose worse text was let count and whose better one was hidden counts once, and nobody can tell that it was another.
    func numbers(_ texts: [String]) -> [String] { texts.map { String($0.split(separator: " ")[1]) }.sorted() }
    #expect(try numbers(Numbered.texts(store.snapshot())) == numbers(expected), "seed \(seed)")
    #expect(try store.verify(keepsAll: { _ in true }).faults == [], "seed \(seed)")
  }
}
