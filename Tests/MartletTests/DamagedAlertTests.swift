import Foundation
import JSON
import TestSupport
import Testing

@Suite("Alerts and texts that are not what was written") struct DamagedAlertTests {
  private static let span = ["--from", "2026-01-01", "--to", "2026-01-01T03:00:00Z"]
  private static let over = """
    [rule]
    rule_id = "over-alerts"
    name = "An object was read, which matters"
    severity = "low"
    risk_score = 21
    type = "query"
    language = "kuery"
    index = [".alerts-security.*"]
    query = "kibana.alert.rule.rule_id: test-rule"
    interval = "30m"
    from = "now-1d"
    """

  private struct Folder {
    let scratch = try! Scratch()
    var path: String { scratch.path + "/events" }
    var rules: [String] { ["--rules", scratch.path + "/rules", "--no-builtin"] }

    /// Three alerts on events, of which the first is to be damaged, and three on these.
    init() throws {
      _ = try scratch.write(Sample.rule, "rules/query.toml")
      _ = try scratch.write(DamagedAlertTests.over, "rules/over.toml")
      let records = (1...3).map {
        #"{"eventVersion":"1.08","eventID":"00000000-0000-0000-0000-00000000000\#($0)","eventTime":"2026-01-01T00:0\#($0):00Z","eventSource":"s3.amazonaws.com","eventName":"GetObject","awsRegion":"eu-west-1","userIdentity":{"type":"IAMUser","userName":"user\#($0)"}}"#
      }
      let file = try scratch.write(records.joined(separator: "\n"), "a.json")
      try #require(run(["ingest", "--backfill", file]).status == 0)
      let made = try run(["run", "--now", "2026-01-01T04:00:00Z"] + rules + DamagedAlertTests.span)
      try #require(made.status == 0, "\(made.errors)")
      // From here on executions are due.
      try #require(run(["run", "--now", "2026-01-01T04:00:00Z"] + rules).status == 0)
      let all = try ids()
      try #require(all.count == 6, "\(all)")
    }

    func run(_ arguments: [String]) throws -> Binary { try Binary(arguments + ["--data", path]) }

    func sqlite(_ statement: String) throws {
      try #require(try Process.sqlite(path + "/alerts.sqlite", statement))
    }

    func ids() throws -> [String] {
      try run(["alerts", "export"]).documents.compactMap { $0["kibana.alert.uuid"]?.stringValue }
    }

    /// The id of the alert on the first event.
    func first() throws -> String {
      let alert = try run(["alerts", "export", "--filter", "user.name: user1 and kibana.alert.rule.rule_id: test-rule"])
        .documents.first
      return try #require(alert?["kibana.alert.uuid"]?.stringValue)
    }
  }

  private static let damages = [
    "substr(document, 1, 60) || x'ff' || substr(document, 62)", "replace(CAST(document AS TEXT), 'user1', 'user7')",
    "x''",
  ]

