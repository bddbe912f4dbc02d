import Foundation
import JSON
import TestSupport
import Testing

@Suite("What alerts say when what they stand on says something else") struct RevisionTests {
  private static let now = ["--now", "2026-02-01T00:00:00Z"]
  private static let span = ["--from", "2026-01-01", "--to", "2026-01-02"]

  private static func run(_ arguments: [String]) throws -> JSONValue {
    let run = try Binary(["run", "--format", "json", "--no-builtin"] + arguments)
    #expect(run.status == 0, "\(run.errors)")
    return try JSONValue(parsing: run.output)
  }

  private static let address = Calls.rule(
    "address",
    """
    type = "query"
    language = "kuery"
    index = ["logs-aws.cloudtrail-*"]
    query = "event.action: A"
    severity_mapping = [{ field = "source.ip", operator = "equals", value = "203.0.113.99", severity = "critical" }]
    """)

  @Test("An alert takes what a later text of its event says, tells what it said before, and is revised no further")
  func replaced() throws {
    let scratch = try Scratch()
    let folder = scratch.path + "/events"
    let options = Self.now + Self.span + ["--rules", try scratch.write(Self.address, "rules/address.toml")]
    func record(_ address: String, _ more: String = "") -> String {
      Calls.record(1, "10:00", "A").replacing(
        #""awsRegion""#, with: #""sourceIPAddress":"\#(address)",\#(more)"awsRegion""#)
    }
    let addendum =
      #""addendum":{"reason":"UPDATED_DATA","updatedFields":"sourceIPAddress","originalEventID":"\#(Calls.id(1))"},"#
    let files = [
      try scratch.write(record("198.51.100.1"), "in/a.json"),
      try scratch.write(record("203.0.113.99", addendum), "in/b.json"),
    ]
    var revised: [JSONValue?] = []
    for file in [files[0], files[1], files[1]] {
      #expect(try Binary(["ingest", "--data", folder, file] + Self.now).status == 0)
      revised.append(try Self.run(["--data", folder] + options)["revised"])
    }
    #expect(revised == [0, 1, 0])
    let kept = try Binary(["alerts", "export", "--data", folder]).documents
    let hunt = try Binary(["hunt", "--no-builtin", "--format", "ndjson"] + options + files).documents
    func facts(_ documents: [JSONValue]) -> [[JSONValue?]] {
      documents.map { [$0["kibana.alert.uuid"], $0["source"]?["ip"], $0["kibana.alert.severity"]] }
    }
    #expect(facts(kept) == facts(hunt) && kept.count == 1)
    #expect(kept.first?["kibana.alert.severity"] == "critical")
    // What is as it was is not told again.
    let former = kept.first?["martlet"]?["revised"]?[0]?["evidence"]?["event"]
    #expect(former?["source"]?["ip"] == "198.51.100.1", "\(former?.text ?? "")")
    #expect(former?["kibana.alert.severity"] == "low" && former?["user"] == nil, "\(former?.text ?? "")")
  }

  @Test("An alert that was raised on an alert has the indicators that this one has come to have")
  func raisedOnRevised() throws {
    let scratch = try Scratch()
    let folder = scratch.path + "/events"
    _ = try scratch.write(Calls.named, "rules/named.toml")
    _ = try scratch.write(
      Calls.rule(
        "over",
        """
        type = "query"
        language = "kuery"
        index = [".alerts-security.*"]
        query = "kibana.alert.rule.rule_id: named"
        """), "rules/over.toml")
    let options = Self.now + Self.span + ["--rules", scratch.path + "/rules"]
    let files = [
      try scratch.write(Calls.record(1, "10:00", "A"), "in/a.json"),
      try scratch.write(Calls.indicator("i1", "ann"), "in/1.json"),
      try scratch.write(Calls.indicator("i2", "ann"), "in/2.json"),
    ]
    for piece in [[files[0], files[1]], [files[2]]] {
      #expect(try Binary(["ingest", "--data", folder] + Self.now + piece).status == 0)
      _ = try Self.run(["--data", folder] + options)
    }
    func counts(_ documents: [JSONValue]) -> [String: Int?] {
      Dictionary(
        documents.map {
          ($0["kibana.alert.rule.rule_id"]?.stringValue ?? "", $0["threat"]?["enrichments"]?.arrayValue?.count)
        }
      ) { first, _ in first }
    }
    let kept = try Binary(["alerts", "export", "--data", folder]).documents
    #expect(
      try counts(kept) == counts(Binary(["hunt", "--no-builtin", "--format", "ndjson"] + options + files).documents))
    #expect(counts(kept) == ["named": 2, "over": 2])
    #expect(try Self.run(["--data", folder] + options)["revised"] == 0)
  }

