import Foundation
import JSON
import TestSupport
import Testing

@Suite("Names that alerts' fields had before") struct AlertAliasTests {
  private static let now = ["--now", "2026-11-02T00:00:00Z"]

  /// Three alerts of two rules on one user, and an event that has fields of such names of its own.
  private static let events =
    [("a1", "one"), ("a2", "two"), ("a3", "two")].enumerated().map { number, alert in
      #"{"@timestamp":"2026-11-01T10:00:0\#(number)Z","kibana.alert.uuid":"\#(alert.0)","kibana.alert.rule.name":"\#(alert.1)","kibana.alert.rule.rule_id":"r-\#(alert.1)","kibana.alert.risk_score":\#(21 + number),"kibana.alert.rule.tags":["UEBA","Github"],"kibana.alert.workflow_status":"open","event":{"kind":"signal"},"user":{"name":"kim"}}"#
    } + [
      #"{"@timestamp":"2026-11-01T10:00:05Z","signal":{"rule":{"name":"radio"},"status":"weak"},"event":{"id":"own","kind":"event"},"user":{"name":"kim"},"data_stream":{"type":"logs","dataset":"radio","namespace":"default"}}"#
    ]

  private static func count(_ language: String, _ query: String, _ file: String) throws -> String {
    let run = try Binary(
      ["search", "--index", "*,.*", "--language", language, "--format", "count", query, file] + now)
    return run.status == 0 ? run.output.trimmingCharacters(in: .whitespacesAndNewlines) : run.errors
  }

  @Test("Find alerts in every language, and an event's own fields of such names stay its own")
  func languages() throws {
    let scratch = try Scratch()
    let file = try scratch.write(Self.events.joined(separator: "\n") + "\n", "events.ndjson")
    for (language, query, expected) in [
      ("kuery", #"signal.rule.tags: ("UEBA" and "Github") and signal.status: open"#, "3"),
      ("kuery", "signal.rule.name: *", "4"), ("kuery", "signal.rule.name: radio", "1"),
      ("kuery", "kibana.alert.rule.name: radio", "0"), ("kuery", "signal.rule: *", "4"),
      ("kuery", "signal.rule.risk_score >= 22", "2"),
      ("lucene", "signal.rule.name:two AND NOT signal.status:closed", "2"), ("lucene", "signal.status:weak", "1"),
      ("lucene", "_exists_:signal.rule.rule_id", "3"),
      ("eql", #"any where signal.rule.name == "two" and signal.rule.risk_score > 22"#, "1"),
    ] {
      #expect(try Self.count(language, query, file) == expected, "\(language): \(query)")
    }
    let options = ["search", "--language", "esql", "--format", "csv"]
    let rows = try Binary(
      options
        + [
          "FROM .alerts-* | STATS n = COUNT(*), r = MAX(signal.rule.risk_score) BY signal.rule.name | SORT signal.rule.name",
          file,
        ] + Self.now)
    #expect(
      rows.output.split(whereSeparator: \.isNewline) == ["n,r,signal.rule.name", "1,21,one", "2,23,two"]
        || rows.output.split(whereSeparator: \.isNewline) == ["n,r,signal.rule.name", "1,21.0,one", "2,23.0,two"],
      "\(rows.output) \(rows.errors)")
    let all = try Binary(options + ["FROM .alerts-* | KEEP signal.* | LIMIT 1", file] + Self.now)
    let header = all.output.split(whereSeparator: \.isNewline).first.map(String.init) ?? ""
    #expect(header.contains("signal.rule.name") && header.contains("signal.status"), "\(all.output) \(all.errors)")
  }

  @Test("Are shown, sorted and counted by")
  func shown() throws {
    let scratch = try Scratch()
    let file = try scratch.write(Self.events.joined(separator: "\n") + "\n", "events.ndjson")
    let search = ["search", "--index", "*,.*", "user.name: kim", file] + Self.now
    let sorted = try Binary(
      search + ["--sort", "signal.rule.name:desc", "--fields", "signal.rule.name", "--format", "ndjson"])
    let names = try sorted.lines.map { try JSONValue(parsing: $0)["signal.rule.name"]?.stringValue }
    #expect(names == ["two", "two", "radio", "one"], "\(sorted.output) \(sorted.errors)")
    let counted = try Binary(search + ["--by", "signal.rule.name", "--format", "csv"])
    #expect(counted.output.contains("two,2"), "\(counted.output) \(counted.errors)")
    let wide = try Binary(search + ["--fields", "signal.*", "--format", "ndjson"])
    #expect(wide.output.contains(#""signal.status":"open""#) && wide.output.contains(#""signal.status":"weak""#))
  }

  @Test("Serve a rule over alerts: its query, filters, exceptions, and what it counts different values of")
  func rule() throws {
    let scratch = try Scratch()
    let file = try scratch.write(Self.events.joined(separator: "\n") + "\n", "events.ndjson")
    func hunt(_ extra: String, query: String = "signal.rule.tags:(UEBA and Github)") throws -> [String] {
      let rule = """
        [rule]
        name = "Alerts of Several Rules"
        description = "Alerts of several rules on one account"
        rule_id = "several-rules"
        type = "threshold"
        language = "kuery"
        index = [".alerts-security.*"]
        from = "now-60m"
        severity = "high"
        risk_score = 73
        query = '''\(query)'''
        \(extra)
        [rule.threshold]
        field = ["user.name"]
        value = 1
        [[rule.threshold.cardinality]]
        field = "signal.rule.name"
        value = 2
        """
      let path = try scratch.write(rule, "rule.toml")
      let run = try Binary(
        ["hunt", "--no-builtin", "--quiet", "--rules", path, "--format", "ndjson", file] + Self.now)
      #expect(run.status == 0, "\(run.errors)")
      return run.lines
    }
    let alerts = try hunt("")
    #expect(!alerts.isEmpty && alerts.allSatisfy { $0.contains("signal.rule.name") })
    #expect(try hunt("", query: "signal.rule.tags: Okta").isEmpty)
    let filtered = try hunt(
      #"filters = [{ meta = { negate = true }, query = { match_phrase = { "signal.rule.name" = "one" } } }]"#)
    #expect(filtered.isEmpty)
  }
}
