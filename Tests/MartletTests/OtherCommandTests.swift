import Foundation
import JSON
import TestSupport
import Testing

struct OtherCommandTests {
  private let scratch: Scratch
  private let file: String
  private let rule: String

  init() throws {
    scratch = try Scratch()
    file = try scratch.write(Sample.records, "trail.json")
    rule = try scratch.write(Sample.rule, "rules/rule.toml")
  }

  @Test("Events are normalized to one ECS object a line, in the order of the input")
  func normalize() throws {
    let run = try Binary(["normalize", file])
    #expect(run.status == 0)
    let documents = try run.documents
    #expect(documents.map { $0["event"]?["action"] } == ["UpdateAssumeRolePolicy", "GetObject"])
    #expect(documents[0]["user"]?["name"] == "eve")
    #expect(documents[0]["event"]?["original"] == nil)
    let kept = try Binary(["normalize", "--keep-original", file]).documents
    #expect(kept[1]["event"]?["original"]?.stringValue == Sample.records.split(separator: "\n").last.map(String.init))
    let some = try Binary(["normalize", "--fields", "@timestamp, user.name,source", file]).documents
    #expect(
      some[0] == [
        "@timestamp": documents[0]["@timestamp"] ?? .null, "user": ["name": "eve"],
        "source": documents[0]["source"] ?? .null,
      ])
  }

  @Test("A search prints events as lines, as a table, or how many there are")
  func search() throws {
    let lines = try Binary(["search", "--format", "ndjson", "event.action: Get*", file])
    #expect(lines.status == 0)
    #expect(try lines.documents.map { $0["event"]?["action"] } == ["GetObject"])
    let table = try Binary(["search", "--format", "table", "user.name: (eve or bob)", file])
    #expect(table.status == 0)
    #expect(table.lines.count == 3)
    #expect(table.output.contains("eve") && table.output.contains("bob"))
    #expect(try Binary(["search", "--format", "count", "event.action: *", file]).output == "2\n")
    #expect(try Binary(["search", "--format", "count", "event.action: nothing", file]).output == "0\n")
    #expect(try Binary(["search", "--format", "count", "--index", "filebeat-*", "*", file]).output == "0\n")
    #expect(try Binary(["search", "--format", "count", "--index", "logs-aws.*", "*", file]).output == "2\n")
    #expect(
      try Binary(["search", "--format", "count", "--language", "kuery", "*", "-"], input: Sample.records).output
        == "2\n")
  }

  @Test("A query with a fault is shown with a caret under it")
  func queryFault() throws {
    let run = try Binary(["search", "event.action: (a or", file])
    #expect(run.status == 64)
    let lines = run.errors.split(separator: "\n", omittingEmptySubsequences: false)
    let caret = try #require(lines.firstIndex { $0.trimmingCharacters(in: .whitespaces).hasPrefix("^") })
    #expect(lines[caret - 1].contains("event.action: (a or"))
  }

  @Test("The rules that ship are without errors")
  func shippedRules() throws {
    let run = try Binary(["rules", "check"])
    #expect(run.status == 0, "\(run.output)")
    #expect(run.output.contains("0 errors"))
  }

  @Test("A check of rules as JSON has the keys that tools rely on, and its status says whether there are errors")
  func checkJSON() throws {
    try scratch.write(
      Sample.rule.replacing("event.action: GetObject", with: "event.action: (").replacing(
        "test-rule", with: "bad-rule"),
      "rules/bad.toml")
    try scratch.write(
      Sample.rule.replacing("type = \"query\"", with: "type = \"esql\"").replacing("kuery", with: "esql")
        .replacing("test-rule", with: "esql-rule").replacing(
          "event.action: GetObject", with: "from logs-* | lookup join t on user.name"),
      "rules/esql.toml")
    let run = try Binary(["rules", "check", "--format", "json", scratch.path + "/rules"])
    #expect(run.status == 1)
    let report = try JSONValue(parsing: run.output.trimmingCharacters(in: .whitespacesAndNewlines))
    for key in ["files", "rules", "runnable"] { #expect(report[key]?.integerValue != nil, "\(key)") }
    #expect(report["files"] == 3)
    #expect(report["rules"] == 3)
    #expect(report["runnable"] == 1)
    #expect(report["by_type"] == ["query": 2, "esql": 1])
    let errors = try #require(report["errors"]?.arrayValue)
    let fault = try #require(errors.first { $0["file"]?.stringValue?.hasSuffix("bad.toml") == true })
    #expect(fault.objectValue?.keys.sorted() == ["column", "file", "line", "message"])
    #expect(fault["line"] == 10)
    let unsupported = try #require(report["unsupported"]?.arrayValue)
    #expect(unsupported.count == 1)
    #expect(unsupported.first?.objectValue?.keys.sorted() == ["file", "reason", "rule_id"])
    #expect(unsupported.first?["rule_id"] == "esql-rule")
    let text = try Binary(["rules", "check", scratch.path + "/rules"])
    #expect(text.status == 1)
    #expect(text.output.contains("bad.toml:10:"))
  }

  @Test("Rules that only cannot run yet are no errors")
  func unsupportedOnly() throws {
    let esql = try scratch.write(
      Sample.rule.replacing("type = \"query\"", with: "type = \"esql\"").replacing("kuery", with: "esql")
        .replacing("event.action: GetObject", with: "from logs-* | lookup join t on user.name"), "esql.toml")
    #expect(try Binary(["rules", "check", esql]).status == 0)
  }

  @Test("Rules are listed and shown by id and by name")
  func listAndShow() throws {
    let list = try Binary(["rules", "list", "--rules", rule])
    #expect(list.status == 0)
    #expect(list.output.contains("test-rule"))
    #expect(list.output.contains("AWS IAM Assume Role Policy Update"))
    for pick in ["test-rule", "Objects read"] {
      let show = try Binary(["rules", "show", "--rules", rule, pick])
      #expect(show.status == 0)
      #expect(show.output.contains("event.action: GetObject"))
      #expect(show.output.contains("high"))
    }
  }

  @Test("Generated files are the same bytes for the same options, and an attack in them is found")
  func generate() throws {
    let options = ["generate", "--events", "2000", "--seed", "5", "--attack", "trust-policy", "--out"]
    let first = try Binary(options + [scratch.path + "/one"])
    #expect(first.status == 0, "\(first.errors)")
    #expect(first.output.contains("planted trust-policy"))
    #expect(try Binary(options + [scratch.path + "/two"]).status == 0)
    let fixed = ["hunt", "--format", "ndjson", "--now", "2026-02-01T00:00:00Z"]
    let one = try Binary(fixed + [scratch.path + "/one"])
    #expect(one.status == 0, "\(one.errors)")
    #expect(try Binary(fixed + [scratch.path + "/two"]).output == one.output)
    let decisive = first.output.split(separator: " ").last.map { $0.trimmingCharacters(in: .whitespacesAndNewlines) }
    #expect(
      try one.documents.contains {
        $0["kibana.alert.rule.name"] == "AWS IAM Assume Role Policy Update"
          && $0["event"]?["id"]?.stringValue == decisive
      })
  }

  @Test(
    "The help of every command holds an example",
    arguments: [
      [], ["hunt"], ["search"], ["normalize"], ["rules"], ["rules", "check"], ["rules", "list"], ["rules", "show"],
      ["rules", "test"], ["rules", "lint"], ["rules", "new"], ["rules", "fmt"], ["rules", "convert"],
      ["rules", "docs"], ["rules", "coverage"], ["generate"], ["report"],
    ])
  func help(command: [String]) throws {
    let run = try Binary(command + ["--help"])
    #expect(run.status == 0)
    #expect(run.output.contains("Example"))
    #expect(run.output.contains("  martlet " + (command.joined(separator: " "))))
  }

  @Test("Completions for each shell know the commands", arguments: ["bash", "zsh", "fish"])
  func completions(shell: String) throws {
    let run = try Binary(["--generate-completion-script", shell])
    #expect(run.status == 0)
    for command in ["hunt", "rules", "coverage", "convert"] { #expect(run.output.contains(command)) }
  }

  @Test("The version is told")
  func version() throws {
    let run = try Binary(["--version"])
    #expect(run.status == 0)
    #expect(run.output.contains("."))
  }
}
