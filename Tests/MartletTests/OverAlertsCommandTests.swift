import Foundation
import JSON
import TestSupport
import Testing

/// Why a rule over alerts raises one or not, and what it would have raised: over files and over a folder.
struct OverAlertsCommandTests {
  private let scratch: Scratch
  private let file: String
  private let rules: [String]
  /// The ids of the alerts of a hunt, by their rules.
  private let ids: [String: String]

  private static let now = ["--now", "2026-02-01T00:00:00Z"]
  private static let event = "00000000-0000-0000-0000-000000000002"

  init() throws {
    scratch = try Scratch()
    file = try scratch.write(Sample.records, "trail.json")
    _ = try scratch.write(Sample.rule, "rules/reads.toml")
    _ = try scratch.write(Self.changed("idle", "Nothing done", #""event.action: Nothing""#), "rules/idle.toml")
    _ = try scratch.write(
      Self.changed("over", "Over reads", #""kibana.alert.rule.rule_id: test-rule""#)
        .replacing("logs-aws.cloudtrail-*", with: ".alerts-security.alerts-*"), "rules/over.toml")
    rules = ["--rules", scratch.path + "/rules", "--no-builtin"]
    let hunt = try Binary(["hunt", "--format", "ndjson"] + rules + Self.now + [file])
    ids = Dictionary(
      try hunt.documents.map {
        ($0["kibana.alert.rule.rule_id"]?.stringValue ?? "", $0["kibana.alert.uuid"]?.stringValue ?? "")
      }
    ) { first, _ in first }
    #expect(Set(ids.keys) == ["test-rule", "over"], "\(hunt.errors)")
  }

  private static func changed(_ id: String, _ name: String, _ query: String) -> String {
    Sample.rule.replacing("test-rule", with: id).replacing("Objects read", with: name)
      .replacing(#""event.action: GetObject""#, with: query)
  }

  private func id(_ rule: String) throws -> String { try #require(ids[rule]) }

  private func explain(_ more: [String]) throws -> Binary { try Binary(["explain"] + rules + Self.now + more) }

  @Test("An explanation over files runs the other rules, says which, and how many alerts they raised")
  func explainsOverFiles() throws {
    let text = try scratch.write(Sample.records, "copy.json")
    for input in [text, "-"] {
      let why = try Binary(
        ["explain"] + rules + Self.now + ["--rule", "over", "--event", try id("test-rule"), input],
        input: Sample.records)
      #expect(why.status == 0 && why.output.hasPrefix("Alert: "), "\(why.output)\(why.errors)")
      #expect(why.output.contains("created the alert \(try id("over"))"))
      #expect(why.output.contains("Alert  \(try id("test-rule"))") && why.output.contains("raised by Objects read"))
      #expect(
        why.output.contains(
          """
          Alerts that rules over alerts read
            2 rules were run on the input, and raised 1 alert
              1  Objects read
              none by 1 rule: Nothing done
          """), "\(why.output)")
    }
    let json = try #require(
      try explain(["--rule", "over", "--event", try id("test-rule"), "--format", "json", file]).documents.first)
    #expect(json["alert"] == true && json["event"]?["raised_by"] == "Objects read")
    #expect(json["alerts_read"]?["raised"] == 1 && json["alerts_read"]?["left_out"] == 0)
    #expect(json["alerts_read"]?["rules_run"]?[1]?["rule_id"] == "idle" && json["alerts_read"]?["kept"] == nil)
  }

  @Test("An explanation names the rules that were not run, and the alerts that stand on an event")
  func tellsWhatIsMissing() throws {
    let off = try scratch.write(
      Self.changed("off", "Switched off", #""event.action: *""#) + "\nenabled = false\n", "rules/off.toml")
    let wrong = try scratch.write(Self.changed("wrong", "Wrong", #""event.action: (""#), "rules/wrong.toml")
    let run = try explain(["--rule", "over", "--event", Self.event, file])
    #expect(
      run.output.contains("it reads .alerts-security.alerts-*. Of the alerts that it reads 1 stands on the event"))
    #expect(run.output.contains("Alerts that stand on the event\n  \(try id("test-rule"))  Objects read"))
    #expect(run.output.contains("2 rules do not run: ") && run.output.contains("Switched off"), "\(run.output)")
    #expect(run.errors.contains("1 rule does not take part: switched off (enabled = false)"), "\(run.errors)")
    // A rule that is wrong is trouble, whatever is asked.
    #expect(run.status == 1)
    for path in [off, wrong] { try FileManager.default.removeItem(atPath: path) }
    let absent = try explain(["--rule", "over", "--event", "nowhere", file])
    #expect(absent.status == 2 && absent.output.contains("none of the alerts that the rule reads has it"))
    #expect(
      absent.errors.contains("the input holds no event with the id “nowhere”, and no alert that rules read has it"))
    let own = try explain(["--rule", "over", "--event", try id("over"), file])
    #expect(own.status == 0 && own.output.hasPrefix("No alert: the query does not match"), "\(own.output)")
  }

  @Test("Without a rule, an alert is looked for among those that rules raise, and told which rules match it")
  func survey() throws {
    let run = try explain(["--event", try id("test-rule"), file])
    #expect(run.status == 0 && run.output.contains("Rules that match it\n  Over reads"), "\(run.output)\(run.errors)")
    #expect(run.output.contains("3 rules were run on the input, and raised 2 alerts"), "\(run.output)")
    let json = try #require(try explain(["--event", try id("test-rule"), "--format", "json", file]).documents.first)
    #expect(json["matching"]?[0]?["alert"] == true && json["alerts_read"]?["raised"] == 2)
    // The start of an id, as a table shows it.
    let short = try explain(["--event", String(try id("test-rule").prefix(8)), file])
    #expect(short.output == run.output)
    let absent = try explain(["--event", "nowhere", file])
    #expect(absent.status == 2 && absent.output.contains("Neither the input nor the alerts that rules read hold"))
    // An event of the input needs no other rule.
    let event = try explain(["--event", Self.event, file])
    #expect(event.status == 0 && !event.output.contains("Alerts that rules over alerts read"))
  }

  @Test("A back-test of a rule over alerts runs the other rules, and compares versions of it")
  func backtest() throws {
    let run = try Binary(["backtest"] + rules + Self.now + ["--rule", "over", file])
    #expect(run.status == 0 && run.output.contains("1 alert on 1 of 1 day"), "\(run.output)\(run.errors)")
    #expect(run.output.contains("  2 rules were run on the input, and raised 1 alert\n    1  Objects read"))
    #expect(run.output.contains("of 2 events and 2 alerts "), "\(run.output)")
    #expect(!run.errors.contains("warning"), "\(run.errors)")
    let draft = try scratch.write(
      String(contentsOfFile: scratch.path + "/rules/over.toml", encoding: .utf8)
        .replacing("rule_id: test-rule", with: "rule_id: idle"), "draft.toml")
    let compared = try Binary(
      ["backtest", "--format", "json", "--against", draft] + rules + Self.now + ["--rule", "over", file])
    let document = try #require(try compared.documents.first, "\(compared.errors)")
    #expect(document["disappearing"]?.arrayValue?.count == 1 && document["appearing"]?.arrayValue?.isEmpty == true)
    #expect(document["rule"]?["alerts_read"]?["raised"] == 1 && document["against"]?["alerts_read"]?["raised"] == 1)
    let nothing = try Binary(
      ["backtest", "--rules", scratch.path + "/rules/over.toml", "--rules", scratch.path + "/rules/idle.toml"]
        + ["--no-builtin"] + Self.now + ["--rule", "over", file])
    #expect(nothing.status == 2 && nothing.errors.contains("there is no alert for the rule to read"))
    #expect(nothing.output.contains("1 rule was run on the input, and raised none: Nothing done"), "\(nothing.output)")
  }

  @Test("Over a folder those alerts count that it keeps, and rules are run that have not run in it")
  func folder() throws {
    let folder = scratch.path + "/events"
    #expect(try Binary(["ingest", "--data", folder] + Self.now + [file]).status == 0)
    let asked = ["--data", folder, "--rule", "over"]
    // Nothing has run: all rules are run, as over files.
    let fresh = try explain(asked + ["--event", try id("test-rule")])
    #expect(fresh.status == 0 && fresh.output.hasPrefix("Alert: "), "\(fresh.output)\(fresh.errors)")
    #expect(
      fresh.output.contains(
        "  the folder keeps none\n  2 rules that had not run in the folder were run on the input, and raised 1 alert"),
      "\(fresh.output)")
    let span = ["--from", "2026-01-01", "--to", "2026-01-02"]
    let reads = ["--rules", scratch.path + "/rules/reads.toml", "--no-builtin"]
    #expect(try Binary(["run", "--data", folder] + reads + Self.now + span).status == 0)
    let idle = scratch.path + "/rules/idle.toml"
    let kept = try explain(asked + ["--event", try id("test-rule")])
    #expect(kept.status == 0 && kept.output.hasPrefix("Alert: "), "\(kept.output)\(kept.errors)")
    #expect(kept.output.contains("  the folder keeps 1 alert of 1 rule\n    1  Objects read"), "\(kept.output)")
    #expect(kept.output.contains("1 rule that had not run in the folder was run on the input, and raised none"))
    try FileManager.default.removeItem(atPath: idle)
    // What people did with an alert is seen.
    let open = try String(contentsOfFile: scratch.path + "/rules/over.toml", encoding: .utf8)
      .replacing("rule.rule_id: test-rule", with: "workflow_status: closed")
    _ = try scratch.write(open, "rules/over.toml")
    #expect(try explain(asked + ["--event", try id("test-rule")]).output.hasPrefix("No alert: the query does not"))
    #expect(
      try Binary(
        ["alerts", "set", "--data", folder, "--to", "closed", "--reason", "benign", try id("test-rule")]
      ).status == 0)
    let closed = try explain(asked + ["--event", try id("test-rule")])
    #expect(closed.output.hasPrefix("Alert: "), "\(closed.output)\(closed.errors)")
    #expect(closed.output.contains("no rule was run: what has run in the folder has its alerts there"))
    let test = try Binary(["backtest"] + rules + Self.now + asked + ["--format", "json"])
    let document = try #require(try test.documents.first, "\(test.errors)")
    #expect(document["rule"]?["alerts"] == 1 && document["rule"]?["alerts_read"]?["kept"] == 1)
    let survey = try explain(["--data", folder, "--event", try id("test-rule")])
    #expect(survey.status == 0 && survey.output.contains("Rules that match it\n  Over reads"), "\(survey.output)")
  }
}
