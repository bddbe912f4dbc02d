import Foundation
import JSON
import Rules
import TestSupport
import Testing

@Suite("Writing rules")
struct RuleWriterTests {
  private func read(_ text: String, _ file: String) throws -> Rule {
    let result = RuleLoader.load(text: text, file: file)
    #expect(result.diagnostics.filter { $0.severity == .error }.isEmpty, "\(result.diagnostics)\n\(text)")
    return try #require(result.rules.first?.rule, "\(text)")
  }

  /// The rules in a form in which equal texts are the same bytes: `String` takes spellings of an accent as equal.
  private func expectSame(_ found: Rule, _ wanted: Rule, _ seed: UInt64, _ text: String) {
    for (left, right) in zip(Mirror(reflecting: found).children, Mirror(reflecting: wanted).children)
    where found != wanted && "\(left.value)" != "\(right.value)" {
      Issue.record("seed \(seed): \(left.label ?? "") is \(left.value) and was \(right.value)")
    }
    let isSame = found == wanted
    #expect(isSame, "seed \(seed)\n\(text)")
    for (left, right) in [
      (found.name, wanted.name), (found.note ?? "", wanted.note ?? ""), (found.query ?? "", wanted.query ?? ""),
    ] {
      #expect(left.utf8.elementsEqual(right.utf8), "seed \(seed)\n\(text)")
    }
  }

  @Test(
    "A rule that is written as TOML reads back as it was, whatever its texts hold",
    arguments: 1...400 as ClosedRange<UInt64>)
  func toml(seed: UInt64) throws {
    var random = RandomRules(seed)
    let rule = random.rule()
    let text = try RuleWriter.toml(rule)
    expectSame(try read(text, "r.toml"), rule, seed, text)
    #expect(RuleFormatter.format(Array(text.utf8), file: "r.toml") == .unchanged, "seed \(seed)\n\(text)")
  }

  @Test("A rule that is written as NDJSON reads back as it was, on one line", arguments: 1...400 as ClosedRange<UInt64>)
  func ndjson(seed: UInt64) throws {
    var random = RandomRules(seed)
    let rule = random.rule()
    let line = try RuleWriter.ndjson(rule)
    #expect(!line.utf8.contains(UInt8(ascii: "\n")))
    expectSame(try read(line + "\n", "r.ndjson"), rule, seed, line)
  }

  @Test("A rule that goes through both formats comes back as it was", arguments: 401...600 as ClosedRange<UInt64>)
  func across(seed: UInt64) throws {
    var random = RandomRules(seed)
    let rule = random.rule()
    let one = try read(try RuleWriter.toml(rule), "r.toml")
    let two = try read(try RuleWriter.ndjson(one), "r.ndjson")
    let text = try RuleWriter.toml(two)
    expectSame(try read(text, "r.toml"), rule, seed, text)
  }

  @Test("Every rule that ships goes from TOML to NDJSON to TOML and back without loss")
  func shipped() throws {
    let rules = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appending(path: "../../../Rules")
    let loaded = RuleLoader.load(paths: [rules.path])
    #expect(loaded.rules.count >= 100 && !loaded.hasErrors)
    for rule in loaded.rules.map(\.rule) {
      let export = try RuleWriter.ndjson(rule)
      let read = try read(export, "r.ndjson")
      let text = try RuleWriter.toml(read)
      let back = try self.read(text, "r.toml")
      #expect(read == rule && back == rule, "\(rule.name)")
      #expect(try RuleWriter.ndjson(back) == export && RuleWriter.toml(back) == text, "\(rule.name)")
    }
  }

  @Test(
    "Of the suppression of a threshold rule the duration alone is written, of another rule what missing fields do too")
  func thresholdSuppression() throws {
    for type in [RuleType.threshold, .query] {
      var rule = Rule(ruleID: "r-1", name: "n", type: type, severity: .low, riskScore: 21)
      rule.alertSuppression = AlertSuppression(groupBy: [], duration: SuppressionDuration(value: 5, unit: .minute))
      for text in [try RuleWriter.toml(rule), try RuleWriter.ndjson(rule)] {
        #expect(text.contains("alert_suppression"), "\(text)")
        #expect(text.contains("missing_fields_strategy") == (type == .query), "\(text)")
      }
    }
  }

  @Test("A sample with every field comes back as it was")
  func everyField() throws {
    let rule = try read(Samples.everyField, "r.toml")
    #expect(try read(try RuleWriter.toml(rule), "r.toml") == rule)
    #expect(try read(try RuleWriter.ndjson(rule), "r.ndjson") == rule)
  }

