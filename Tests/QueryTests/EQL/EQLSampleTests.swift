import Query
import Testing

struct EQLSampleTests {
  private static func hits(_ query: String, _ events: [String], samplesPerKey: Int) throws -> [[Int?]] {
    try EQLSearch.hits(query, EventBatches(texts: events), samplesPerKey: samplesPerKey).map(\.events)
  }

  private static func event(_ second: Int, _ action: String, _ host: String) -> String {
    #"{"@timestamp": "2026-04-01T00:00:0\#(second)Z", "event.category": "x", "event.action": "\#(action)", "host.id": "\#(host)"}"#
  }

  @Test(
    "A sample takes as many choices of events of a key as are asked for, key by key, the later items' events changing first",
    arguments: [
      (1, [[0, 1], [5, 6]]), (2, [[0, 1], [2, 1], [5, 6]]), (3, [[0, 1], [2, 1], [3, 1], [5, 6]]),
      (10_000, [[0, 1], [2, 1], [3, 1], [5, 6]]),
    ])
  func several(most: Int, expected: [[Int]]) throws {
    let events = [
      Self.event(0, "A", "h1"), Self.event(1, "B", "h1"), Self.event(2, "A", "h1"), Self.event(3, "A", "h1"),
      Self.event(4, "A", "h2"), Self.event(5, "A", "h3"), Self.event(6, "B", "h3"),
    ]
    let query = #"sample by host.id [x where event.action == "A"] [x where event.action == "B"]"#
    #expect(try Self.hits(query, events, samplesPerKey: most) == expected)
  }

  @Test("No sample has an event twice, and no two samples are alike")
  func distinct() throws {
    let events = (0..<4).map { Self.event($0, "A", "h") }
    let query = "sample by host.id [x where true] [x where true] [x where true]"
    #expect(try Self.hits(query, events, samplesPerKey: 4) == [[0, 1, 2], [0, 1, 3], [0, 2, 1], [0, 2, 3]])
    let all = try Self.hits(query, events, samplesPerKey: 100)
    #expect(all.count == 24 && Set(all).count == 24 && all.allSatisfy { Set($0).count == 3 })
  }
}
