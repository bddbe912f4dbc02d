import Foundation
import JSON
import TestSupport
import Testing

@Suite("The mapping that a folder of events remembers") struct KeptMappingTests {
  private static let events = """
    {"@timestamp":"2026-01-01T00:00:00Z","event":{"id":"a","action":"x"},"custom":{"port":22},"data_stream":{"type":"logs","dataset":"own","namespace":"default"}}
    {"@timestamp":"2026-01-01T00:01:00Z","event":{"id":"b","action":"x"},"custom":{"port":1025},"data_stream":{"type":"logs","dataset":"own","namespace":"default"}}

    """
  private static let long = #"{"properties":{"custom":{"properties":{"port":{"type":"long"}}}}}"#

  private static func count(_ folder: String, _ query: String, _ more: [String] = []) throws -> String {
    try Binary(["search", "--data", folder, "--format", "count", query] + more).output
  }

  @Test("What ingest was given holds for every later command, until another is given; status shows it")
  func remembered() throws {
    let scratch = try Scratch()
    let folder = scratch.path + "/events"
    let file = try scratch.write(Self.events, "a.ndjson")
    let mapping = try scratch.write(Self.long, "long.json")
    let first = try Binary(["ingest", "--data", folder, "--mapping", mapping, file])
    #expect(first.status == 0 && first.errors.contains("remembers the mapping of"), "\(first.errors)")
    #expect(first.errors.contains("1 field") || first.errors.contains("2 fields"), "\(first.errors)")
    // As text "22" lies behind "1024".
    #expect(try Self.count(folder, "custom.port > 1024") == "1\n")
    let given = try Binary(["search", "--mapping", mapping, "--format", "count", "custom.port > 1024", file])
    #expect(given.output == "1\n")
    let keyword = try scratch.write(Self.long.replacing("long", with: "keyword"), "keyword.json")
    #expect(try Self.count(folder, "custom.port > 1024", ["--mapping", keyword]) == "2\n")
    #expect(try Self.count(folder, "custom.port > 1024") == "1\n")
    // A rule goes by it as well.
    let rule = Sample.rule.replacing("event.action: GetObject", with: "custom.port > 1024")
      .replacing("logs-aws.cloudtrail-*", with: "logs-own-*")
    let rules = ["--rules", try scratch.write(rule, "rule.toml"), "--no-builtin"]
    let span = ["--from", "2026-01-01", "--to", "2026-01-02"]
    #expect(try Binary(["hunt", "--data", folder, "--format", "ndjson"] + rules + span).lines.count == 1)
    let run = try Binary(["run", "--data", folder, "--format", "json"] + rules + span)
    #expect(try JSONValue(parsing: run.output)["new"] == 1, "\(run.errors)")
    let status = try JSONValue(parsing: try Binary(["status", "--data", folder, "--format", "json"]).output)
    #expect(status["mapping"]?["fields"]?.integerValue ?? 0 > 0, "\(status.text)")
    #expect(try Binary(["status", "--data", folder]).output.contains("mapping: "))
    // A copy remembers it too.
    #expect(try Binary(["backup", "--data", folder, "--to", scratch.path + "/copy"]).status == 0)
    #expect(try Self.count(scratch.path + "/copy", "custom.port > 1024") == "1\n")
  }

  @Test("A rule takes an event's time from its own field in the format that the mapping gives it")
  func ownTime() throws {
    let scratch = try Scratch()
    let folder = scratch.path + "/events"
    // Long after its @timestamp, behind which executions of that day see nothing.
    let event =
      #"{"@timestamp":"2026-01-01T00:00:00Z","event":{"id":"a","action":"x","created":"03/01/2026 10:02"},"#
      + #""data_stream":{"type":"logs","dataset":"own","namespace":"default"}}"# + "\n"
    let file = try scratch.write(event, "a.ndjson")
    let mapping = try scratch.write(
      #"{"properties":{"event":{"properties":{"created":{"type":"date","format":"dd/MM/yyyy HH:mm"}}}}}"#, "dates.json")
    #expect(try Binary(["ingest", "--data", folder, "--mapping", mapping, file]).status == 0)
    let rule = Sample.rule.replacing("event.action: GetObject", with: "event.action: x")
      .replacing("logs-aws.cloudtrail-*", with: "logs-own-*")
      .replacing("[rule]", with: "[rule]\ntimestamp_override = \"event.created\"")
    let rules = ["--rules", try scratch.write(rule, "rule.toml"), "--no-builtin", "--format"]
    let span = ["--from", "2026-01-03T10:00:00Z", "--to", "2026-01-03T10:20:00Z"]
    let run = try Binary(["run", "--data", folder] + rules + ["json"] + span)
    #expect(try JSONValue(parsing: run.output)["new"] == 1, "\(run.errors)")
    for place in [["--data", folder], ["--mapping", mapping, file]] {
      let hunt = try Binary(["hunt"] + place + rules + ["ndjson"] + span)
      #expect(hunt.lines.count == 1, "\(hunt.errors)")
      let query = try JSONValue(parsing: hunt.output)["martlet"]?["evidence"]?["query"]?.stringValue ?? ""
      #expect(try Binary(["search", "--format", "count", query] + place).output == "1\n", "\(query)")
    }
  }

  @Test(
    "A change is told, the same is not; one without fields ends it, and what was stored meanwhile is searched as ever")
  func changed() throws {
    let scratch = try Scratch()
    let folder = scratch.path + "/events"
    let file = try scratch.write(Self.events, "a.ndjson")
    let nested = #"{"properties":{"custom":{"type":"nested","properties":{"port":{"type":"long"}}}}}"#
    func ingest(_ mapping: String) throws -> Binary {
      try Binary(["ingest", "--data", folder, "--mapping", try scratch.write(mapping, "mapping.json"), file])
    }
    _ = try ingest(nested)
    #expect(try Self.count(folder, "custom: { port > 1024 }") == "1\n")
    let same = try ingest(nested)
    #expect(same.status == 0 && !same.errors.contains("remembers"), "\(same.errors)")
    let other = try ingest(Self.long)
    #expect(other.status == 0 && other.errors.contains("in place of another"), "\(other.errors)")
    #expect(try Self.count(folder, "custom.port > 1024") == "1\n")
    let none = try ingest(#"{"properties":{}}"#)
    #expect(none.status == 0 && none.errors.contains("remembers no mapping any longer"), "\(none.errors)")
    let status = try JSONValue(parsing: try Binary(["status", "--data", folder, "--format", "json"]).output)
    #expect(status["mapping"] == .null)
    for query in ["custom.port: 22", "event.action: x", "custom.port > 1024"] {
      #expect(
        try Self.count(folder, query) == Binary(["search", "--format", "count", query, file]).output, "\(query)")
    }
    #expect(
      try Binary(["ingest", "--data", folder, "--mapping", try scratch.write("[]", "bad.json"), file]).status == 1)
  }
}
