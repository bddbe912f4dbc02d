import Rules
import TestSupport
import Testing

@Suite("What is wrong with a rule file")
struct RuleReaderDiagnosticTests {
  struct Case: Sendable, CustomTestStringConvertible {
    var text: String
    var line: Int
    var column: Int
    var says: String
    var severity = Diagnostic.Severity.error
    var testDescription: String { says }
  }

  static let cases: [Case] = [
    Case(text: "[rule]\nname = \"a\"\nname = \"b\"", line: 3, column: 1, says: "`name` is defined already"),
    Case(text: "[rule]\nname = \"a", line: 2, column: 8, says: "the string is not closed on its line"),
    Case(text: "[rule]\nname = \n", line: 2, column: 8, says: "a value was expected, not the end of the line"),
    Case(text: "[rule]\na\0 = 1", line: 2, column: 2, says: "`=` was expected after the key, not a control"),
    Case(
      text: "[rule]\n" + String(repeating: "a.", count: 60) + "b = 1", line: 2, column: 125,
      says: "the nesting is deeper"),
    Case(text: "a = " + String(repeating: "[", count: 5000), line: 1, column: 52, says: "the nesting is deeper"),
    Case(
      text: "[" + String(repeating: "a.", count: 100_000) + "b]", line: 1, column: 200_004,
      says: "the nesting is deeper"),
    Case(text: "rule = 3", line: 1, column: 8, says: "`rule` must be one table"),
    Case(text: "[[rule]]\nname = \"x\"", line: 1, column: 3, says: "a file holds one rule"),
    Case(text: "[other]\nname = \"x\"", line: 1, column: 1, says: "holds no rule"),
    Case(text: "metadata = 1\n" + Samples.small(), line: 1, column: 12, says: "`metadata` must be a table"),
    Case(text: Samples.small("name", "3"), line: 2, column: 8, says: "`name` must be a string, and is a number"),
    Case(text: Samples.small("type", "\"querry\""), line: 5, column: 8, says: "did you mean `query`?"),
    Case(
      text: Samples.small("severity", "\"severe\""), line: 6, column: 12,
      says: "use `low`, `medium`, `high` or `critical`"),
    Case(text: Samples.small("risk_score", "21.5"), line: 7, column: 14, says: "must be a whole number"),
    Case(text: Samples.small("from", "\"now-6q\""), line: 9, column: 14, says: "“q” is no unit of time"),
    Case(text: Samples.small("interval = \"5\""), line: 10, column: 14, says: "one unit must follow the number"),
    Case(text: Samples.small("language = \"kql\""), line: 10, column: 12, says: "“kql” is no language"),
    Case(text: Samples.small("enabled = \"yes\""), line: 10, column: 11, says: "must be true or false"),
    Case(text: Samples.small("index = \"logs-*\""), line: 10, column: 9, says: "an array of strings, and is a string"),
    Case(text: Samples.small("tags = [\n  \"a\",\n  3,\n]"), line: 12, column: 3, says: "`tags[1]` must be a string"),
    Case(text: Samples.small("threat = 3"), line: 10, column: 10, says: "an array of objects (tables)"),
    Case(text: Samples.small("threat = [ 1 ]"), line: 10, column: 12, says: "`threat[0]` must be an object"),
    Case(
      text: Samples.small("[[rule.threat]]\nframework = \"MITRE ATT&CK\""), line: 10, column: 8,
      says: "`threat[0].tactic` is missing"),
    Case(
      text: Samples.small("[[rule.threat]]\ntactic = {name = \"x\"}"), line: 11, column: 1,
      says: "`threat[0].tactic.id` is missing"),
    Case(text: Samples.small("threshold = {field = []}"), line: 10, column: 1, says: "`threshold.value` is missing"),
    Case(
      text: Samples.small("alert_suppression = {duration = {value = 1, unit = \"d\"}}"), line: 10, column: 52,
      says: "“d” is no unit"),
    Case(text: Samples.small("filters = [3]"), line: 10, column: 12, says: "`filters[0]` must be a filter object"),
    Case(text: Samples.small("filters = 3"), line: 10, column: 11, says: "an array of filters"),
    Case(text: Samples.small("type", "\"new_terms\""), line: 1, column: 2, says: "`new_terms_fields` is missing"),
    Case(text: Samples.small("type", "\"new_terms\""), line: 1, column: 2, says: "`history_window_start` is missing"),
    Case(text: Samples.small("type", "\"threshold\""), line: 1, column: 2, says: "`threshold` is missing"),
    Case(
      text: Samples.small("type", "\"machine_learning\""), line: 1, column: 2, says: "`anomaly_threshold` is missing"),
    Case(
      text: Samples.small("type", "\"machine_learning\""), line: 1, column: 2,
      says: "`machine_learning_job_id` is missing"),
    Case(text: Samples.small("type", "\"threat_match\""), line: 1, column: 2, says: "`threat_mapping` is missing"),
    Case(
      text: Samples.small("type", "\"new_terms\"", more: "[rule.new_terms]\nfield = \"x\"\nvalue = [\"a\"]"), line: 11,
      column: 9, says: "must be `new_terms_fields`, and is `x`"),
    Case(
      text: Samples.small(
        "type", "\"new_terms\"",
        more: "[rule.new_terms]\nvalue = [\"a\"]\n[[rule.new_terms.history_window_start]]\nvalue = \"now-x\""),
      line: 13, column: 14, says: "“x” is no unit of time"),
    Case(text: "[rule]\n", line: 1, column: 2, says: "`type` is missing: use `query`"),
    Case(text: "[rule]\n", line: 1, column: 2, says: "`severity` is missing"),
    Case(text: "[rule]\n", line: 1, column: 2, says: "`risk_score` is missing"),
    Case(text: "[rule]\n", line: 1, column: 2, says: "`rule_id` is missing"),
    Case(text: "[rule]\n", line: 1, column: 2, says: "`name` is missing"),
    Case(
      text: Samples.small("sevirity = 1"), line: 10, column: 1, says: "did you mean `severity`?", severity: .warning),
    Case(
      text: Samples.small("colour = 1"), line: 10, column: 1, says: "it is kept and has no effect", severity: .warning),
    Case(
      text: Samples.small("[[rule.threat]]\ntactic = {id = \"TA0004\", nam = \"x\"}"), line: 11, column: 26,
      says: "`threat[0].tactic.nam` is no field of a rule: did you mean `name`?", severity: .warning),
  ]

