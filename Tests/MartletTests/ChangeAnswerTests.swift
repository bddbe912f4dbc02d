import Foundation
import JSON
import TestSupport
import Testing

@Suite("What commands that change something answer as JSON") struct ChangeAnswerTests {
  private static let now = ["--now", "2026-02-01T00:00:00Z"]

  private let scratch: Scratch
  private let folder: String

  /// A folder with two events and an alert.
  private init() throws {
    scratch = try Scratch()
    folder = scratch.path + "/events"
    let rule = try scratch.write(Sample.rule, "rule.toml")
    for arguments in [
      ["ingest", try scratch.write(Sample.records, "a.json")] + Self.now,
      ["run", "--no-builtin", "--rules", rule, "--from", "2026-01-01", "--to", "2026-01-02"] + Self.now,
    ] {
      let run = try Binary(arguments + ["--data", folder])
      try #require(run.status == 0, "\(run.errors)")
    }
  }

  /// Runs a command and looks at what every answer has: it is all that is printed.
  private func answer(_ command: String, _ arguments: [String], status: Int32 = 0) throws -> JSONValue {
    let words = command.split(separator: " ").map(String.init)
    let run = try Binary(words + ["--data", folder, "--format", "json"] + arguments)
    #expect(run.status == status, "\(command): \(run.errors)")
    #expect(run.lines.count == 1, "\(command): \(run.output)")
    let value = try JSONValue(parsing: run.output)
    #expect(value["command"]?.stringValue == command && value["of"]?.stringValue != nil, "\(value.text)")
    for name in ["new", "changed", "same", "removed"] {
      #expect(value[name]?.integerValue != nil, "\(command), \(name): \(value.text)")
    }
    #expect(value["ids"]?.arrayValue != nil && value["refused"]?.arrayValue?.isEmpty == (status == 0), "\(value.text)")
    return value
  }

  private func counts(_ value: JSONValue?) -> [Int64] {
    ["new", "changed", "same", "removed"].map { value?[$0]?.integerValue ?? -1 }
  }

  private func ids(_ value: JSONValue?) -> [String] { value?["ids"]?.arrayValue?.compactMap(\.stringValue) ?? [] }

  @Test("Alerts: which were changed, and how many were so already")
  func alerts() throws {
    let id = try #require(
      try Binary(["alerts", "export", "--data", folder]).documents.first?["kibana.alert.uuid"]?.stringValue)
    let closing = ["--to", "closed", "--reason", "benign", String(id.prefix(12))]
    let first = try answer("alerts set", closing)
    #expect(counts(first) == [0, 1, 0, 0] && ids(first) == [id], "\(first.text)")
    let second = try answer("alerts set", closing)
    #expect(counts(second) == [0, 0, 1, 0] && ids(second) == [], "\(second.text)")
  }

  @Test("Rules: what was taken in, switched and deleted, and what was refused")
  func rules() throws {
    let good = try scratch.write(Sample.rule, "rule.toml")
    let taken = try answer("rules import", [good])
    #expect(counts(taken) == [1, 0, 0, 0] && ids(taken) == ["test-rule"], "\(taken.text)")
    #expect(counts(try answer("rules import", [good])) == [0, 0, 1, 0])
    let bad = try scratch.write(
      Sample.rule.replacing("test-rule", with: "bad").replacing("severity = \"high\"", with: "severity = \"huge\""),
      "bad.toml")
    let refused = try answer("rules import", [bad], status: 1)
    #expect(counts(refused) == [0, 0, 0, 0] && ids(refused) == [], "\(refused.text)")
    let off = try answer("rules disable", ["test-rule"])
    #expect(counts(off) == [0, 1, 0, 0] && ids(off) == ["test-rule"], "\(off.text)")
    #expect(counts(try answer("rules disable", ["test-rule"])) == [0, 0, 1, 0])
    #expect(ids(try answer("rules enable", ["test-rule"])) == ["test-rule"])
    let gone = try answer("rules delete", ["test-rule"])
    #expect(counts(gone) == [0, 0, 0, 1] && ids(gone) == ["test-rule"], "\(gone.text)")
  }

  @Test("Exceptions and value lists: their ids, and the lists and values with them")
  func exceptions() throws {
    let offices = try scratch.write("203.0.113.0/24\n198.51.100.0/24\n", "offices.txt")
    let lists = try answer("value-lists import", ["--type", "ip_range", offices])
    #expect(counts(lists) == [1, 0, 0, 0] && ids(lists) == ["offices.txt"], "\(lists.text)")
    let more = try answer("value-lists add", ["offices.txt", "192.0.2.0/24", "203.0.113.0/24"])
    #expect(
      counts(more) == [0, 1, 0, 0] && more["values"]?["new"] == 1 && more["values"]?["same"] == 1, "\(more.text)")
    let less = try answer("value-lists remove", ["offices.txt", "192.0.2.0/24"])
    #expect(counts(less) == [0, 1, 0, 0] && less["values"]?["removed"] == 1, "\(less.text)")
    let export = try Binary(["value-lists", "export", "--data", folder, "--format", "json", "offices.txt"])
    let values = try JSONValue(parsing: export.output)
    #expect(values["id"] == "offices.txt" && values["type"] == "ip_range", "\(export.output)")
    #expect(values["values"]?.arrayValue?.count == 2, "\(export.output)")

    let added = try answer(
      "exceptions add", ["--all-rules", "--name", "Scanner", "--id", "scan", "source.ip: 192.0.2.9"])
    #expect(
      counts(added) == [1, 0, 0, 0] && ids(added) == ["scan"] && counts(added["lists"]) == [1, 0, 0, 0], "\(added.text)"
    )
    let exported = try Binary(["exceptions", "export", "--data", folder])
    let file = try scratch.write(exported.output.replacing("192.0.2.9", with: "192.0.2.10"), "exceptions.ndjson")
    let imported = try answer("exceptions import", [file])
    #expect(counts(imported) == [0, 1, 0, 0] && ids(imported) == ["scan"], "\(imported.text)")
    let removed = try answer("exceptions remove", ["scan"])
    #expect(counts(removed) == [0, 0, 0, 1] && ids(removed) == ["scan"], "\(removed.text)")
    let list = try answer("exceptions remove", ["--list", "all-rules"])
    #expect(counts(list["lists"]) == [0, 0, 0, 1] && ids(list["lists"]) == ["all-rules"], "\(list.text)")
    let whole = try answer("value-lists remove", ["offices.txt"])
    #expect(counts(whole) == [0, 0, 0, 1] && whole["values"]?["removed"] == 2, "\(whole.text)")
  }

  @Test("A dry run answers with one document: alerts per day, who causes most of them, and what a run says of itself")
  func dryRun() throws {
    let run = try Binary(
      [
        "run", "--dry-run", "--data", folder, "--format", "json", "--no-builtin", "--rules",
        try scratch.write(Sample.rule, "rule.toml"), "--from", "2026-01-01", "--to", "2026-01-02",
      ] + Self.now)
    #expect(run.status == 0 && run.lines.count == 1, "\(run.output)")
    let value = try JSONValue(parsing: run.output)
    #expect(value["dry_run"] == true && value["alerts"] == 1 && value["rules"] == 1, "\(value.text)")
    #expect(value["days"]?.arrayValue?.map { $0["count"]?.integerValue } == [1], "\(value.text)")
    #expect(value["loudest"]?.arrayValue?.first?["rule"] == "Objects read", "\(value.text)")
    for name in ["executions", "searched", "missing_events", "answers", "from", "to", "seconds"] {
      #expect(value[name] != nil, "\(name)")
    }
  }
}
