import Events
import Query
import Store
import Synchronization
import Testing

@testable import Ingestion

@Suite("Texts that are unpacked together") struct RecentTextsTests {
  /// A part of ten rows, five of which are unpacked together, that counts how often.
  private struct Part: EventPart {
    struct Fault: Error {}

    final class Unpackings: Sendable {
      private let groups = Mutex<[Int]>([])

      func note(_ group: Int) { groups.withLock { $0.append(group) } }
      var all: [Int] { groups.withLock { $0 } }
    }

    let unpackings = Unpackings()
    let number: Int64 = 1
    let name = "part"
    let location = "memory"
    let dataStream = "logs-test-default"
    let rowCount = 10
    let times: ClosedRange<Timestamp>? = nil
    let spans: FieldSpans? = nil
    let hidden: [Int] = []
    let paths: [String] = []
    let sourceBytes = 60

    func mayHold(_ query: BoundQuery, of queries: QuerySet) -> Bool { true }
    func timesOfRows() throws -> [Timestamp] { throw Fault() }
    func forms() throws -> [UInt8] { throw Fault() }
    func heads() throws -> [EventHead] { throw Fault() }
    func rows(of identities: [EventIdentity]) throws -> [(place: Int, row: Int)] { throw Fault() }
    func rows(ofIDs ids: [EventID]) throws -> [(place: Int, row: Int)] { throw Fault() }
    func withColumns<Result>(
      _ plan: FieldPlan, only rows: [Int]?, _ body: (EventBatch) throws -> Result
    ) throws -> Result { throw Fault() }
    func events(_ plan: FieldPlan) throws -> EventBatch { throw Fault() }
    func letGo() {}

    func rowsUnpacked(with row: Int) -> Range<Int> { row / 5 * 5..<row / 5 * 5 + 5 }

    func withSources(
      _ rows: [Int], damaged: ((Int, Fault) -> Void)?, _ body: (Int, UnsafeBufferPointer<UInt8>) throws -> Void
    ) throws {
      for group in Set(rows.map { $0 / 5 }) { unpackings.note(group) }
      for (place, row) in rows.enumerated() {
        // Of several lengths, one of them none.
        try [UInt8](repeating: UInt8(row), count: row).withUnsafeBufferPointer { try body(place, $0) }
      }
    }
  }

  private static func read(_ rows: [Int], _ recent: RecentTexts, _ part: Part) throws {
    for row in rows {
      var texts: [[UInt8]] = []
      try recent.withText(of: row, in: part) { texts.append(Array($0)) }
      #expect(texts == [[UInt8](repeating: UInt8(row), count: row)], "row \(row)")
    }
  }

  @Test("Each text is its own, and those of one group are unpacked once while there is room")
  func unpackedOnce() throws {
    let part = Part()
    try Self.read([3, 0, 9, 4, 5, 3, 9, 0], RecentTexts(), part)
    #expect(part.unpackings.all == [0, 1])
  }

  @Test("What was asked for longest ago makes room, and where there is none nothing is held")
  func bounded() throws {
    let part = Part()
    // Both groups are larger than that together: 10 and 35 bytes, and 40 for where the texts end in each.
    try Self.read([0, 1, 5, 6, 0, 9], RecentTexts(mostBytes: 121), part)
    #expect(part.unpackings.all == [0, 1, 0, 1])
    let another = Part()
    try Self.read([0, 1, 5], RecentTexts(mostBytes: 8), another)
    #expect(another.unpackings.all == [0, 0, 1])
  }
}
