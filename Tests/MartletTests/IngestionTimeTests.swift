import Foundation
import JSON
import TestSupport
import Testing

@Suite("The time at which events were taken in") struct IngestionTimeTests {
  private static func record(_ id: Int, _ time: String, user: String = "x") -> String {
    #"{"eventVersion":"1.08","eventID":"00000000-0000-0000-0000-00000000\#(id)","eventTime":"\#(time)","eventSource":"s3.amazonaws.com","eventName":"GetObject","awsRegion":"us-east-1","userIdentity":{"type":"IAMUser","userName":"\#(user)"}}"#
  }

  private static let overriding = Sample.rule + "\ntimestamp_override = \"event.ingested\"\n"

  private static func ingest(_ folder: String, _ file: String, _ now: String, _ more: [String] = []) throws {
    let run = try Binary(["ingest", "--data", folder, "--now", now] + more + [file])
    #expect(run.status == 0, "\(run.errors)")
  }

  private static func run(_ folder: String, _ rules: String, _ now: String, _ more: [String] = []) throws -> JSONValue {
    let run = try Binary(
      ["run", "--format", "json", "--data", folder, "--now", now, "--rules", rules, "--no-builtin"] + more)
    #expect(run.status == 0, "\(run.errors)")
    return try JSONValue(parsing: run.output.isEmpty ? "{}" : run.output)
  }

