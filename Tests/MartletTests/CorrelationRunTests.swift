import Foundation
import JSON
import TestSupport
import Testing

@Suite("Correlations, run as events come")
struct CorrelationRunTests {
  private static let rules = """
    title: a
    name: a
    logsource: { product: aws, service: cloudtrail }
    detection:
      s: { eventName: A }
      condition: s
    ---
    title: b
    name: b
    logsource: { product: aws, service: cloudtrail }
    detection:
      s: { eventName: B }
      condition: s
    ---
    title: Twice
    correlation: { type: event_count, rules: a, timespan: 10m, group-by: [ awsRegion ], condition: { gte: 2 } }
    ---
    title: Both
    correlation: { type: temporal, rules: [ a, b ], timespan: 7m, group-by: [ awsRegion ] }
    ---
    title: burst
    name: burst
    correlation: { type: event_count, rules: a, timespan: 4m, group-by: [ awsRegion ], condition: { gte: 2 } }
    ---
    title: A burst and then b
    correlation: { type: temporal_ordered, rules: [ burst, b ], timespan: 2m, group-by: [ awsRegion ] }
    ---
    title: A without b
    correlation: { type: temporal, timespan: 7m, group-by: [ awsRegion ], condition: a and not b }
    ---
    title: B and then a
    correlation: { type: temporal_ordered, timespan: 7m, group-by: [ awsRegion ], condition: b and a }
    ---
    title: Few
    correlation: { type: event_count, rules: a, timespan: 10m, condition: { lt: 3 } }
    """

  private static func record(_ number: Int, _ minute: Int, _ name: String, _ region: String) -> String {
    // An id says nothing about when its event was.
    let id = "\((number &* 7919) % 100_000)"
    return
      #"{"eventVersion":"1.08","eventID":"00000000-0000-0000-0000-\#(String(repeating: "0", count: 12 - id.count))\#(id)","#
      + #""eventTime":"2026-01-05T10:\#(minute < 10 ? "0" : "")\#(minute):00Z","eventName":"\#(name)","#
      + #""eventSource":"s3.amazonaws.com","awsRegion":"\#(region)","recipientAccountId":"111111111111"}"# + "\n"
  }

  /// What tells an alert: its rule, its id and its events.
  private func alerts(_ output: Binary) throws -> [String] {
    try output.documents.map { alert in
      let events = alert["kibana.alert.ancestors"]?.arrayValue?.compactMap { $0["id"]?.stringValue?.suffix(5) } ?? []
      return [
        alert["kibana.alert.rule.name"]?.stringValue ?? "",
        String(alert["kibana.alert.uuid"]?.stringValue?.prefix(8) ?? ""),
        events.joined(separator: " "),
      ].joined(separator: ": ")
    }.sorted()
  }

  /// CloudTrail's times are whole seconds, so that many events have the same.
  @Test(
    "Events of one time, and what a correlation within another has used up, give the alerts of a hunt, each once",
    arguments: [5, UInt64.random(in: 0..<1_000_000)])
  func sameAlerts(seed: UInt64) throws {
    let scratch = try Scratch()
    let rules = try scratch.write(Self.rules, "rules/rules.yml")
    var random = SeededRandom(seed: seed)
    var pieces: [[String]] = Array(repeating: [], count: 13)
    var number = 0
    for minute in 0..<60 {
      for _ in 0..<[0, 0, 1, 1, 3].randomElement(using: &random)! {
        number += 1
        // Nothing comes late: what an execution sees is there when it runs.
        pieces[(minute + 4) / 5].append(
          Self.record(
            number, minute, ["A", "A", "B"].randomElement(using: &random)!,
            ["eu-west-1", "us-east-1"].randomElement(using: &random)!))
      }
    }
    let options = ["--rules", rules, "--no-builtin"]
    let all = try scratch.write(pieces.joined().joined(), "all.ndjson")
    let hunt = try alerts(Binary(["hunt", "--format", "ndjson"] + options + [all]))
    #expect(Set(hunt.map { $0.split(separator: ":")[1] }).count == hunt.count, "seed \(seed)")
    let data = scratch.path + "/data"
    for (place, piece) in pieces.enumerated() where !piece.isEmpty {
      let minute = place * 5 % 60
      let now = ["--now", "2026-01-05T1\(place / 12):\(minute < 10 ? "0" : "")\(minute):00Z"]
      let file = try scratch.write(piece.joined(), "pieces/\(place).ndjson")
      #expect(try Binary(["ingest", "--data", data] + now + [file]).status == 0)
      let first =
        FileManager.default.fileExists(atPath: scratch.path + "/ran") ? [] : ["--from", "2026-01-05T09:55:00Z"]
      #expect(try Binary(["run", "--data", data] + options + now + first).status == 0)
      try scratch.write("", "ran")
    }
    #expect(
      try Binary(["run", "--data", data, "--now", "2026-01-05T11:30:00Z"] + options).status == 0)
    let kept = try alerts(Binary(["alerts", "export", "--data", data, "--format", "ndjson"]))
    #expect(!stands(seed) || hunt.count > 5)
    #expect(kept == hunt, "seed \(seed)")
  }
}