  @Test(
    "A damaged alert is named by verify, all that reads alerts serves the others and says so, and every rule goes on",
    arguments: damages)
  func served(damage: String) throws {
    let folder = try Folder()
    let id = try folder.first()
    #expect(try folder.run(["verify"]).status == 0)
    try folder.sqlite("UPDATE alerts SET document = CAST(\(damage) AS BLOB) WHERE id = '\(id)'")
    let verified = try folder.run(["verify"])
    #expect(verified.status == 1, "\(verified.errors)")
    #expect(verified.errors.contains("the alert \(id) of the rule test-rule"), "\(verified.errors)")
    // So that no damage goes from copy to copy unseen.
    let backup = try folder.run(["backup", "--to", folder.scratch.path + "/backup"])
    #expect(backup.status == 1 && backup.errors.contains("the alert \(id)"), "\(backup.errors)")
    #expect(backup.errors.contains("keep the backup before it"), "\(backup.errors)")
    let other = try #require(try folder.ids().first)
    let page = folder.scratch.path + "/page.html"
    for (arguments, words) in [
      (["alerts", "list", "--format", "csv"], "user2"), (["alerts", "export"], "user2"),
      (["alerts", "export", "--filter", "user.name: *"], "user2"), (["report", "--format", "csv"], "user2"),
      (["report", "--output", page], ""), (["context", String(other)], "user"),
      (["search", "--index", ".alerts-*", "user.name: user2"], "user2"),
      (["exceptions", "suggest", "--format", "table"], ""),
    ] {
      let run = try folder.run(arguments)
      #expect(
        run.status == 1 && (words.isEmpty || run.output.contains(words)), "\(arguments): \(run.status) \(run.errors)")
      #expect(run.errors.components(separatedBy: "1 alert is damaged and left out").count == 2, "\(run.errors)")
      #expect(run.errors.contains("martlet verify") && run.errors.contains("backup"), "\(run.errors)")
    }
    #expect(try String(contentsOfFile: page, encoding: .utf8).contains("user2"))
    // Those that are named and sound are what they were.
    #expect(try folder.run(["alerts", "show", other]).status == 0)
    let shown = try folder.run(["alerts", "show", id])
    #expect(shown.status == 1 && shown.errors.contains("1 alert is damaged"), "\(shown.errors)")
    let set = try folder.run(["alerts", "set", "--to", "acknowledged", "--filter", "user.name: *"])
    #expect(set.status == 1 && set.errors.contains("5 alerts changed"), "\(set.errors)")
    // Rules over alerts see the others; all come as far as they should.
    let due = try folder.run(["run", "--now", "2026-01-01T06:00:00Z"] + folder.rules)
    #expect(due.status == 1 && due.errors.contains("1 alert is damaged and left out"), "\(due.errors)")
    let status = try JSONValue(parsing: folder.run(["status", "--format", "json"]).output)
    let runs = try #require(status["rules"]?.arrayValue)
    #expect(runs.count == 2 && runs.allSatisfy { $0["outcome"] == "done" }, "\(runs)")
    let again = try folder.run(["run", "--now", "2026-01-01T06:00:00Z"] + folder.rules)
    #expect(again.status == 2, "\(again.errors)")
    // What was raised on it is not contradicted, since nothing shows that it should not have been.
    let past = try folder.run(["run", "--rule", "over-alerts"] + Self.span + folder.rules)
    #expect(past.status == 1 && past.errors.contains("1 alert is damaged"), "\(past.errors)")
    #expect(try folder.run(["alerts", "export"]).documents.allSatisfy { $0["martlet"]?["contradicted_by"] == nil })
  }

  @Test("An execution that makes a damaged alert again makes it whole, with what was done with it")
  func restored() throws {
    let folder = try Folder()
    let id = try folder.first()
    let before = try folder.run(["alerts", "set", "--to", "closed", "--note", "asked", id])
    #expect(before.status == 0, "\(before.errors)")
    let whole = try folder.run(["alerts", "export"]).lines.sorted()
    try folder.sqlite("UPDATE alerts SET document = x'7b7d' WHERE id = '\(id)'")
    #expect(try folder.run(["alerts", "export"]).lines.count == 5)
    let run = try folder.run(["run", "--format", "json", "--now", "2026-01-01T04:00:00Z"] + Self.span + folder.rules)
    #expect(run.status == 0, "\(run.errors)")
    let told = try JSONValue(parsing: run.output)
    #expect(told["restored"] == 1 && told["new"] == 0 && told["contradicted"] == 0, "\(run.output)")
    #expect(try folder.run(["verify"]).status == 0)
    #expect(try folder.run(["alerts", "export"]).lines.sorted() == whole)
  }

  @Test("--repair sets damaged alerts aside with their bytes, says how they are made anew, and then all is well")
  func setAside() throws {
    let folder = try Folder()
    let id = try folder.first()
    try folder.sqlite("UPDATE alerts SET document = x'7b7d' WHERE id = '\(id)'")
    let repaired = try folder.run(["verify", "--repair"])
    #expect(repaired.status == 0, "\(repaired.errors)")
    #expect(
      repaired.errors.contains("set aside") && repaired.errors.contains("--from 2026-01-01T00:"), "\(repaired.errors)")
    try folder.sqlite(
      "CREATE TABLE proof (x CHECK (x = 1)); INSERT INTO proof SELECT count(*) FROM set_aside WHERE key = '\(id)' AND content = x'7b7d'"
    )
    #expect(try folder.run(["verify"]).status == 0)
    #expect(try folder.ids().count == 5)
    #expect(try folder.run(["run"] + Self.span + folder.rules).status == 0)
    #expect(try folder.ids().contains(id))
  }

  @Test("A rule, an exception and a list that are damaged are named by verify and by runs, which go without them")
  func texts() throws {
    let folder = try Folder()
    let rule = try folder.scratch.write(Sample.rule, "own.toml")
    let list = try folder.scratch.write("192.0.2.1\n", "offices")
    for command in [
      ["rules", "import", rule], ["value-lists", "import", "--type", "ip", "--id", "offices", list],
      ["exceptions", "add", "--rule", "test-rule", "--name", "Eve", "--reason", "agreed", "user.name: eve"],
    ] {
      let done = try folder.run(command)
      try #require(done.status == 0, "\(command): \(done.errors)")
    }
    #expect(try folder.run(["verify"]).status == 0)
    try folder.sqlite(
      """
      UPDATE documents SET text = replace(text, 'GetObject', 'PutObject') WHERE kind = 'rule';
      UPDATE documents SET text = replace(text, 'eve', 'bob') WHERE kind = 'exception';
      UPDATE documents SET text = replace(text, '192', '193') WHERE kind = 'value_list';
      """)
    let verified = try folder.run(["verify", "--repair"])
    #expect(verified.status == 1, "\(verified.errors)")
    for words in ["version 1 of the rule “test-rule” is damaged", "of the exception “", "of the value list “offices”"] {
      #expect(verified.errors.contains(words), "\(words): \(verified.errors)")
    }
    let run = try folder.run(["run", "--now", "2026-01-01T06:00:00Z"])
    #expect(run.status == 1, "\(run.errors)")
    for words in ["The rule is damaged", "The exception “", "The value list is damaged"] {
      #expect(run.errors.contains(words), "\(words): \(run.errors)")
    }
    // Imported again it counts, and the damaged version is one of the past.
    #expect(try folder.run(["rules", "import", rule]).status == 0)
    let after = try folder.run(["verify"])
    #expect(
      after.errors.contains("version 1 of the rule “test-rule”, which does not count any longer"), "\(after.errors)")
    #expect(try !folder.run(["verify", "--repair"]).errors.contains("version 1 of the rule “test-rule”,"))
    #expect(try !folder.run(["verify"]).errors.contains("test-rule"))
  }

  @Test("Where a bound of retention is damaged nothing is deleted until it is set again")
  func bounds() throws {
    let folder = try Folder()
    #expect(try folder.run(["retention", "set", "--stream", "logs-*", "--age", "900d"]).status == 0)
    try folder.sqlite("UPDATE documents SET text = replace(text, '900d', '900m') WHERE kind = 'retention'")
    let applied = try folder.run(["retention", "apply", "--now", "2026-02-01"])
    #expect(applied.status == 1 && applied.errors.contains("retention set"), "\(applied.errors)")
    #expect(try folder.run(["search", "--format", "count", "*"]).output == "3\n")
    #expect(try folder.run(["retention", "set", "--stream", "logs-*", "--age", "900d"]).status == 0)
    #expect(try folder.run(["retention", "apply", "--now", "2026-02-01"]).status == 0)
    #expect(try folder.run(["search", "--format", "count", "*"]).output == "3\n")
  }
}