  @Test(
    "An event has the time at which it was taken in, in whole seconds, and keeps the first; one that says it keeps its own"
  )
  func kept() throws {
    let scratch = try Scratch()
    let folder = scratch.path + "/events"
    let own =
      #"{"_id":"a","@timestamp":"2026-01-01T00:00:00Z","event":{"id":"a","action":"x","ingested":"2026-01-01T00:00:07Z"}}"#
    let none = #"{"_id":"b","@timestamp":"2026-01-01T00:00:01Z","event":{"id":"b","action":"x"}}"#
    let empty = #"{"_id":"c","@timestamp":"2026-01-01T00:00:02Z","event":{"id":"c","ingested":null,"action":"x"}}"#
    let dotted = #"{"_id":"d","@timestamp":"2026-01-01T00:00:03Z","event.id":"d","event.action":"x"}"#
    let said =
      #"{"_id":"e","@timestamp":"2026-01-01T00:00:04Z","event.id":"e","event.action":"x","event.ingested":"2026-01-01T00:00:09Z"}"#
    let texts = [own, none, empty, dotted, said, Self.record(1001, "2026-01-01T00:00:05Z")]
    let all = try scratch.write(texts.joined(separator: "\n"), "all.json")
    try Self.ingest(folder, all, "2026-03-01T10:00:00.789Z")
    // The same once more, and others beside it, which are merged with it.
    try Self.ingest(
      folder, try scratch.write(texts.joined(separator: "\n") + "\n", "again.json"), "2026-03-02T10:00:00Z")
    for number in 0..<9 {
      try Self.ingest(
        folder, try scratch.write(Self.record(2000 + number, "2026-01-02T00:00:00Z"), "m\(number).json"),
        "2026-03-03T10:00:0\(number)Z")
    }
    func times(_ query: String) throws -> [String] {
      try Binary(["search", "--data", folder, "--sort", "@timestamp", query]).documents.map {
        $0["event"]?["ingested"]?.stringValue ?? $0["event.ingested"]?.stringValue ?? "none"
      }
    }
    let came = "2026-03-01T10:00:00.000Z"
    #expect(
      try times("@timestamp < \"2026-01-02\"") == [
        "2026-01-01T00:00:07Z", came, came, came, "2026-01-01T00:00:09Z", came,
      ])
    #expect(try times("event.ingested > \"2026-03-02\"") == (0..<9).map { "2026-03-03T10:00:0\($0).000Z" })
    #expect(try times("event.ingested: \"\(came)\"").count == 4)
    let counted = try Binary(
      ["search", "--data", folder, "--by", "event.ingested", "--format", "ndjson", "event.ingested < \"2026-03-02\""])
    #expect(counted.lines.count == 3, "\(counted.output)")
    // Each document is valid, with one time.
    #expect(
      try Binary(["search", "--data", folder, "event.id: c"]).output.components(separatedBy: "ingested").count == 2)
    #expect(try Binary(["verify", "--data", folder]).status == 0)
  }

  @Test(
    "Ticks that fall due go by when events were taken in, so that those which come late are found and nothing is run again"
  )
  func due() throws {
    let scratch = try Scratch()
    let folder = scratch.path + "/events"
    let rule = try scratch.write(Self.overriding, "rule.toml")
    try Self.ingest(
      folder, try scratch.write(Self.record(1001, "2026-01-01T08:00:00Z"), "a.json"), "2026-01-01T11:00:00Z")
    #expect(
      try Binary(["run", "--data", folder, "--now", "2026-01-01T12:00:00Z", "--rules", rule, "--no-builtin"]).status
        == 2)
    // Three hours old, and of the time that the next execution looks at.
    try Self.ingest(
      folder, try scratch.write(Self.record(1002, "2026-01-01T09:00:00Z"), "b.json"), "2026-01-01T12:03:00Z")
    let first = try Self.run(folder, rule, "2026-01-01T12:06:00Z")
    #expect(first["new"] == 1 && first["late"] == 0, "\(first.text)")
    let second = try Self.run(folder, rule, "2026-01-01T12:21:00Z")
    #expect(second["new"] == 0 && second["revised"] == 0 && second["contradicted"] == 0, "\(second.text)")
    try Self.ingest(
      folder, try scratch.write(Self.record(1003, "2026-01-01T12:04:00Z"), "c.json"), "2026-01-01T12:22:00Z")
    let third = try Self.run(folder, rule, "2026-01-01T12:26:00Z")
    // One execution at 12:25, and none of those before.
    #expect(third["new"] == 1 && third["late"] == 0 && third["executions"] == 1, "\(third.text)")
    let kept = try Binary(["alerts", "export", "--data", folder]).documents
    #expect(kept.count == 2)
    for alert in kept {
      let time = alert["kibana.alert.original_event.ingested"]?.stringValue
      #expect(time == "2026-01-01T12:03:00.000Z" || time == "2026-01-01T12:22:00.000Z", "\(alert.text)")
      #expect(alert["event"]?["ingested"]?.stringValue == time)
      #expect(alert["martlet"]?["evidence"]?["field"] == "event.ingested")
      #expect(alert["martlet"]?["evidence"]?["query"]?.stringValue?.contains("event.ingested >= ") == true)
    }
  }

  @Test(
    "A run over a span replays what was taken in at once, and neither kind of run contradicts or revises what the other made"
  )
  func replayed() throws {
    let scratch = try Scratch()
    let folder = scratch.path + "/events"
    let rule = try scratch.write(Self.overriding, "rule.toml")
    let text = [
      Self.record(1001, "2026-01-01T08:00:00Z"), Self.record(1002, "2026-01-01T12:02:00Z"),
      Self.record(1003, "2026-01-01T12:07:00Z"),
    ].joined(separator: "\n")
    let file = try scratch.write(text, "a.json")
    #expect(try Binary(["run", "--data", folder, "--rules", rule, "--no-builtin"]).status == 1)
    try Self.ingest(
      folder, try scratch.write(Self.record(1000, "2025-12-01T08:00:00Z"), "z.json"), "2025-12-01T08:00:00Z")
    #expect(
      try Binary(["run", "--data", folder, "--now", "2026-01-01T12:00:00Z", "--rules", rule, "--no-builtin"]).status
        == 2)
    try Self.ingest(folder, file, "2026-01-01T12:08:00Z")
    let due = try Self.run(folder, rule, "2026-01-01T12:16:00Z")
    #expect(due["new"] == 3, "\(due.text)")
    let options = ["--from", "2026-01-01", "--to", "2026-01-01T12:16:00Z"]
    let span = try Self.run(folder, rule, "2026-01-01T12:17:00Z", options)
    #expect(span["new"] == 0 && span["known"] == 3 && span["revised"] == 0 && span["contradicted"] == 0, "\(span.text)")
    let part = try Self.run(
      folder, rule, "2026-01-01T12:17:00Z", ["--from", "2026-01-01T12:08:00Z", "--to", "2026-01-01T12:16:00Z"])
    #expect(part["contradicted"] == 0, "\(part.text)")
    // In a folder of its own a replay gives what a hunt over the files does.
    let other = scratch.path + "/other"
    try Self.ingest(other, file, "2026-01-01T12:08:00Z")
    let common = ["--rules", rule, "--no-builtin", "--now", "2026-01-02T00:00:00Z"] + options
    #expect(try Binary(["run", "--data", other] + common).status == 0)
    let hunt = try Binary(["hunt", "--format", "ndjson"] + common + [file])
    #expect(hunt.lines.count == 3)
    #expect(try Binary(["alerts", "export", "--data", other]).lines.sorted() == hunt.lines.sorted())
    let again = try Self.run(other, rule, "2026-01-02T00:01:00Z")
    #expect(again["contradicted"] == 0 && again["revised"] == 0)
  }

  @Test("Events of the past that are taken in as such have their own time as that of ingestion")
  func backfill() throws {
    let scratch = try Scratch()
    let folder = scratch.path + "/events"
    let file = try scratch.write(
      Self.record(1001, "2026-01-01T08:00:00Z") + "\n"
        + #"{"@timestamp":"2026-01-01T00:00:01Z","event":{"id":"b","action":"x"}}"#, "a.json")
    try Self.ingest(folder, file, "2026-03-01T10:00:00Z", ["--backfill"])
    let now = "2026-03-02T00:00:00Z"
    let found = try Binary(["search", "--data", folder, "*"]).documents
    #expect(Set(found.map { $0["event"]?["ingested"]?.stringValue }) == ["2026-01-01T08:00:00.000Z", nil])
    #expect(
      try Binary(["search", "--now", now, "--data", folder, "*"]).lines.sorted()
        == Binary(["search", "--now", now, "*", file]).lines.sorted())
  }

  @Test("What is due reads no answer of a segment whose events were all taken in before")
  func spans() throws {
    let scratch = try Scratch()
    let folder = scratch.path + "/events"
    let rule = try scratch.write(Self.overriding, "rule.toml")
    for (number, hour) in ["08", "09", "10"].enumerated() {
      // All of one time, and none of the same hour of ingestion.
      try Self.ingest(
        folder, try scratch.write(Self.record(1001 + number, "2026-01-01T12:04:00Z"), "\(hour).json"),
        "2026-01-01T\(hour):00:00Z")
    }
    #expect(
      try Binary(["run", "--data", folder, "--now", "2026-01-01T12:00:00Z", "--rules", rule, "--no-builtin"]).status
        == 2)
    try Self.ingest(
      folder, try scratch.write(Self.record(1009, "2026-01-01T12:04:00Z"), "b.json"), "2026-01-01T12:04:00Z")
    let due = try Self.run(folder, rule, "2026-01-01T12:06:00Z")
    #expect(due["new"] == 1 && due["searched"] == 1, "\(due.text)")
    #expect(due["answers"]?["new"] == 1 && due["answers"]?["kept"] == 0, "\(due.text)")
  }
}
