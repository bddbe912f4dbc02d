import Events
import Testing

@testable import Query

struct EQLRepeatedValueTests {
  @Test("A condition on several fields tries each distinct value of an event once, and a key joins once")
  func distinct() throws {
    // As values, more combinations than are tried; the one that is asked for is the last.
    let ports = ([String](repeating: "1", count: 400) + ["2"]).joined(separator: ",")
    let events = ["a", "b"].enumerated().map { second, id in
      #"{"@timestamp": "2026-01-05T10:00:0\#(second)Z", "event.id": "\#(id)", "event.category": "x", "#
        + #""source.port": [\#(ports)], "destination.port": [\#(ports)]}"#
    }
    let batches = EventBatches(texts: events)
    let hits = try EQLSearch.hits("any where source.port + destination.port == 4", batches)
    #expect(hits.map(\.events) == [[0], [1]])
    let joined = try EQLSearch.hits("sequence by source.port [any where true] [any where true]", batches)
    #expect(joined.map(\.events) == [[0, 1], [0, 1]] && Set(joined.map { $0.joinKey }).count == 2)
  }
}
