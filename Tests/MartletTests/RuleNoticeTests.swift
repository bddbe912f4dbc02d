import Foundation
import JSON
import TestSupport
import Testing

/// What is said of rules that see nothing, that cannot run, and whose names others have too.
struct RuleNoticeTests {
  private let scratch: Scratch
  private let file: String

  init() throws {
    scratch = try Scratch()
    file = try scratch.write(Sample.records, "trail.json")
  }

  private func rule(_ id: String, _ change: (String) -> String) throws -> String {
    try scratch.write(change(Sample.rule.replacing("test-rule", with: id)), "rules/\(id).toml")
  }

  private static func reading(_ index: String) -> (String) -> String {
    { $0.replacing("logs-aws.cloudtrail-*", with: index).replacing("Objects read", with: "Reads \(index)") }
  }

  @Test("Events of data streams that no running rule reads are counted, by stream")
  func unreadEvents() throws {
    let rules = try rule("aws") { $0 }
    let event = #"{"@timestamp":"2026-01-01T00:00:00Z","event":{"id":"ID"},"data_stream":{"dataset":"SET"}}"# + "\n"
    let other = (0..<3).map { event.replacing("ID", with: "o\($0)").replacing("SET", with: "okta.system") }.joined()
    let more = event.replacing("ID", with: "a").replacing("SET", with: "azure.audit")
    let mixed = try scratch.write(other + more + Sample.records, "mixed/events.ndjson")
    let base = ["hunt", "--no-builtin", "--rules", rules]
    let run = try Binary(base + ["--report", scratch.path + "/unread.html", mixed])
    #expect(run.status == 0 && run.lines.count == 1, "\(run.errors)")
    let words =
      "4 events are of data streams that no rule reads (logs-azure.audit-default: 1, logs-okta.system-default: 3)"
    #expect(run.errors.contains("warning: " + words), "\(run.errors)")
    let page = try String(contentsOfFile: scratch.path + "/unread.html", encoding: .utf8)
    #expect(page.contains("4 events of data streams that no rule reads") && page.contains(words))
    // Records of CloudTrail are counted too, in whatever batches they come.
    let okta = try rule("okta", Self.reading("logs-okta*"))
    let records = try Binary(["hunt", "--no-builtin", "--rules", okta, "--threads", "1", mixed])
    #expect(
      records.errors.contains(
        "3 events are of data streams that no rule reads (logs-aws.cloudtrail-default: 2, logs-azure.audit-default: 1)"),
      "\(records.errors)")
    #expect(!(try Binary(base + [file]).errors.contains("no rule reads")))
  }

  @Test(
    "A pattern of fields that no event can have is told by hunt and explain, and not where the input has such a field")
  func patternOfFields() throws {
    let rules = try rule("pattern") {
      $0.replacing("event.action: GetObject", with: "usr.*: bob or event.action: GetObject")
    }
    let words = "No event is known to have a field that matches `usr.*`"
    let base = ["--no-builtin", "--rules", rules]
    let hunt = try Binary(["hunt"] + base + [file])
    #expect(hunt.status == 0 && hunt.errors.contains("warning: 1 rule: \(words)"), "\(hunt.errors)")
    let explain = ["explain", "--event", "00000000-0000-0000-0000-000000000002"] + base
    for more in [[], ["--rule", "pattern"]] {
      let run = try Binary(explain + more + [file])
      #expect(run.errors.contains(words), "\(run.errors)")
    }
    let known = try scratch.write(
      Sample.records
        + #"{"@timestamp":"2026-01-01T00:04:30Z","event":{"id":"u","dataset":"aws.cloudtrail"},"usr":{"name":"bob"}}"#
        + "\n",
      "known/events.ndjson")
    #expect(!(try Binary(["hunt"] + base + [known]).errors.contains("usr.*")))
    #expect(!(try Binary(explain + [known]).errors.contains("usr.*")))
    let sound = try rule("sound") { $0.replacing("event.action: GetObject", with: "user.*: bob") }
    #expect(!(try Binary(["hunt", "--no-builtin", "--rules", sound, file]).errors.contains("matches")))
  }

  @Test("Rules that read no data stream of the input are told once, with a count, and named with -v")
  func blindRules() throws {
    _ = try rule("okta", Self.reading("logs-okta*"))
    _ = try rule("azure", Self.reading("logs-azure*"))
    let base = ["hunt", "--no-builtin", "--rules", scratch.path + "/rules", file]
    let alone = try Binary(base)
    #expect(alone.status == 2 && alone.output.isEmpty && !alone.errors.contains("no alerts"), "\(alone.errors)")
    #expect(
      alone.errors.contains(
        "nothing was hunted: no rule reads a data stream of the input (logs-aws.cloudtrail-default)"))
    _ = try rule("aws") { $0 }
    let run = try Binary(base)
    #expect(run.status == 0 && run.lines.count == 1, "\(run.errors)")
    #expect(
      run.errors.contains(
        "warning: 2 rules see nothing: no index pattern matches a data stream of the input (logs-aws.cloudtrail-default)"
      ), "\(run.errors)")
    #expect(!run.errors.contains("Reads logs-okta*"))
    let verbose = try Binary(base + ["-v"])
    #expect(verbose.errors.contains("  Reads logs-okta*, which reads logs-okta*"), "\(verbose.errors)")
    #expect(try Binary(base + ["-q"]).errors.isEmpty)
    // Events that name their data stream are seen by rules on it.
    let events = try scratch.write(
      #"{"@timestamp":"2026-01-01T00:00:00Z","event":{"action":"GetObject"},"data_stream":{"dataset":"okta.system"}}"#,
      "okta.ndjson")
    let both = try Binary(base + [events])
    #expect(both.status == 0 && both.lines.count == 2 && both.errors.contains("1 rule sees nothing"), "\(both.errors)")
    let test = try Binary(["backtest", "--rules", scratch.path + "/rules", "--rule", "okta", file])
    #expect(test.status == 2 && test.errors.contains("the rule reads no data stream of the input"), "\(test.errors)")
    let report = scratch.path + "/report.html"
    #expect(try Binary(base + ["--report", report]).status == 0)
    #expect(try String(contentsOfFile: report, encoding: .utf8).contains("Reads logs-okta* sees nothing"))
  }

  @Test("One fault of several rules is told once, wherever in their queries it stands; -v says where")
  func faultsByCause() throws {
    for (number, query) in ["source.port: x", "event.action: a and source.port: x"].enumerated() {
      _ = try rule("port-\(number)") {
        $0.replacing("event.action: GetObject", with: query).replacing("Objects read", with: "Port \(number)")
      }
    }
    for number in 0...1 {
      let filters = String(repeating: #"{ query = { exists = { field = "a" } } }, "#, count: number)
      _ = try rule("script-\(number)") {
        $0.replacing("Objects read", with: "Script \(number)")
          + "\nfilters = [\(filters){ query = { script = { } } }]\n"
      }
    }
    _ = try rule("aws") { $0 }
    let base = ["hunt", "--no-builtin", "--rules", scratch.path + "/rules", file]
    let run = try Binary(base)
    #expect(run.status == 0 && run.lines.count == 1, "\(run.errors)")
    let told = run.errors.split(separator: "\n").filter { $0.contains("not take part") }
    #expect(told.count == 2 && told.allSatisfy { $0.contains("2 rules do not take part") }, "\(run.errors)")
    let verbose = try Binary(base + ["-v"]).errors
    #expect(
      verbose.contains("  Port 0 (line 1, column 14)") && verbose.contains("  Port 1 (line 1, column 34)"), "\(verbose)"
    )
    #expect(verbose.contains("  Script 1 (filters[1]"), "\(verbose)")
    let check = try Binary(["rules", "check", scratch.path + "/rules"]).output
    #expect(check.contains("line 1, column 34") && check.contains("filters[1]"), "\(check)")
  }

  @Test("Fields are looked up wherever a rule names one, its mappings, overrides and exceptions too")
  func fieldsEverywhere() throws {
    let path = try rule("fields") {
      $0.replacing(
        #"type = "query""#,
        with: """
          type = "query"
          rule_name_override = "nowhere.name"
          timestamp_override = "nowhere.time"
          severity_mapping = [{ field = "nowhere.severity", operator = "equals", value = "x", severity = "low" }]
          risk_score_mapping = [{ field = "nowhere.risk", operator = "equals", value = "" }]
          alert_suppression = { group_by = ["nowhere.group"] }
          """)
    }
    let exceptions = try scratch.write(
      """
      [[exception]]
      name = "known"
      rules = ["fields"]
      [[exception.entries]]
      field = "nowhere.exception"
      match = "x"
      """, "exceptions.toml")
    let names = ["name", "time", "severity", "risk", "group"].map { "nowhere.\($0)" }
    let event = ["--event", "00000000-0000-0000-0000-000000000002"]
    for command in [
      ["hunt", "--no-builtin", "--rules", path, "--exceptions", exceptions, file],
      ["explain", "--rules", path, "--rule", "fields", "--exceptions", exceptions, file] + event,
      ["explain", "--rules", path, "--no-builtin", "--exceptions", exceptions, file] + event,
    ] {
      let run = try Binary(command)
      for name in names + ["nowhere.exception"] {
        #expect(
          run.errors.components(separatedBy: "No event is known to have the field `\(name)`").count == 2,
          "\(command) \(name): \(run.errors)")
      }
    }
    let check = try Binary(["rules", "check", path])
    for name in names { #expect(check.output.contains("`\(name)`"), "\(check.output)") }
    let export = try scratch.write(
      [
        #"{"rule_id":"r","name":"n","description":"d","type":"query","severity":"low","risk_score":1,"query":"*","#
          + #""index":["logs-*"],"exceptions_list":[{"id":"1","list_id":"l","type":"detection","namespace_type":"single"}]}"#,
        #"{"list_id":"l","name":"l","type":"detection","namespace_type":"single","description":""}"#,
        #"{"list_id":"l","item_id":"i","name":"i","type":"simple","namespace_type":"single","description":"","entries":"#
          + #"[{"field":"nowhere.item","operator":"included","type":"match","value":"x"}]}"#,
      ].joined(separator: "\n") + "\n", "export.ndjson")
    let both = try Binary(["rules", "check", export])
    #expect(both.status == 0 && both.output.contains("export.ndjson:3:") && both.output.contains("`nowhere.item`"))
  }

  @Test("A field that an event of the input has is no unknown one to hunt and explain")
  func fieldsOfTheData() throws {
    let events = try scratch.write(
      #"{"@timestamp":"2026-01-01T00:00:00Z","event":{"id":"one","action":"GetObject"},"shop":{"basket":"7"}}"#,
      "own.ndjson")
    let path = try rule("own") {
      $0.replacing("logs-aws.cloudtrail-*", with: "filebeat-*")
        .replacing("event.action: GetObject", with: "shop.basket: 7 and not shop.bag: 8")
    }
    for command in [
      ["hunt", "--no-builtin", "--rules", path, events], ["backtest", "--rules", path, "--rule", "own", events],
      ["explain", "--rules", path, "--rule", "own", "--event", "one", events],
      ["explain", "--no-builtin", "--rules", path, "--event", "one", events],
    ] {
      let run = try Binary(command)
      #expect(run.status == 0, "\(command): \(run.errors)")
      #expect(run.errors.contains("`shop.bag`") && !run.errors.contains("`shop.basket`"), "\(command): \(run.errors)")
    }
  }

  @Test("A path of rules that holds exceptions only says so")
  func exceptionsOnly() throws {
    let toml = try scratch.write(
      "[[exception]]\nname = \"n\"\nrules = [\"r\"]\n[[exception.entries]]\nfield = \"a\"\nexists = true\n",
      "only/e.toml"
    )
    let list = try scratch.write(
      #"{"list_id":"l","name":"l","type":"detection","namespace_type":"single","description":""}"# + "\n",
      "only/l.ndjson")
    for path in [scratch.path + "/only", toml, list] {
      let run = try Binary(["hunt", "--rules", path, file])
      #expect(run.status == 1 && run.errors.contains("exceptions (."), "\(path): \(run.errors)")
      #expect(run.errors.contains("--exceptions"), "\(path): \(run.errors)")
    }
  }

  @Test("Rules of one name are told apart by their files wherever they are named, by their ids in saved alerts")
  func twins() throws {
    let one = try rule("one") { $0 }
    let two = try rule("two") { $0 }
    let base = ["hunt", "--no-builtin", "--rules", scratch.path + "/rules", file]
    let saved = scratch.path + "/alerts.ndjson"
    let page = scratch.path + "/hunt.html"
    #expect(try Binary(base + ["--output", saved, "--output", page]).status == 0)
    let explain = try Binary([
      "explain", "--no-builtin", "--rules", scratch.path + "/rules", "--event", "00000000-0000-0000-0000-000000000002",
      file,
    ]).output
    let outputs = [
      explain, try Binary(base + ["--format", "csv"]).output, try Binary(base + ["--format", "markdown"]).output,
      try Binary(base + ["--format", "table"]).output, try Binary(base + ["--by", "rule", "--format", "csv"]).output,
      try String(contentsOfFile: page, encoding: .utf8),
    ]
    for (number, output) in outputs.enumerated() {
      for path in [one, two] {
        // Markdown escapes what it could take for its own signs.
        let plain = output.replacing("\\", with: "")
        #expect(plain.contains("Objects read (\(path))"), "\(number): \(output.prefix(2000))")
      }
    }
    for format in ["csv", "markdown", "table"] {
      let report = try Binary(["report", "--format", format, saved]).output.replacing("\\", with: "")
      #expect(report.contains("Objects read (one)") && report.contains("Objects read (two)"), "\(report)")
    }
    // A name that only one rule has stays as it is.
    let single = try Binary(["hunt", "--no-builtin", "--rules", one, "--format", "csv", file]).output
    #expect(single.contains(",Objects read,"), "\(single)")
  }

  @Test("A rule is found by the UUID by which alerts name it, and an alert's event by the alert's id")
  func byUUID() throws {
    let path = try rule("one") { $0 }
    let base = ["--no-builtin", "--rules", path]
    let alert = try #require(try Binary(["hunt", "--format", "ndjson", file] + base).documents.first)
    let uuid = try #require(alert["kibana.alert.rule.uuid"]?.stringValue)
    let event = ["--event", "00000000-0000-0000-0000-000000000002"]
    for spelling in [uuid, uuid.uppercased()] {
      let run = try Binary(["explain", "--rule", spelling, file] + event + base)
      #expect(run.status == 0 && run.output.contains("Objects read (one)"), "\(run.errors)")
    }
    #expect(try Binary(["rules", "show", "--rules", path, uuid]).output.contains("Objects read"))
    let last = String(uuid.dropLast()) + (uuid.hasSuffix("0") ? "1" : "0")
    #expect(try Binary(["explain", "--rule", last, file] + event + base).status == 64)
    // The alert that was kept is an event of its own, by its id.
    let kept = try scratch.write(alert.text + "\n", "kept.ndjson")
    let onAlerts = try rule("on-alerts") {
      $0.replacing("logs-aws.cloudtrail-*", with: ".alerts-security.alerts-*").replacing("Objects read", with: "Alerts")
    }
    let id = try #require(alert["kibana.alert.uuid"]?.stringValue)
    let run = try Binary([
      "explain", "--no-builtin", "--rules", onAlerts, "--rule", try RuleNoticeTests.uuid(of: onAlerts, kept), "--event",
      id,
      kept,
    ])
    #expect(run.status == 0 && run.output.contains("Alerts (on-alerts)"), "\(run.errors)")
    #expect(run.output.contains(".alerts-security.alerts-default"), "\(run.output)")
  }

  /// The UUID by which alerts on an input name a rule.
  private static func uuid(of path: String, _ input: String) throws -> String {
    let alerts = try Binary(["hunt", "--no-builtin", "--rules", path, "--format", "ndjson", input]).documents
    return try #require(alerts.first?["kibana.alert.rule.uuid"]?.stringValue)
  }
}
