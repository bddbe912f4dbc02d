import JSON
import Rules
import Testing

@Suite("Kibana's exports")
struct KibanaExportTests {
  static let export = #"""
    {"id":"aa","updated_at":"2024-08-01T00:00:00.000Z","updated_by":"elastic","created_at":"2024-08-01T00:00:00.000Z","created_by":"elastic","name":"First","tags":["a"],"interval":"5m","enabled":false,"revision":0,"description":"d","risk_score":47,"severity":"medium","license":"","output_index":"","meta":{"from":"1m"},"author":[],"false_positives":[],"from":"now-360s","rule_id":"first","max_signals":100,"risk_score_mapping":[],"severity_mapping":[],"threat":[],"to":"now","references":[],"version":3,"exceptions_list":[{"id":"x","list_id":"l","type":"detection","namespace_type":"single"}],"immutable":false,"rule_source":{"type":"internal"},"related_integrations":[],"required_fields":[],"setup":"","type":"query","language":"kuery","index":["logs-*"],"query":"user.name: a","filters":[],"actions":[],"note":null}
    {"name":"Broken","type":"query"

    {"rule_id":"bad","name":"Bad","type":"query","severity":"hgih","risk_score":"x","query":"a"}
    {"rule_id":"third","name":"Third","type":"query","severity":"low","risk_score":21,"query":"a"}
    {"_version":"a","list_id":"l","name":"L","type":"detection","namespace_type":"single"}
    {"_version":"a","list_id":"l","item_id":"i","entries":[],"name":"I","type":"simple"}
    {"id":"c","type":"action","attributes":{"name":"mail"}}
    {"something":"else"}
    17
    {"exported_count":5,"exported_rules_count":3,"missing_rules":[]}

    """#

  @Test("A rule a line is read, and what stands beside the rules is told from them")
  func export() throws {
    let result = RuleLoader.load(text: Self.export, file: "e.ndjson")
    #expect(result.rules.map(\.rule.ruleID) == ["first", "third"])
    #expect(result.rules.map(\.line) == [1, 5])
    #expect(result.exceptionLists.count == 1 && result.exceptionItems.count == 1)
    #expect(result.otherObjects.count == 1 && result.summaries.count == 1)
    let first = try #require(result.rules.first?.rule)
    #expect(!first.isEnabled && first.unknownFields.isEmpty && first.note == nil)
    #expect(first.kibanaFields["meta"] == ["from": "1m"] && first.kibanaFields["id"] == "aa")
    #expect(first.exceptionLists.map(\.listID) == ["l"])
  }

  @Test("One bad line costs only itself, and is told with its place")
  func badLines() {
    let said = RuleLoader.load(text: Self.export, file: "e.ndjson").diagnostics
    let places = said.map { "\($0.line):\($0.column) \($0.severity.rawValue)" }
    #expect(
      places == ["2:32 error", "4:57 error", "4:77 error", "9:1 warning", "10:1 error"], "\(said)")
    #expect(said.dropFirst().first?.message.contains("did you mean `high`") == true)
  }

  @Test("A file of one object over many lines, of an array, and of a saved rule is read")
  func otherShapes() throws {
    let one = """
      {
        "rule_id": "r", "name": "n",
        "type": "query", "severity": "low", "risk_score": 21,
        "query": "a:\\n  b", "extra": 1
      }
      """
    let single = RuleLoader.load(text: one, file: "one.json")
    #expect(single.diagnostics.map(\.line) == [4] && single.diagnostics.map(\.column) == [23])
    let loaded = try #require(single.rules.first)
    #expect(loaded.source.position(inValueOf: "query", line: 1, column: 1) == SourcePosition(line: 4, column: 13))
    #expect(loaded.source.position(inValueOf: "query", line: 2, column: 3) == SourcePosition(line: 4, column: 19))

    let array = RuleLoader.load(text: "[\n\(one),\n\(one)]", file: "two.json")
    #expect(array.rules.map(\.line) == [2, 7] && array.diagnostics.map(\.line) == [5, 10])

    let saved = RuleLoader.load(
      text: "{\"type\":\"security-rule\",\"id\":\"x\",\n\"attributes\":\(one)}", file: "saved.json")
    #expect(saved.rules.map(\.rule.name) == ["n"] && saved.diagnostics.map(\.line) == [5])
  }
}
