import Events
import Foundation
import Intake
import Synchronization
import TestSupport
import Testing

@testable import Service

@Suite("What roads bring is stored together") struct StoreSinkTests {
  @Test("Many at once get their own answers, each event is stored once, and an object is taken once")
  func together() async throws {
    let scratch = try Scratch()
    let clock = SimulatedClock("2026-01-10T12:00:00Z")
    let folder = try ServedFolder(scratch.path + "/events", clock, isWriting: false)
    let (time, sink) = (clock.now, folder.sink)
    let receipts = try await withThrowingTaskGroup(of: IngestionReceipt.self) { group in
      for id in 0..<200 { group.addTask { try await ServedFolder.changeTrust(id / 2, at: time, into: sink) } }
      // However late some of them begin, all are there at once.
      #expect(try await eventually { sink.waitingCount == 200 })
      folder.write()
      var all: [IngestionReceipt] = []
      for try await receipt in group { all.append(receipt) }
      return all
    }
    #expect(receipts.allSatisfy { $0.stored + $0.duplicates == 1 && $0.problems.isEmpty })
    #expect(receipts.reduce(0) { $0 + $1.stored } == 100)
    #expect(try folder.store.snapshot().eventCount == 100)
    #expect(folder.sink.commits < 100)
    let source = IngestionSource(
      road: .s3, name: "s3://b/k.json", object: SourceObject(origin: "s3://b/k.json", size: 5, modified: 1))
    let bad = try await folder.sink.take(.bytes(Array("{\"Records\":[{]".utf8)), from: source)
    #expect(bad.stored == 0 && bad.rejected > 0 && !bad.problems.isEmpty)
    #expect(try await folder.sink.take(.bytes([0x7B]), from: source).isRepeated)
    await folder.end()
    await #expect(throws: IngestionRefusal.self) { try await ServedFolder.changeTrust(500, at: time, into: sink) }
  }

  @Test("Of the program's own data streams only what the service tells of itself is taken, by whatever road it comes")
  func own() async throws {
    let scratch = try Scratch()
    let folder = try ServedFolder(scratch.path + "/events", SimulatedClock("2026-01-10T12:00:00Z"))
    let document = Array(
      (#"{"@timestamp":"2026-01-10T11:00:00Z","event":{"action":"x"},"data_stream":{"dataset":"martlet.audit"}}"# + "\n")
        .utf8)
    for road in IngestionSource.Road.allCases where road != .service {
      let short = try await folder.sink.take(.bytes(document), from: IngestionSource(road: road, name: "a.ndjson"))
      #expect(short.stored == 0 && short.rejected == 1 && short.problems.count == 1, "\(road): \(short)")
      let file = try scratch.write(String(decoding: document, as: UTF8.self), "\(road).ndjson")
      let long = try await folder.sink.take(.file(file), from: IngestionSource(road: road, name: file))
      #expect(long.stored == 0 && long.rejected == 1 && long.problems.count == 1, "\(road): \(long)")
      var documents = IngestionDocuments()
      documents.add(document)
      let outcomes = try await folder.sink.take(documents, from: IngestionSource(road: road, name: "a"))
      guard case .rejected(let reason) = outcomes[0] else {
        Issue.record("\(road): \(outcomes)")
        continue
      }
      #expect(reason.contains("reserved data stream"))
    }
    let own = try await folder.sink.take(.bytes(document), from: IngestionSource(road: .service, name: "a"))
    #expect(own.stored == 1 && own.rejected == 0)
    #expect(try folder.store.snapshot().parts.map(\.summary.dataStream) == ["logs-martlet.audit-default"])
    await folder.end()
  }

  @Test("What came last is known of the data streams that events are of, also where they come in files")
  func arrivals() async throws {
    let scratch = try Scratch()
    let folder = try ServedFolder(scratch.path + "/events", SimulatedClock("2026-01-10T12:00:00Z"))
    let documents = [("a", "10:00:00"), ("b", "11:00:00"), ("a", "09:00:00")].map { name, time in
      #"{"@timestamp":"2026-01-10T\#(time)Z","event":{"action":"x","id":"\#(time)"},"data_stream":{"dataset":"\#(name)"}}"#
    }
    let file = try scratch.write(documents.joined(separator: "\n") + "\n", "events.ndjson")
    let receipt = try await folder.sink.take(.file(file), from: IngestionSource(road: .folder, name: file))
    #expect(receipt.stored == 3)
    let newest = folder.sink.arrivals.mapValues { $0.newest?.iso8601 }
    #expect(
      newest == ["logs-a-default": "2026-01-10T10:00:00.000Z", "logs-b-default": "2026-01-10T11:00:00.000Z"])
    await folder.end()
  }

