import Foundation
import JSON
import TestSupport
import Testing

@Suite("How far rules have come") struct RunLogTests {
  private let scratch: Scratch
  private let folder: String

  /// A folder with two events, and a rule that every five minutes looks at the last six.
  private init() throws {
    scratch = try Scratch()
    folder = scratch.path + "/events"
    try run(["ingest", try scratch.write(Sample.records, "a.json"), "--now", "2026-01-01T00:06:00Z"])
    try run(["rules", "import", try scratch.write(Sample.rule, "rule.toml")])
  }

  private func run(_ arguments: [String]) throws {
    let run = try Binary(arguments + ["--data", folder])
    try #require(run.status == 0, "\(arguments): \(run.errors)")
  }

  private func span(_ from: String, _ to: String) throws {
    try run(["run", "--rule", "test-rule", "--from", from, "--to", to, "--now", "2026-01-01T03:05:00Z"])
  }

  private func status(_ now: String) throws -> (whole: JSONValue, rule: JSONValue?, table: String) {
    let arguments = ["status", "--data", folder, "--now", now]
    let whole = try JSONValue(parsing: try Binary(arguments + ["--format", "json"]).output)
    return (
      whole, whole["rules"]?.arrayValue?.first { $0["rule_id"] == "test-rule" }, try Binary(arguments).output
    )
  }

  @Test(
    "Status tells of each rule the last execution in its place, how far it is behind, and what was skipped and not run since"
  )
  func status() throws {
    try run([
      "run", "--rule", "test-rule", "--from", "2026-01-01T00:00:00Z", "--to", "2026-01-01T00:07:00Z", "--now",
      "2026-01-01T00:08:00Z",
    ])
    let first = try status("2026-01-01T00:08:00Z")
    #expect(first.rule?["name"] == "Objects read" && first.rule?["last_tick"] == "2026-01-01T00:05:00.000Z")
    #expect(first.rule?["lag_seconds"] == 180 && first.rule?["due"] == 0 && first.rule?["skipped"] == 0)
    #expect(!first.table.contains("skipped:"), "\(first.table)")
    try run(["run", "--rule", "test-rule", "--catch-up", "1h", "--now", "2026-01-01T03:00:00Z"])
    let second = try status("2026-01-01T03:10:30Z")
    #expect(second.rule?["last_tick"] == "2026-01-01T03:00:00.000Z", "\(second.whole.text)")
    #expect(second.rule?["lag_seconds"] == 630 && second.rule?["due"] == 2, "\(second.whole.text)")
    #expect(second.rule?["skipped"] == 22 && second.whole["skipped"] == 22, "\(second.whole.text)")
    #expect(second.table.contains("22 executions of 1 rule were skipped"), "\(second.table)")
    #expect(second.table.contains("Objects read") && second.table.contains("LAST EXECUTION"), "\(second.table)")
    // What somebody runs of the past is no step back, and fills what was skipped.
    try span("2026-01-01T00:00:00Z", "2026-01-01T00:30:00Z")
    let third = try status("2026-01-01T03:10:30Z")
    #expect(third.rule?["last_tick"] == "2026-01-01T03:00:00.000Z", "\(third.whole.text)")
    #expect(third.rule?["skipped"] == 17, "\(third.whole.text)")
    let stream = third.whole["data_streams"]?.arrayValue?.first
    #expect(stream?["delay_seconds"] == 11_190, "\(third.whole.text)")
    // Of a rule that is off nothing is due, and how far it has come stands.
    try run(["rules", "disable", "test-rule"])
    let off = try status("2026-01-01T03:10:30Z")
    #expect(off.rule?["due"] == 0 && off.rule?["lag_seconds"] == 630, "\(off.whole.text)")
  }

  @Test("The log says of each run and rule the window, the events that were searched and met the query, and the alerts")
  func log() throws {
    try run([
      "rules", "import",
      try scratch.write(
        Sample.rule.replacing("test-rule", with: "elsewhere").replacing("logs-aws.cloudtrail-*", with: "logs-other-*"),
        "other.toml"),
    ])
    let later =
      #"{"eventVersion":"1.08","eventID":"00000000-0000-0000-0000-000000000009","eventTime":"2026-01-01T02:00:00Z","eventSource":"s3.amazonaws.com","eventName":"GetObject","awsRegion":"eu-west-1","sourceIPAddress":"198.51.100.7","userIdentity":{"type":"IAMUser","userName":"bob"}}"#
    try run(["ingest", try scratch.write(later, "b.json"), "--now", "2026-01-01T02:01:00Z"])
    try run([
      "run", "--rule", "test-rule", "--rule", "elsewhere", "--from", "2026-01-01T00:00:00Z", "--to",
      "2026-01-01T00:12:00Z", "--now", "2026-01-01T03:00:00Z",
    ])
    let all =
      try JSONValue(
        parsing: try Binary(["runs", "--data", folder, "--format", "json"]).output
      ).arrayValue ?? []
    #expect(all.count == 2)
    let mine = all.first { $0["rule_id"] == "test-rule" }
    #expect(mine?["window"] == ["from": "2025-12-31T23:54:00.000Z", "to": "2026-01-01T00:10:00.000Z"], "\(all)")
    // The event of two o'clock lies in another segment, and beyond the window.
    #expect(mine?["matched"] == 1 && mine?["alerts"] == 1 && mine?["executions"] == 3 && mine?["cut"] == 0, "\(all)")
    #expect(mine?["searched"] == 3 && mine?["outcome"] == "done" && mine?["name"] == "Objects read", "\(all)")
    let other = all.first { $0["rule_id"] == "elsewhere" }
    #expect(other?["searched"] == 0 && other?["matched"] == 0 && other?["alerts"] == 0, "\(all)")
    #expect(other?["warnings"]?.arrayValue?.isEmpty == false || other?["outcome"] == "done")
    try span("2026-01-01T00:00:00Z", "2026-01-01T00:05:00Z")
    let narrowed = try Binary([
      "runs", "--data", folder, "--rule", "Objects read", "--limit", "1", "--format", "json",
    ])
    #expect(narrowed.status == 64 && narrowed.errors.contains("fits 2 rules"), "\(narrowed.errors)")
    let last = try JSONValue(
      parsing: try Binary(["runs", "--data", folder, "--rule", "test-rule", "--limit", "1", "--format", "json"]).output
    ).arrayValue
    // The span's end is all of its second, an execution's own time is not.
    #expect(last?.count == 1 && last?.first?["last_tick"] == "2026-01-01T00:05:00.000Z", "\(last ?? [])")
    #expect(
      mine?["first_tick"] == "2026-01-01T00:00:00.000Z" && mine?["last_tick"] == "2026-01-01T00:10:00.000Z", "\(all)")
    let table = try Binary(["runs", "--data", folder])
    #expect(table.lines.count == 4 && table.output.contains("MATCHED"), "\(table.output)")
  }
}
