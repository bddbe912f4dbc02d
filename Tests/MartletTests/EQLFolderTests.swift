import Foundation
import TestSupport
import Testing

/// EQL over a folder, where columns find the hits and only their texts are unpacked, gives what it gives over the files.
struct EQLFolderTests {
  private static let queries = [
    "any where event.action == \"AssumeRole\"",
    "any where event.outcome == \"failure\" and user.name != null | tail 20",
    "any where length(user.name) > 5 and cidrMatch(source.ip, \"0.0.0.0/1\") | head 7",
    "sequence by user.name with maxspan=1h [any where event.outcome == \"failure\"] [any where event.outcome == \"success\"]",
    "sequence by source.ip, user.name with maxspan=2h [any where event.action == \"AssumeRole\"] with runs=2 [any where event.outcome == \"failure\"]",
    "sequence by user.name, cloud.region, event.provider with maxspan=3h [any where true] [any where event.outcome == \"failure\"]",
    "sequence with maxspan=10m [any where event.outcome == \"failure\"] by user.name [any where event.outcome == \"success\"] by related.user until [any where event.action == \"AssumeRole\"] by user.name",
    "sequence by ?error.code with maxspan=5m [any where event.outcome == \"failure\"] ![any where event.action == \"AssumeRole\"] [any where event.outcome == \"failure\"]",
    "sample by user.name [any where event.outcome == \"failure\"] [any where event.action : \"List*\"] [any where event.action : \"Get*\"]",
    "any where event.action == \"NoSuchCall\"",
  ]

  @Test("Columns give what texts give, within times, data streams and limits too")
  func equal() throws {
    let scratch = try Scratch()
    let files = scratch.path + "/in"
    #expect(try Binary(["generate", "--events", "3000", "--attack", "trust-policy", "--out", files]).status == 0)
    let data = scratch.path + "/data"
    #expect(try Binary(["ingest", "--data", data, "--segment-events", "500", files]).status == 0)
    var hits = 0
    for query in Self.queries {
      for narrowing in [
        [], ["--from", "2026-01-01T06:00:00Z", "--to", "2026-01-01T12:00:00Z"],
        ["--index", "logs-aws.*", "--limit", "9"],
      ] {
        for format in ["ndjson", "csv", "count"] {
          let options =
            ["search", "--language", "eql", "--tiebreaker-field", "event.id", "--format", format, query] + narrowing
          let (plain, stored) = (try Binary(options + [files]), try Binary(options + ["--data", data]))
          #expect(Self.timeless(plain) == Self.timeless(stored), "\(query) \(narrowing) \(format)")
          #expect(plain.status == stored.status, "\(query) \(narrowing) \(format): \(stored.errors)")
          if format == "ndjson", narrowing.isEmpty, !plain.output.isEmpty { hits += 1 }
        }
      }
    }
    #expect(hits >= 8, "only \(hits) of the queries find something")
  }

  /// What was printed but for when events were read, and taken in.
  private static func timeless(_ binary: Binary) -> String {
    binary.output.replacing(/"(created|ingested)":"[^"]*",/, with: "")
  }

  @Test("A record's own names, and when events were taken in, are found in a folder in every language")
  func names() throws {
    let scratch = try Scratch()
    let files = scratch.path + "/in"
    #expect(try Binary(["generate", "--events", "1000", "--attack", "trust-policy", "--out", files]).status == 0)
    let data = scratch.path + "/data"
    #expect(try Binary(["ingest", "--data", data, files]).status == 0)
    func count(_ language: String, _ query: String, _ place: [String]) throws -> String {
      let format = language == "esql" ? ["--format", "csv"] : ["--format", "count"]
      return try Binary(["search", "--language", language] + format + [query] + place).output
    }
    let expected = try count("kuery", "event.action: AssumeRole", [files])
    #expect(expected != "0\n")
    for (language, query) in [
      ("kuery", "martlet.record.eventName: AssumeRole"), ("lucene", "martlet.record.eventName:AssumeRole"),
      ("eql", "any where martlet.record.eventName == \"AssumeRole\""),
      ("dsl", #"{"term":{"martlet.record.eventName":"AssumeRole"}}"#),
    ] {
      #expect(try count(language, query, [files]) == expected, "\(language)")
      #expect(try count(language, query, ["--data", data]) == expected, "\(language)")
    }
    let all = try count("kuery", "*", ["--data", data])
    #expect(try count("kuery", "event.ingested >= \"2026-01-01\"", ["--data", data]) == all)
    #expect(try count("eql", "any where event.ingested >= \"2026-01-01\"", ["--data", data]) == all)
    let shown = try Binary([
      "search", "--language", "eql", "--data", data, "--format", "csv", "--fields", "event.ingested",
      "any where true | head 1",
    ])
    let kql = try Binary([
      "search", "--data", data, "--format", "csv", "--fields", "event.ingested", "--limit", "1", "*",
    ])
    #expect(shown.lines.last == kql.lines.last && shown.lines.last != "event.ingested", "\(shown.output) \(kql.output)")
  }

  @Test("Alerts that a folder holds are searched in EQL beside events")
  func alerts() throws {
    let scratch = try Scratch()
    let files = scratch.path + "/in"
    #expect(try Binary(["generate", "--events", "2000", "--attack", "trust-policy", "--out", files]).status == 0)
    let data = scratch.path + "/data"
    #expect(try Binary(["ingest", "--data", data, files]).status == 0)
    #expect(
      try Binary(["run", "--data", data, "--from", "2026-01-01", "--to", "2026-02-01", "--now", "2026-02-01"]).status
        == 0)
    let found = try Binary([
      "search", "--data", data, "--language", "eql", "--index", ".alerts-security.alerts-default", "--format", "count",
      "any where kibana.alert.severity != null",
    ])
    let all = try Binary(["alerts", "list", "--data", data, "--format", "ndjson"])
    #expect(Int(found.output.trimmingCharacters(in: .newlines)) == all.lines.count, "\(found.output) \(found.errors)")
    #expect(!all.lines.isEmpty)
  }
}