  @Test(
    "A file looks as people write it: tables in order, queries in single quotes, prose in double ones, long lines folded"
  )
  func layout() throws {
    var rule = Rule(ruleID: "r-1", name: "A \"quoted\" name", type: .newTerms, severity: .low, riskScore: 21)
    rule.description = "One line.\nAnother.\n"
    rule.authors = ["Somebody"]
    rule.tags = (1...9).map { "Domain: Number \($0) of many" }
    rule.falsePositives = [String(repeating: "some words ", count: 20) + "end."]
    rule.query = "event.action: \"a\\*b\"\n  and user.name: *\n"
    rule.metadata = RuleMetadata(entries: ["updated_date": "2026/01/01", "creation_date": "2026/01/01"])
    rule.newTerms = NewTermsParameters(fields: ["user.name"], historyWindowStart: try .init("now-14d"))
    rule.threats = [
      Threat(
        tactic: ThreatTactic(id: "TA0001", name: "Initial Access"),
        techniques: [ThreatTechnique(id: "T1078", name: "Valid Accounts")])
    ]
    let text = try RuleWriter.toml(rule)
    #expect(
      text == #"""
        [metadata]
        creation_date = "2026/01/01"
        updated_date = "2026/01/01"

        [rule]
        rule_id = "r-1"
        name = 'A "quoted" name'
        description = """
        One line.
        Another.
        """
        version = 1
        author = ["Somebody"]
        tags = [
            "Domain: Number 1 of many",
            "Domain: Number 2 of many",
            "Domain: Number 3 of many",
            "Domain: Number 4 of many",
            "Domain: Number 5 of many",
            "Domain: Number 6 of many",
            "Domain: Number 7 of many",
            "Domain: Number 8 of many",
            "Domain: Number 9 of many",
        ]
        false_positives = [
            """\
            some words some words some words some words some words some words some words some words some words some words \
            some words some words some words some words some words some words some words some words some words some words end.\
            """,
        ]
        severity = "low"
        risk_score = 21
        interval = "5m"
        from = "now-6m"
        max_signals = 100
        language = "kuery"
        type = "new_terms"
        query = '''
        event.action: "a\*b"
          and user.name: *
        '''

        [[rule.threat]]
        framework = "MITRE ATT&CK"

        [[rule.threat.technique]]
        id = "T1078"
        name = "Valid Accounts"

        [rule.threat.tactic]
        id = "TA0001"
        name = "Initial Access"

        [rule.new_terms]
        field = "new_terms_fields"
        value = ["user.name"]

        [[rule.new_terms.history_window_start]]
        field = "history_window_start"
        value = "now-14d"

        """#)
  }

  @Test("Nulls go through TOML, whose file says where they stood: in objects, in lists, and Kibana's `throttle`")
  func null() throws {
    let line =
      #"{"rule_id":"r","name":"n","description":"","type":"query","severity":"low","risk_score":1,"throttle":null,"#
      + #""filters":[{"meta":{"alias":null,"params":[null,1,null,{"a":null}]},"query":{"match_all":{}}}]}"#
    let rule = try read(line, "r.ndjson")
    #expect(rule.kibanaFields["throttle"] == .null)
    let text = try RuleWriter.toml(rule)
    #expect(
      text.contains(#"["rule", "throttle"]"#) && text.contains(#"["rule", "filters", 0, "meta", "params", 2]"#),
      "\(text)")
    let back = try read(text, "r.toml")
    #expect(back == rule)
    let export = try JSONValue(parsing: Array(try RuleWriter.ndjson(back).utf8)[...])
    #expect(export["throttle"] == .null && export["filters"] == .array(rule.filters))
    // A list that names no such place changes nothing.
    let odd = text.replacing(
      #"["rule", "throttle"]"#, with: #"["rule", "name"], ["nowhere", 7], ["rule", "filters", 9]"#)
    #expect(try read(odd, "r.toml").name == "n")
  }

  @Test("What a format cannot hold is refused: infinite numbers in JSON, deep nesting in TOML")
  func refused() throws {
    var rule = Rule(ruleID: "r", name: "n", type: .query, severity: .low, riskScore: 1)
    rule.unknownFields = [UnknownField(path: "x", value: .double(.infinity))]
    #expect(throws: RuleWritingError.self) { try RuleWriter.ndjson(rule) }
    #expect(try read(try RuleWriter.toml(rule), "r.toml").unknownFields == rule.unknownFields)
    var deep: JSONValue = 1
    for _ in 0..<50 { deep = ["a": deep] }
    rule.unknownFields = [UnknownField(path: "x", value: deep)]
    #expect(throws: RuleWritingError.self) { try RuleWriter.toml(rule) }
  }

  @Test("Fields of another type are kept, said to have no effect, and written again")
  func otherTypes() throws {
    let result = RuleLoader.load(text: Samples.small("threat_query = \"*:*\""), file: "r.toml")
    let rule = try #require(result.rules.first?.rule)
    #expect(result.diagnostics.map(\.severity) == [.warning])
    #expect(result.diagnostics.first?.message.contains("threat_match") == true)
    #expect(try read(try RuleWriter.ndjson(rule), "r.json").unknownFields == rule.unknownFields)
    #expect(rule.unknownFields == [UnknownField(path: "threat_query", value: "*:*")])
  }

  @Test("An export holds a rule a line and a summary at its end, and is read back whole")
  func export() throws {
    var loaded = RuleLoader.load(text: Samples.everyField, file: "a.toml")
    for part in [
      RuleLoader.load(text: Samples.small(), file: "b.toml"), RuleLoader.load(text: Samples.small(), file: "c.toml"),
    ] {
      loaded.rules += part.rules
    }
    loaded.exportedLists = RuleLoader.load(text: #"{"list_id":"l","name":"L"}"#, file: "l.ndjson").exportedLists
    #expect(loaded.exportedLists.count == 1)
    let export = RuleExport(loaded)
    // The second rule of one id is left out, and said.
    #expect(export.diagnostics.map(\.file) == ["c.toml"] && export.diagnostics[0].message.contains("b.toml"))
    #expect(export.lines.count == 4)
    let back = RuleLoader.load(text: export.text, file: "x.ndjson")
    #expect(back.rules.map(\.rule) == loaded.rules.prefix(2).map(\.rule))
    #expect(back.exceptionLists == loaded.exceptionLists)
    #expect(back.summaries.first?["exported_count"] == 3 && back.summaries.first?["exported_rules_count"] == 2)
    #expect(back.diagnostics.allSatisfy { $0.severity == .warning })
  }

  @Test("A folder of rules has safe names, never a path, and never two files of one name")
  func names() throws {
    var loaded = RuleLoadResult()
    for (at, name) in [
      "../../etc/passwd", "Größe & Müll", "größe, müll!", "", "日本", "CON", String(repeating: "x", count: 400),
    ]
    .enumerated() {
      var text = Samples.small("name", JSONValue.string(name).text, more: "")
      text = text.replacing("rule_id = \"small\"", with: "rule_id = \"id/\(at)\"")
      loaded.rules += RuleLoader.load(text: text, file: "\(at).toml").rules
    }
    #expect(loaded.rules.count == 7)
    #expect(
      RuleFolder(loaded).files.map(\.name) == [
        "etc_passwd.toml", "grosse_mull.toml", "grosse_mull_2.toml", "id_3.toml", "id_4.toml", "con.toml",
        String(repeating: "x", count: 100) + ".toml",
      ])
  }

  @Test("Files that are there already stay as they are unless they may be overwritten")
  func folder() throws {
    let directory = try Scratch()
    let folder = RuleFolder(RuleLoader.load(text: Samples.small(), file: "a.toml"))
    let first = folder.write(to: directory.path + "/new/rules", overwrites: false)
    #expect(first.written.count == 1 && first.refused.isEmpty)
    #expect(folder.write(to: directory.path + "/new/rules", overwrites: false).same == first.written)
    _ = try directory.write("mine", "new/rules/small.toml")
    let second = folder.write(to: directory.path + "/new/rules", overwrites: false)
    #expect(second.written.isEmpty && second.refused.count == 1)
    #expect(try String(contentsOfFile: first.written[0], encoding: .utf8) == "mine")
    #expect(folder.write(to: directory.path + "/new/rules", overwrites: true).written == first.written)
    #expect(RuleLoader.load(paths: first.written).rules.count == 1)
    // A link that somebody put there leads nowhere.
    let other = try directory.write("theirs", "other.toml")
    try FileManager.default.removeItem(atPath: first.written[0])
    try FileManager.default.createSymbolicLink(atPath: first.written[0], withDestinationPath: other)
    let linked = folder.write(to: directory.path + "/new/rules", overwrites: true)
    #expect(linked.written.isEmpty && linked.refused.count == 1 && linked.refused.first?.exists == false)
    #expect(try String(contentsOfFile: other, encoding: .utf8) == "theirs")
  }
}
