import Foundation
import JSON
import TestSupport
import Testing

@Suite("The program's own data streams") struct OwnStreamTests {
  private static let now = ["--now", "2026-02-01T00:00:00Z"]
  private static let span = ["--from", "2026-01-01", "--to", "2026-01-02"]

  /// An event, in each way in which one may claim to be of such a stream.
  private static let claims = [
    #"{"@timestamp":"2026-01-01T00:00:00Z","event":{"action":"rule-disabled"},"data_stream":{"type":"logs","dataset":"martlet.audit","namespace":"default"}}"#,
    #"{"@timestamp":"2026-01-01T00:00:01Z","event":{"action":"x"},"data_stream.dataset":"martlet.health"}"#,
    #"{"@timestamp":"2026-01-01T00:00:02Z","event":{"action":"x"},"data_stream":{"type":"logs-martlet.audit","dataset":"default"}}"#,
    #"{"_index":".ds-logs-martlet.audit-default-2026.01.01-000001","_id":"1","_source":{"@timestamp":"2026-01-01T00:00:03Z","event":{"action":"x"}}}"#,
    #"{"_index":"logs-others-default","_id":"1","_source":{"@timestamp":"2026-01-01T00:00:03Z","event":{"action":"x"},"data_stream":{"dataset":"martlet.audit"}}}"#,
    #"{"_index":".martlet-runs-default","_id":"2","_source":{"@timestamp":"2026-01-01T00:00:04Z","event":{"action":"x"}}}"#,
    #"{"_index":".internal.alerts-security.alerts-default-000001","_id":"3","_source":{"@timestamp":"2026-01-01T00:00:05Z","kibana.alert.uuid":"3"}}"#,
    #"{"@timestamp":"2026-01-01T00:00:06Z","kibana.alert.uuid":"4","kibana.space_ids":["soc"]}"#,
  ]

  @Test(
    "Take no document of a file: it is refused and counted, and told once; the rest is stored, and the audit log stays right"
  )
  func refused() throws {
    let scratch = try Scratch()
    let folder = scratch.path + "/events"
    let plain = #"{"@timestamp":"2026-01-01T00:00:07Z","event":{"action":"x"},"data_stream":{"dataset":"martlets"}}"#
    let file = try scratch.write((Self.claims + [plain]).joined(separator: "\n") + "\n", "claims.ndjson")
    let run = try Binary(["ingest", "--data", folder, "--format", "json", file] + Self.now)
    #expect(run.status == 1)
    let summary = try JSONValue(parsing: run.output)
    #expect(summary["rejected"]?["reserved data stream"]?.integerValue == Int64(Self.claims.count), "\(summary.text)")
    #expect(summary["stored"]?.integerValue == 1, "\(summary.text)")
    let told = run.errors.split(separator: "\n").filter {
      $0.contains("reserved data stream") && $0.contains("claims.ndjson")
    }
    #expect(told.count == 1 && told[0].contains("logs-martlet.audit-default"), "\(run.errors)")
    #expect(try Binary(["verify", "--data", folder]).status == 0)
    let found = try Binary(["search", "--data", folder, "--format", "count", "*"] + Self.now)
    #expect(found.output == "1\n")
  }

  @Test("Alerts that a folder exported make no events in it, and a hunt over the file reads them as alerts")
  func exportedAlerts() throws {
    let scratch = try Scratch()
    let folder = scratch.path + "/events"
    let rule = try scratch.write(Sample.rule, "rule.toml")
    #expect(
      try Binary(["ingest", "--data", folder, try scratch.write(Sample.records, "a.json")] + Self.now).status == 0)
    #expect(try Binary(["run", "--data", folder, "--no-builtin", "--rules", rule] + Self.span + Self.now).status == 0)
    let exported = try Binary(["alerts", "export", "--data", folder])
    #expect(!exported.lines.isEmpty)
    let file = try scratch.write(exported.output, "alerts.ndjson")
    let ingested = try Binary(["ingest", "--data", folder, "--format", "json", file] + Self.now)
    #expect(ingested.status == 1 && ingested.errors.contains(".alerts-security.alerts-default"), "\(ingested.errors)")
    let everything = ["search", "--data", folder, "--index", "*,.*", "--format", "count", "*"]
    #expect(try Binary(everything + Self.now).output == "\(2 + exported.lines.count)\n")
    let over = try scratch.write(
      Sample.rule.replacing("logs-aws.cloudtrail-*", with: ".alerts-security.*").replacing("test-rule", with: "over")
        .replacing("event.action: GetObject", with: "*:*"), "over.toml")
    let hunt = try Binary(["hunt", "--no-builtin", "--rules", over, "--format", "ndjson", file] + Self.now)
    #expect(!hunt.lines.isEmpty, "\(hunt.errors)")
  }
}
