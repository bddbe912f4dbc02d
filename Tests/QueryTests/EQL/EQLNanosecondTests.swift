import Events
import JSON
import Query
import Testing

struct EQLNanosecondTests {
  private static func hits(_ query: String, type: String) throws -> [[Int?]] {
    let mapping = try FieldMapping(JSONValue(parsing: #"{"properties":{"@timestamp":{"type":"\#(type)"}}}"#))
    let events = [("000000900", "B"), ("000000100", "A"), ("500000101", "C")].map { fraction, action in
      #"{"@timestamp": "2026-04-01T00:00:00.\#(fraction)Z", "event.category": "x", "event.action": "\#(action)"}"#
    }
    return try EQLSearch.hits(query, EventBatches(texts: events), catalog: FieldCatalog.standard.applying(mapping))
      .map(\.events)
  }

  @Test("Events follow one another by the nanosecond where the field of their time keeps it, else by the millisecond")
  func order() throws {
    let all = "x where true"
    #expect(try Self.hits(all, type: "date_nanos") == [[1], [0], [2]])
    #expect(try Self.hits(all, type: "date") == [[0], [1], [2]])
    let sequence = #"sequence [x where event.action == "A"] [x where event.action == "B"]"#
    #expect(try Self.hits(sequence, type: "date_nanos") == [[1, 0]])
    #expect(try Self.hits(sequence, type: "date").isEmpty)
  }

  @Test("Times as far apart as whole numbers can be lie beyond every span", arguments: ["long", "date"])
  func ends(type: String) throws {
    let format = type == "date" ? #","format":"epoch_second""# : ""
    let mapping = try FieldMapping(JSONValue(parsing: #"{"properties":{"at":{"type":"\#(type)"\#(format)}}}"#))
    let least = type == "long" ? "-9223372036854775807" : "-3149999999999999"
    let most = type == "long" ? "9223372036854775806" : "3149999999999999"
    let events = [("A", least), ("B", most)].map { action, time in
      #"{"@timestamp": "2026-04-01T00:00:00Z", "at": \#(time), "event.category": "x", "event.action": "\#(action)"}"#
    }
    func hits(_ query: String) throws -> [[Int?]] {
      try EQLSearch.hits(
        query, EventBatches(texts: events), fields: EQLCollector.Fields(timestamp: "at"),
        catalog: FieldCatalog.standard.applying(mapping)
      ).map(\.events)
    }
    let (one, other) = (#"[x where event.action == "A"]"#, #"[x where event.action == "B"]"#)
    #expect(try hits("sequence \(one) \(other)") == [[0, 1]])
    #expect(try hits("sequence with maxspan=1h \(one) \(other)").isEmpty)
    #expect(try hits("sequence with maxspan=1h \(one) !\(other)") == [[0, nil]])
    #expect(try hits("sequence with maxspan=1h !\(one) \(other)") == [[nil, 1]])
  }

  @Test("A span is kept to the nanosecond")
  func span() throws {
    let sequence = #"sequence with maxspan=500ms [x where event.action == "A"] [x where event.action == "C"]"#
    #expect(try Self.hits(sequence, type: "date_nanos").isEmpty)
    #expect(try Self.hits(sequence, type: "date") == [[1, 2]])
    let wide = sequence.replacing("500ms", with: "501ms")
    #expect(try Self.hits(wide, type: "date_nanos") == [[1, 2]])
    let missing = #"sequence with maxspan=500ms [x where event.action == "A"] ![x where event.action == "C"]"#
    #expect(try Self.hits(missing, type: "date_nanos") == [[1, nil]])
    #expect(try Self.hits(missing, type: "date").isEmpty)
  }
}
