import Foundation
import JSON
import TestSupport
import Testing

@Suite("Commands over a folder of events") struct FolderCommandTests {
  private static let span = ["--from", "2026-01-01", "--to", "2026-01-03"]
  private static let now = ["--now", "2026-02-01T00:00:00Z"]

  @Test("The context of alerts that are kept is that of a hunt over the files")
  func context() throws {
    let scratch = try Scratch()
    let files = scratch.path + "/made"
    try #require(
      try Binary([
        "generate", "--events", "2500", "--days", "2", "--seed", "9", "--attack", "trust-policy",
        "--attack",
        "cloudtrail-stop", "--out", files,
      ]).status == 0)
    let folder = scratch.path + "/events"
    #expect(
      try Binary(["ingest", "--data", folder, "--segment-events", "200"] + Self.now + [files])
        .status == 0)
    #expect(try Binary(["run", "--data", folder] + Self.now + Self.span).status == 0)
    let hunt = try Binary(
      ["hunt", "--context", "--format", "ndjson"] + Self.now + Self.span + [files]
    ).documents
    var (withOthers, withActivity) = (0, 0)
    for alert in hunt.prefix(12) {
      let id = try #require(alert["kibana.alert.uuid"]?.stringValue)
      let context = try Binary(["context", "--data", folder, "--format", "json"] + Self.now + [id])
      #expect(context.status == 0, "\(context.errors)")
      let expected = try #require(alert["martlet"]?["context"])
      #expect(try JSONValue(parsing: context.output) == expected, "\(id)")
      if expected["alerts"]?.arrayValue?.isEmpty == false { withOthers += 1 }
      if expected["activity"]?["events"] != 0 { withActivity += 1 }
    }
    #expect(withOthers > 0 && withActivity > 0)
    let id = try #require(hunt.first?["kibana.alert.uuid"]?.stringValue)
    let text = try Binary(["context", "--data", folder, String(id.prefix(12))])
    #expect(
      text.output.hasPrefix("What else this principal did")
        || text.output.contains("In the time before"))
    #expect(!text.output.contains("Investigation guide"))
    #expect(try Binary(["context", "--data", folder, "ffffffffffff"]).status == 1)
    #expect(try Binary(["context", "--data", scratch.path + "/none", id]).status == 1)
    // What is shown and reported of what is kept is what was written of it.
    let kept = try Binary(["alerts", "export", "--data", folder])
    let saved = try scratch.write(kept.output, "alerts.ndjson")
    for format in ["text", "json", "markdown"] {
      let shown = try Binary(["show", "--data", folder, "--format", format, id])
      #expect(
        try shown.output == Binary(["show", "--format", format, id, saved]).output
          && shown.status == 0)
    }
    #expect(try Binary(["show", "--data", folder, id, saved]).status == 64)
    let suggest = ["exceptions", "suggest", "--min-alerts", "1"]
    #expect(try Binary(suggest + ["--data", folder]).output == Binary(suggest + [saved]).output)
    #expect(try Binary(suggest).status == 64)
    #expect(try Binary(["show", "--data", folder, "ffffffffffff"]).status == 1)
    let by = ["--by", "rule,who", "--format", "csv"]
    #expect(
      try Binary(["report", "--data", folder] + by).output
        == Binary(["report"] + by + [saved]).output)
    let page = try Binary(["report", "--data", folder], directory: scratch.path)
    #expect(page.status == 0 && page.errors.contains("events.html"), "\(page.errors)")
    let html = try String(contentsOfFile: scratch.path + "/events.html", encoding: .utf8)
    #expect(html.contains(id.prefix(8)))
    #expect(try Binary(["report", "--data", folder, saved]).status == 64)
    #expect(try Binary(["report"]).status == 64)
    let empty = scratch.path + "/empty"
    _ = try Binary(["ingest", "--data", empty, try scratch.write(Sample.records, "a.json")])
    #expect(try Binary(["report", "--data", empty], directory: scratch.path).status == 2)
  }

  @Test(
    "A rule that was changed is never overwritten by the one that ships, and each of its versions can be had again"
  )
  func versions() throws {
    let scratch = try Scratch()
    let folder = scratch.path + "/events"
    _ = try Binary(["ingest", "--data", folder, try scratch.write(Sample.records, "a.json")])
    let shipped = try Binary(["rules", "export", "--data", folder, "--all"])
    let line = try #require(shipped.lines.first { $0.contains("\"type\":\"query\"") })
    let rule = try JSONValue(parsing: line)
    let id = try #require(rule["rule_id"]?.stringValue)
    func list() throws -> JSONValue {
      let list = try Binary(["rules", "list", "--data", folder, "--format", "json"])
      return try #require(
        try JSONValue(parsing: list.output).arrayValue?.first { $0["rule_id"]?.stringValue == id })
    }
    #expect(try list()["kept"] == .null)
    #expect(
      try Binary(["rules", "show", "--data", folder, "--versions", id]).output.contains("ships"))
    func importing(_ query: String, by who: String) throws {
      var members = rule.objectValue ?? [:]
      members["query"] = .string(query)
      // An upgrade of ours has a higher version, which counts for nothing.
      members["version"] = 1
      let file = try scratch.write(JSONValue.object(members).text, "own.ndjson")
      #expect(try Binary(["rules", "import", "--data", folder, "--by", who, file]).status == 0)
    }
    try importing("event.action: GetObject", by: "dana")
    try importing("event.action: (GetObject or PutObject)", by: "eve")
    let kept = try list()
    #expect(kept["kept"]?["version"] == 2 && kept["kept"]?["kept_by"] == "eve")
    let current = try Binary(["rules", "show", "--data", folder, "--format", "json", id])
    #expect(
      try JSONValue(parsing: current.output)["query"] == "event.action: (GetObject or PutObject)")
    // It is the one that runs.
    _ = try Binary([
      "run", "--data", folder, "--from", "2026-01-01", "--to", "2026-01-02", "--rule", id,
    ])
    let alerts = try Binary(["alerts", "export", "--data", folder]).documents
    #expect(alerts.map { $0["event"]?["action"] } == ["GetObject"])
    let first = try Binary(["rules", "export", "--data", folder, "--rule", id, "--at-version", "1"])
    #expect(try JSONValue(parsing: first.output)["query"] == "event.action: GetObject")
    #expect(
      try Binary(["rules", "show", "--data", folder, "--at-version", "1", id]).output.contains(
        "event.action: GetObject"))
    #expect(try Binary(["rules", "show", "--data", folder, "--at-version", "3", id]).status == 64)
    #expect(try Binary(["rules", "show", "--at-version", "1", id]).status == 64)
    // Nobody says of himself that he has shown a key.
    #expect(try Binary(["rules", "delete", "--data", folder, "--by", "bob (key abc123)", id]).status == 64)
    #expect(try Binary(["rules", "delete", "--data", folder, "--by", "bob", id]).status == 0)
    #expect(try list()["kept"] == .null)
    let versions = try Binary(["rules", "show", "--data", folder, "--versions", id])
    #expect(
      versions.lines.count == 4 && versions.output.contains("bob")
        && versions.output.contains("deleted"))
    #expect(
      try Binary(["rules", "export", "--data", folder, "--rule", id, "--at-version", "3"]).status == 64
    )
    // And back again.
    let again = try scratch.write(first.output, "again.ndjson")
    #expect(try Binary(["rules", "import", "--data", folder, again]).status == 0)
    #expect(try list()["kept"]?["version"] == 4)
  }
}