  @Test("Documents that are refused are counted, and told of once for each cause in an hour, with how many they are")
  func refused() async throws {
    let scratch = try Scratch()
    let clock = SimulatedClock("2026-01-10T12:00:00Z")
    let folder = try ServedFolder(scratch.path + "/events", clock)
    let source = IngestionSource(road: .bulk, name: "bulk")
    func told() -> [String] {
      folder.lines.all.withLock { lines in lines.filter { $0.contains("documents that were sent cannot be stored") } }
    }
    folder.sink.note([RefusedDocuments("index name", count: 3, reason: "no [Logs]")], from: source)
    for _ in 0..<5 {
      folder.sink.note([RefusedDocuments("index name", count: 10, reason: "no [Other]")], from: source)
    }
    folder.sink.note([RefusedDocuments("action", reason: "no update")], from: source)
    // What is refused only when it is read is no exception.
    var documents = IngestionDocuments()
    for number in 0..<4 { documents.add(Array(#"{"_index":"x","_id":"\#(number)","_source":{"a":\#(number)}}"#.utf8)) }
    for _ in 0..<2 { _ = try await folder.sink.take(documents, from: source) }
    #expect(told().count == 3)
    #expect(told().first?.contains("no [Logs]") == true && told().first?.contains("documents=3") == true)
    #expect(told().last?.contains("cause=no readable time") == true && told().last?.contains("documents=4") == true)
    clock.move(by: 3601)
    folder.sink.note([RefusedDocuments("index name", reason: "no [Third]")], from: source)
    #expect(told().count == 4)
    #expect(told().last?.contains("no [Third]") == true && told().last?.contains("documents=51") == true)
    let metric = #"martlet_events_rejected_total{road="bulk"}"#
    #expect(folder.metrics.text.contains("\(metric) 63\n"))
    await folder.end()
  }

  @Test("Documents that are refused and not told of at once are told of when the hour is over, or the service ends")
  func refusedLater() async throws {
    let scratch = try Scratch()
    let clock = SimulatedClock("2026-01-10T12:00:00Z")
    let folder = try ServedFolder(scratch.path + "/events", clock)
    func told() -> [String] {
      folder.lines.all.withLock { lines in lines.filter { $0.contains("documents that were sent cannot be stored") } }
    }
    func note(_ cause: String, _ count: Int, _ reason: String) {
      folder.sink.note(
        [RefusedDocuments(cause, count: count, reason: reason)], from: IngestionSource(road: .bulk, name: "beat"))
    }
    for count in 1...3 { note("index name", count, "no [\(count)]") }
    note("action", 1, "no update")
    clock.move(by: 3599)
    folder.sink.tellOfMoreRefused()
    #expect(told().count == 2)
    clock.move(by: 1)
    folder.sink.tellOfMoreRefused()
    folder.sink.tellOfMoreRefused()
    #expect(told().count == 3)
    let line = told().last ?? ""
    #expect(line.contains(": more documents") && line.contains("no [3]") && line.contains("documents=5"))
    #expect(line.contains("source=beat"))
    // That begins another hour; what had nothing more to tell is told at once.
    note("index name", 7, "no [4]")
    note("action", 2, "no update")
    #expect(told().count == 4 && told().last?.contains("documents=2") == true)
    await folder.end()
    #expect(told().count == 5)
    #expect(told().last?.contains("no [4]") == true && told().last?.contains("documents=7") == true)
  }

  @Test("What comes in pieces is stored by one commit or not at all, and once, however many pieces are alike")
  func pieces() async throws {
    let scratch = try Scratch()
    let folder = try ServedFolder(scratch.path + "/events", SimulatedClock("2026-01-10T12:00:00Z"))
    // They name no id.
    let event = #"{"@timestamp":"2026-01-10T11:00:00Z","event":{"action":"x"}}"# + "\n"
    let pieces = [Array(event.utf8), gzip(Array(event.utf8)), Array("no event".utf8), gzip(Array(event.utf8))]
    func source(_ name: String) -> IngestionSource {
      IngestionSource(road: .firehose, name: name, object: SourceObject(token: name))
    }
    let before = folder.sink.commits
    let receipt = try await folder.sink.take(pieces, from: source("a"))
    #expect(receipt.stored == 3 && receipt.duplicates == 0 && !receipt.problems.isEmpty, "\(receipt)")
    #expect(folder.sink.commits == before + 1)
    #expect(try await folder.sink.take(pieces, from: source("a")).isRepeated)
    // By their names alone they are known as well.
    let nameless = try await folder.sink.take(pieces, from: IngestionSource(road: .firehose, name: "a"))
    #expect(nameless.stored == 0 && nameless.duplicates == 3, "\(nameless)")
    // Storing fails while there is no folder for it: of no piece anything is there.
    let (segments, away) = (scratch.path + "/events/segments", scratch.path + "/away")
    try FileManager.default.moveItem(atPath: segments, toPath: away)
    await #expect(throws: IngestionRefusal.self) { try await folder.sink.take(pieces, from: source("b")) }
    try FileManager.default.moveItem(atPath: away, toPath: segments)
    let again = try await folder.sink.take(pieces, from: source("b"))
    #expect(again.stored == 3 && again.duplicates == 0 && !again.isRepeated, "\(again)")
    await folder.end()
  }

  @Test(
    "Of more pieces than are committed at once as many as may be are, and the object is known once the last is stored")
  func manyPieces() async throws {
    let scratch = try Scratch()
    var bounds = StoreSink.Bounds()
    (bounds.groupCount, bounds.longest, bounds.pause) = (4, 1000, .zero)
    let folder = try ServedFolder(scratch.path + "/events", SimulatedClock("2026-01-10T12:00:00Z"), bounds: bounds)
    func piece(_ length: Int) -> [UInt8] {
      Array(
        #"{"@timestamp":"2026-01-10T11:00:00Z","event":{"action":"\#(String(repeating: "x", count: length))"}}\#n"#.utf8
      )
    }
    let source = IngestionSource(road: .firehose, name: "a", object: SourceObject(token: "a"))
    // Four, two for their length, one that is long, and three.
    let pieces = [1, 1, 1, 1, 400, 400, 2000, 1, 1, 1].map(piece)
    let before = folder.sink.commits
    let receipt = try await folder.sink.take(pieces, from: source)
    #expect(receipt.stored == 10 && receipt.duplicates == 0, "\(receipt)")
    #expect(folder.sink.commits == before + 4)
    #expect(try await folder.sink.take(pieces, from: source).isRepeated)
    let others = try await folder.sink.take(pieces, from: IngestionSource(road: .firehose, name: "b"))
    #expect(others.stored == 10, "\(others)")
    await folder.end()
  }

  private final class Disk: Sendable {
    let room = Mutex(1 << 10)
  }

  @Test("That the disk is full goes on for as long as only the service's own small events find room on it")
  func full() async throws {
    let scratch = try Scratch()
    let disk = Disk()
    let folder = try ServedFolder(
      scratch.path + "/events", SimulatedClock("2026-01-10T12:00:00Z"), room: { disk.room.withLock { $0 } })
    func take(_ count: Int, _ road: IngestionSource.Road = .bulk) async throws {
      let event = #"{"@timestamp":"2026-01-10T11:00:00Z","event":{"action":"x"},"n":"#
      let text = (0..<count).map { "\(event)\($0)}\n" }.joined()
      _ = try await folder.sink.take(
        .bytes(Array(text.utf8)), from: IngestionSource(road: road, name: UUID().uuidString))
    }
    /// Storing fails while there is no folder for it.
    func failing(_ count: Int) async throws {
      let (segments, away) = (scratch.path + "/events/segments", scratch.path + "/away")
      try FileManager.default.moveItem(atPath: segments, toPath: away)
      await #expect(throws: IngestionRefusal.self) { try await take(count) }
      try FileManager.default.moveItem(atPath: away, toPath: segments)
      #expect(!folder.health.troubles.isEmpty)
    }
    try await take(1)
    #expect(folder.health.troubles.isEmpty)
    try await failing(100)
    for _ in 0..<3 { try await take(60, .service) }
    try await take(40)
    #expect(folder.health.troubles.map(\.part) == ["store"])
    #expect(!folder.lines.all.withLock { $0.contains { $0.contains("stored again") } })
    // As much as failed.
    try await take(100)
    #expect(folder.health.troubles.isEmpty)
    #expect(folder.lines.all.withLock { $0.contains { $0.contains("stored again") } })
    // Room is seen without anything that comes.
    try await failing(100)
    folder.sink.trouble.lookForRoom()
    #expect(!folder.health.troubles.isEmpty)
    disk.room.withLock { $0 = 1 << 30 }
    folder.sink.trouble.lookForRoom()
    #expect(folder.health.troubles.isEmpty)
    // What failed for something else than room is over when something is stored.
    try await failing(100)
    folder.sink.trouble.lookForRoom()
    #expect(!folder.health.troubles.isEmpty)
    try await take(1)
    #expect(folder.health.troubles.isEmpty)
    await folder.end()
  }

  @Test("Of much that comes at once two tasks store a share each: every event once, and everybody is told of their own")
  func shared() async throws {
    let scratch = try Scratch()
    let clock = SimulatedClock("2026-01-10T12:00:00Z")
    var bounds = StoreSink.Bounds()
    bounds.sharedBytes = 1
    let folder = try ServedFolder(scratch.path + "/events", clock, bounds: bounds)
    let (time, sink) = (clock.now, folder.sink)
    // Each sends 50 documents, of which half are sent by another too, and one that is none.
    let outcomes = try await withThrowingTaskGroup(of: [DocumentOutcome].self) { group in
      for sender in 0..<60 {
        group.addTask {
          var documents = IngestionDocuments()
          for id in 0..<50 { documents.add(ServedFolder.trustRecord(sender * 25 + id, at: time).utf8) }
          documents.add("{\"no\": \"event\"".utf8)
          return try await sink.take(documents, from: IngestionSource(road: .bulk, name: "test"))
        }
      }
      var all: [[DocumentOutcome]] = []
      for try await outcome in group { all.append(outcome) }
      return all
    }
    #expect(outcomes.count == 60 && outcomes.allSatisfy { $0.count == 51 })
    let told = outcomes.flatMap { $0.dropLast() }
    #expect(told.allSatisfy { $0 == .stored || $0 == .duplicate })
    #expect(told.count { $0 == .stored } == 61 * 25)
    for outcome in outcomes { if case .rejected = outcome[50] {} else { Issue.record("\(outcome[50])") } }
    #expect(try folder.store.snapshot().eventCount == 61 * 25)
    await folder.end()
  }
}