  @Test("A fault is told with its line and column", arguments: cases)
  func fault(_ fault: Case) throws {
    let result = RuleLoader.load(text: fault.text, file: "f.toml")
    let found = result.diagnostics.filter { $0.message.contains(fault.says) }
    #expect(found.count == 1, "\(result.diagnostics)")
    #expect(found.first.map { [$0.line, $0.column] } == [fault.line, fault.column], "\(result.diagnostics)")
    #expect(found.first?.severity == fault.severity && found.first?.file == "f.toml")
    #expect(result.rules.isEmpty == (fault.severity == .error) || fault.says.contains("metadata"))
  }

  @Test("Unknown fields are kept with their path and value")
  func unknownFields() throws {
    let rule = try #require(
      RuleLoader.load(
        text: Samples.small("colour = 1\n[[rule.threat]]\ntactic = {id = \"TA0004\", x = [1]}"), file: "f.toml"
      )
      .rules.first?.rule)
    #expect(
      Set(rule.unknownFields) == [
        UnknownField(path: "colour", value: 1), UnknownField(path: "threat[0].tactic.x", value: [1]),
      ])
  }

  @Test("A file that is not UTF-8 is told with the place of the first bad byte")
  func notUTF8() throws {
    let directory = try Scratch()
    let path = try directory.write(Array("[rule]\nname = \"é".utf8) + [0xFF] + Array("\"".utf8), "bad.toml")
    let said = RuleLoader.load(paths: [path]).diagnostics
    #expect(said.map { [$0.line, $0.column] } == [[2, 10]])
    #expect(said.first?.message.contains("not valid UTF-8") == true)
  }
}
