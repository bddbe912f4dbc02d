import JSON
import Rules
import TestSupport
import Testing

@Suite("Rules through TOML and back")
struct RuleRoundTripTests {
  private func read(_ text: String, _ file: String, _ seed: UInt64) throws -> Rule {
    let result = RuleLoader.load(text: text, file: file)
    #expect(!result.hasErrors, "seed \(seed): \(result.diagnostics)\n\(text)")
    return try #require(result.rules.first?.rule, "seed \(seed)\n\(text)")
  }

  /// The first place at which a document lacks what another says; nil where it says all of it.
  private func lost(_ wanted: JSONValue, in found: JSONValue?, _ path: String = "") -> String? {
    switch (wanted, found) {
    case (.object(let members), .object(let others)?):
      if members.isEmpty != others.isEmpty { return path }
      for (key, value) in members {
        if let place = lost(value, in: others[key], path + "/" + key) { return place }
      }
      return nil
    case (.array(let elements), .array(let others)?):
      guard elements.count == others.count else { return path }
      for (at, value) in elements.enumerated() {
        if let place = lost(value, in: others[at], path + "/\(at)") { return place }
      }
      return nil
    default: return wanted.text == found?.text ? nil : path
    }
  }

  @Test(
    "A rule goes from NDJSON to TOML and back without loss: nulls, empties, numbers of any size, deep objects, odd texts",
    arguments: 1...600 as ClosedRange<UInt64>)
  func documents(seed: UInt64) throws {
    var random = RandomRuleDocuments(seed)
    let document = try random.document()
    let rule = try read(document.text + "\n", "r.ndjson", seed)
    let straight = try JSONValue(parsing: try RuleWriter.ndjson(rule))
    #expect(lost(document, in: straight) == nil, "seed \(seed)\n\(document.text)\n\(straight.text)")
    let toml = try RuleWriter.toml(rule)
    #expect(RuleFormatter.format(Array(toml.utf8), file: "r.toml") == .unchanged, "seed \(seed)\n\(toml)")
    let back = try read(toml, "r.toml", seed)
    #expect(back == rule, "seed \(seed)\n\(toml)")
    #expect(try RuleWriter.ndjson(back) == straight.text, "seed \(seed)\n\(toml)")
    #expect(try RuleWriter.toml(back) == toml, "seed \(seed)")
  }

  @Test(
    "Tables beside the rule go through NDJSON, whatever the rule's own `meta` is",
    arguments: [
      "null", "{}", "[]", "7", #""x""#, #"{"a":{}}"#, #"{"martlet":1}"#, #"{"martlet":{"metadata":7}}"#,
    ])
  func meta(_ meta: String) throws {
    let line =
      #"{"rule_id":"r","name":"n","description":"","type":"query","severity":"low","risk_score":1,"meta":\#(meta)}"#
    var rule = try read(line, "r.ndjson", 0)
    rule.metadata = RuleMetadata(entries: ["maturity": "x"])
    rule.otherTables = ["transform": ["a": .number("1e400")], "martlet": ["b": 1]]
    let export = try RuleWriter.ndjson(rule)
    let back = try read(export, "r.ndjson", 0)
    #expect(back == rule)
    #expect(try read(try RuleWriter.toml(back), "r.toml", 0) == rule)
    #expect(back.kibanaFields["meta"]?.text == meta)
  }

  @Test("Fields that are null count as left out, and a rule that was changed says what it says now")
  func changed() throws {
    let line =
      #"{"rule_id":"r","name":"n","description":"","type":"query","severity":"low","risk_score":1,"query":null,"#
      + #""filters":[],"tags":null,"threat":[{"tactic":{"id":"TA0001","name":"a"},"technique":null}],"max_signals":null}"#
    var rule = try read(line, "r.ndjson", 0)
    #expect(rule.query == nil && rule.tags == [] && rule.schedule.maxSignals == 100)
    let toml = try RuleWriter.toml(rule)
    #expect(toml.contains("filters = []") && toml.contains(#"["rule", "threat", 0, "technique"]"#), "\(toml)")
    rule.query = "a: b"
    rule.tags = ["t"]
    rule.schedule.maxSignals = 7
    let export = try JSONValue(parsing: try RuleWriter.ndjson(rule))
    #expect(export["query"] == "a: b" && export["tags"] == ["t"] && export["max_signals"] == 7)
    #expect(export["filters"] == [] && export["threat"]?[0]?["technique"] == .null)
  }

  @Test("What is nested too deep for TOML is refused, and never written so that it cannot be read", arguments: 1...4)
  func deep(kind: Int) throws {
    var refused = 0
    for depth in 1...60 {
      var value: JSONValue = kind == 4 ? [:] : ["end"]
      for level in 0..<depth {
        switch kind {
        case 1: value = ["a": value]
        case 2: value = [value, 1]
        case 3: value = level.isMultiple(of: 2) ? ["a": value, "b": 2] : [value, .null]
        default: value = ["a long key that takes much of the line, whatever else stands on it": value]
        }
      }
      var rule = Rule(ruleID: "r", name: "n", type: .query, severity: .low, riskScore: 1)
      rule.unknownFields = [UnknownField(path: "x", value: value)]
      let text: String
      do {
        text = try RuleWriter.toml(rule)
      } catch {
        refused += 1
        continue
      }
      #expect(refused == 0 && depth < 48)
      #expect(try read(text, "r.toml", UInt64(depth)).unknownFields == rule.unknownFields, "depth \(depth)")
    }
    #expect((13...40).contains(refused), "\(refused)")
  }

  @Test("A tactic that is null is missing, and is said to be")
  func nullTactic() {
    let result = RuleLoader.load(
      text: #"{"rule_id":"r","name":"n","type":"query","severity":"low","risk_score":1,"threat":[{"tactic":null}]}"#,
      file: "r.ndjson")
    #expect(result.rules.isEmpty && result.diagnostics.contains { $0.message.contains("threat[0].tactic") })
  }
}