  @Test("What retention has deleted takes nothing from the evidence of alerts that are there")
  func deleted() throws {
    let scratch = try Scratch()
    let folder = scratch.path + "/events"
    let rule = try scratch.write(
      Calls.rule(
        "new",
        """
        type = "new_terms"
        language = "kuery"
        index = ["logs-aws.cloudtrail-*"]
        query = "event.action: A"
        new_terms_fields = ["user.name"]
        history_window_start = "now-200d"
        """), "rule.toml")
    let now = ["--now", "2026-05-22T00:00:00Z"]
    let old = try scratch.write(Calls.record(1, "10:00", "A"), "in/old.json")
    let recent = try scratch.write(
      Calls.record(2, "10:00", "A", "bob").replacing("2026-01-01T", with: "2026-05-20T"), "in/recent.json")
    for file in [old, recent] { #expect(try Binary(["ingest", "--data", folder, file] + now).status == 0) }
    let options = ["--data", folder, "--rules", rule, "--from", "2026-05-20", "--to", "2026-05-21"] + now
    #expect(try Self.run(options)["new"] == 1)
    let before = try Binary(["alerts", "export", "--data", folder]).output
    #expect(
      try Binary(["retention", "set", "--data", folder, "--stream", "logs-*", "--age", "90d"]).status == 0)
    #expect(try Binary(["retention", "apply", "--data", folder] + now).status == 0)
    #expect(try Binary(["search", "--data", folder, "--format", "count", "*"]).output == "1\n")
    let again = try Self.run(options)
    #expect(again["known"] == 1 && again["revised"] == 0 && again["contradicted"] == 0, "\(again.text)")
    #expect(try Binary(["alerts", "export", "--data", folder]).output == before)
  }

  @Test("A run over one namespace says nothing against the alerts of another")
  func namespaces() throws {
    let scratch = try Scratch()
    let folder = scratch.path + "/events"
    let options =
      ["--data", folder, "--rules", try scratch.write(Self.address, "rule.toml")] + Self.now + Self.span
    let files = [
      try scratch.write(Calls.record(1, "10:00", "A"), "in/a.json"),
      try scratch.write(
        #"{"@timestamp":"2026-01-01T10:00:00Z","event":{"action":"A","id":"p1","kind":"event"},"data_stream":{"type":"logs","dataset":"aws.cloudtrail","namespace":"prod"}}"#,
        "in/prod.ndjson"),
    ]
    #expect(try Binary(["ingest", "--data", folder] + Self.now + files).status == 0)
    let runs: [(namespace: [String], new: Int64)] = [
      ([], 1), (["--namespace", "prod"], 1), ([], 0), (["--namespace", "prod"], 0),
    ]
    for (namespace, new) in runs {
      let run = try Self.run(options + namespace)
      #expect(run["new"]?.integerValue == new, "\(namespace) \(run.text)")
      #expect(run["late"] == 0 && run["contradicted"] == 0 && run["revised"] == 0, "\(namespace) \(run.text)")
    }
    // What it does look at it judges as ever.
    _ = try scratch.write(Self.address.replacing("event.action: A", with: "event.action: B"), "rule.toml")
    #expect(try Self.run(options)["contradicted"] == 1)
    let kept = try Binary(["alerts", "export", "--data", folder]).documents
    #expect(kept.count == 2)
    #expect(kept.filter { $0["martlet"]?["contradicted_by"] == nil }.map { $0["event"]?["id"] } == ["p1"])
  }
}
