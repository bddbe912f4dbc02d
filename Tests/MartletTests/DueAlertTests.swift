import Foundation
import JSON
import TestSupport
import Testing

@Suite("Rules that run in small steps, as they come due") struct DueAlertTests {
  /// What rules of all types are made of that look at single events or count them.
  private static let kinds: [String] = [
    #"type = "query""#,
    #"type = "eql""#,
    """
    type = "new_terms"
    new_terms_fields = ["event.id"]
    history_window_start = "now-10h"
    """,
    """
    type = "threat_match"
    threat_index = ["logs-ti_*"]
    threat_query = "threat.indicator.name: *"
    threat_mapping = [{ entries = [{ field = "user.name", type = "mapping", value = "threat.indicator.name" }] }]
    """,
    """
    type = "threshold"
    threshold = { field = ["user.name"], value = 2 }
    """,
    """
    type = "threshold"
    threshold = { field = ["user.name"], value = 2 }
    alert_suppression = { duration = { value = 2, unit = "h" } }
    """,
  ]

  /// Rules that look back over several executions, each with little room.
  private static var rules: [String] {
    var rules: [String] = kinds.enumerated().map { place, lines in
      let isEQL = lines.contains("eql")
      let query = isEQL ? #"any where event.action == "A""# : "event.action: A"
      return rule(
        "due-\(place)",
        """
        index = ["logs-aws.cloudtrail-*"]
        language = "\(isEQL ? "eql" : "kuery")"
        query = '\(query)'
        \(lines)
        """)
    }
    let rows = #"FROM logs-aws.cloudtrail-* METADATA _id | WHERE event.action == "A" | SORT @timestamp, event.id"#
    rules.append(esql("rows", "\(rows) | KEEP _id, user.name"))
    rules.append(esql("expanded", #"\#(rows) | EVAL part = SPLIT("x,y", ",") | MV_EXPAND part | KEEP _id, part"#))
    rules.append(
      rule(
        "sequence",
        """
        index = ["logs-aws.cloudtrail-*"]
        type = "eql"
        language = "eql"
        query = 'sequence by user.name [any where event.action == "A"] [any where event.action == "B"]'
        """))
    return rules
  }

  private static func rule(_ id: String, _ lines: String) -> String {
    """
    [rule]
    rule_id = "\(id)"
    name = "\(id)"
    severity = "low"
    risk_score = 21
    interval = "10m"
    from = "now-1h"
    max_signals = 2
    \(lines)
    """
  }

  private static func esql(_ id: String, _ query: String) -> String {
    rule(
      id,
      """
      type = "esql"
      language = "esql"
      query = '\(query)'
      """)
  }

  /// What tells an alert, and when it was made.
  private static func alerts(_ documents: [JSONValue]) -> [String] {
    documents.map { document in
      [
        "kibana.alert.rule.rule_id", "kibana.alert.uuid", "@timestamp", "kibana.alert.suppression.docs_count",
      ].map { document[$0]?.text ?? "" }.joined(separator: " ")
    }.sorted()
  }

  @Test(
    "Runs in small steps under a small cap give the alerts of one hunt, each made by the same execution",
    arguments: [3, UInt64.random(in: 0..<1_000_000)])
  func smallSteps(seed: UInt64) throws {
    let scratch = try Scratch()
    for (place, rule) in Self.rules.enumerated() { _ = try scratch.write(rule, "rules/\(place).toml") }
    var random = SeededRandom(seed: seed)
    // Bursts that several executions work off, which see one another's events.
    var records: [[String]] = Array(repeating: [], count: 3)
    var number = 0
    for piece in records.indices {
      for _ in 0..<Int.random(in: 5...8, using: &random) {
        number += 1
        let minute = piece * 30 + Int.random(in: 1...9, using: &random)
        let time = "\(10 + minute / 60):\(minute % 60 < 10 ? "0" : "")\(minute % 60)"
        records[piece].append(
          Calls.record(
            number, time, ["A", "A", "B"].randomElement(using: &random)!, ["ann", "bob"].randomElement(using: &random)!)
        )
      }
    }
    let indicators = try scratch.write(
      [Calls.indicator("i1", "ann"), Calls.indicator("i2", "bob")].joined(separator: "\n"), "indicators.json")
    let options = ["--rules", scratch.path + "/rules", "--no-builtin"]
    let all = try scratch.write(records.joined().joined(separator: "\n"), "all.json")
    let hunt = try Binary(
      ["hunt", "--format", "ndjson", "--from", "2026-01-01T09:30:00Z", "--to", "2026-01-01T12:10:00Z"] + options
        + [all, indicators])
    let expected = Self.alerts(try hunt.documents)
    #expect(!stands(seed) || expected.count > 50, "\(expected.count) \(hunt.errors)")
    let data = scratch.path + "/data"
    func at(_ step: Int) -> [String] {
      let minute = 9 * 60 + 30 + step * 10
      return ["--now", "2026-01-01T\(minute < 600 ? "0" : "")\(minute / 60):\(minute % 60 / 10)0:01Z"]
    }
    #expect(try Binary(["ingest", "--data", data, indicators] + at(0)).status == 0)
    #expect(
      try Binary(
        ["run", "--data", data] + options + at(0) + ["--from", "2026-01-01T09:30:00Z", "--to", "2026-01-01T09:30:00Z"]
      )
      .status == 0)
    for step in 1...16 {
      // A burst is there before the first execution that sees it.
      if step % 3 == 1, step / 3 >= 1, step / 3 <= records.count {
        let file = try scratch.write(records[step / 3 - 1].joined(separator: "\n"), "pieces/\(step).json")
        #expect(try Binary(["ingest", "--data", data, file] + at(step)).status == 0)
      }
      let run = try Binary(["run", "--data", data] + options + at(step))
      #expect(run.status == 0, "\(run.errors)")
    }
    let kept = try Binary(["alerts", "export", "--data", data]).documents
    #expect(Self.alerts(kept.filter { $0["martlet"]?["contradicted_by"] == nil }) == expected, "seed \(seed)")
  }

  @Test("What a late event displaces is made by a later execution, as in one hunt")
  func displaced() throws {
    let scratch = try Scratch()
    let rule = try scratch.write(
      Self.rule(
        "one",
        """
        type = "query"
        language = "kuery"
        index = ["logs-aws.cloudtrail-*"]
        query = "event.action: A"
        """
      ).replacing("max_signals = 2", with: "max_signals = 1"), "rule.toml")
    let options = ["--rules", rule, "--no-builtin"]
    let data = scratch.path + "/data"
    let files = [
      try scratch.write(Calls.record(1, "09:00", "B"), "in/0.json"),
      try scratch.write(Calls.record(2, "10:05", "A"), "in/1.json"),
      try scratch.write(Calls.record(3, "10:04", "A"), "in/2.json"),
    ]
    var contradicted: [JSONValue?] = []
    for (file, time) in [(files[0], "10:00:01"), (files[1], "10:10:01"), (files[2], "10:15:01"), (nil, "10:20:01")] {
      let now = ["--now", "2026-01-01T\(time)Z"]
      if let file { #expect(try Binary(["ingest", "--data", data, file] + now).status == 0) }
      let first = file == files[0] ? ["--from", "2026-01-01T10:00:00Z"] : []
      let run = try Binary(["run", "--format", "json", "--data", data] + options + now + first)
      #expect(run.status == 0, "\(run.errors)")
      contradicted.append(try JSONValue(parsing: run.output)["contradicted"])
    }
    #expect(contradicted == [0, 0, 1, 0])
    let hunt = try Binary(["hunt", "--format", "ndjson"] + options + files).documents
    let kept = try Binary(["alerts", "export", "--data", data]).documents
    #expect(kept.allSatisfy { $0["martlet"]?["contradicted_by"] == nil })
    #expect(Self.alerts(kept) == Self.alerts(hunt) && kept.count == 2)
  }
}
