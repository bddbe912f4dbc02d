import CloudTrail
import Events
import Foundation
import Ingestion
import Inputs
import SegmentStore
import Segments
import Store
import TestSupport
import Testing

@Suite("Files in gzip are stored as they came") struct GzipMemberTests {
  private static let now = Timestamp(milliseconds: 1_790_000_000_000)

  private static func record(_ number: Int) -> String {
    // What differs between records is little, as in files of CloudTrail.
    let filler = (0..<12).map { #""key\#($0)":"value of some length""# }.joined(separator: ",")
    let time = Timestamp(milliseconds: 1_780_000_000_000 + Int64(number) * 1000).iso8601
    return #"{"eventID":"\#(UUID())","eventTime":"\#(time)","eventName":"GetObject","eventSource":"s3.amazonaws.com","#
      + #""requestParameters":{"number":\#(number),\#(filler)}}"#
  }

  private static func file(_ records: [String]) -> [UInt8] {
    Array("{\"Records\":[\(records.joined(separator: ","))]}".utf8)
  }

  private static func ingest(
    _ folder: String, _ paths: [String], segmentEvents: Int, deleted: [String: Timestamp] = [:]
  ) async throws -> (outcome: AppendOutcome, problems: ProblemLog) {
    let store = try SegmentStore(folder, .writing(as: "a test"))
    let context = EventContext(readAt: now)
    let (summary, results) = try await InputReader(paths: paths, now: now, workers: 1).read(
      registry: EventRegistry(remembers: false)
    ) {
      IngestCollector(
        store, context: context, catalog: .standard, now: now, clock: nil, segmentEvents: segmentEvents,
        deleted: deleted)
    }
    return (results.reduce(AppendOutcome()) { $0 + $1 }, summary.problems)
  }

  /// The texts of all events of a folder, and how many bytes its segments have.
  private static func stored(_ folder: String) async throws -> (texts: [String], bytes: [UInt8]) {
    let store = try SegmentStore(folder, .answering)
    var texts: [String] = []
    _ = try await store.snapshot().scan(ScanRequest(EventSelection(now: now))) { batch in
      try batch.withSources(Array(batch.heads.indices)) { texts.append(String(decoding: $1, as: UTF8.self)) }
      return .more
    }
    var bytes: [UInt8] = []
    for name in try FileManager.default.contentsOfDirectory(atPath: folder + "/segments").sorted() {
      bytes += try Data(contentsOf: URL(fileURLWithPath: folder + "/segments/" + name))
    }
    return (texts, bytes)
  }

  @Test(
    "Each record comes back byte for byte, and a file of which one segment takes most stands in it as it is",
    arguments: [100, 350, 500, 24_000])
  func files(segmentEvents: Int) async throws {
    let scratch = try Scratch()
    let records = (0..<1100).map(Self.record)
    let files = [
      Self.file(Array(records[..<400])), Self.file(Array(records[400..<800])), Self.file(Array(records[800...])),
    ]
    let packed = files.map { gzip($0) }
    let paths = try packed.enumerated().map { try scratch.write(Data($1), "\($0).json.gz") }
    let folder = scratch.path + "/data"
    let (outcome, problems) = try await Self.ingest(folder, paths, segmentEvents: segmentEvents)
    #expect(outcome.stored == 1100 && problems.isEmpty)
    let (texts, bytes) = try await Self.stored(folder)
    #expect(texts.sorted() == records.sorted())
    let kept = packed.filter { bytes.firstRange(of: $0) != nil }.count
    #expect(kept == (segmentEvents == 100 ? 0 : 3))
    #expect(!FileManager.default.fileExists(atPath: folder + "/segments/damaged"))
  }

  @Test("So it is where records come twice, are too old, are broken, or the file is not one member")
  func others() async throws {
    let scratch = try Scratch()
    let records = (0..<900).map(Self.record)
    let parts = [Array(records[..<300]), Array(records[300..<600]), Array(records[600...])]
    var broken = parts[1]
    broken.insert(#"{"eventID":"x","eventTime":"never"}"#, at: 40)
    let paths = [
      // Two members; records that come again; a record that is none; zeros behind the member.
      try scratch.write(
        Data(gzip(Array("{\"Records\":[\(parts[0].joined(separator: ","))".utf8)) + gzip(Array("]}".utf8))), "a.json.gz"
      ),
      try scratch.write(Data(gzip(Self.file(Array(parts[0][100...]) + broken))), "b.json.gz"),
      try scratch.write(Data(gzip(Self.file(parts[2])) + [UInt8](repeating: 0, count: 512)), "c.json.gz"),
    ]
    let folder = scratch.path + "/data"
    let oldest = Timestamp(milliseconds: 1_780_000_000_000 + 50_000)
    let (outcome, problems) = try await Self.ingest(
      folder, paths, segmentEvents: 24_000, deleted: [EventContext(readAt: Self.now).dataStream: oldest])
    #expect(outcome.stored == 850 && outcome.duplicates == 200 && outcome.expired == 50)
    #expect(!problems.isEmpty)
    #expect(try await Self.stored(folder).texts.sorted() == records[50...].sorted())
  }
}
