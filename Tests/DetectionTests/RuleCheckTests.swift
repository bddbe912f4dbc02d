import Detection
import Rules
import Testing

@Suite("Checking rules")
struct RuleCheckTests {
  private func runnable(_ text: String, _ file: String) -> (errors: Int, runnable: Int) {
    let check = RuleCheck(RuleLoader.load(text: text, file: file), now: TestHunt.readAt)
    return (check.errorCount, check.runnable)
  }

  @Test("What is wrong with one rule of an export says nothing of the others")
  func export() {
    func line(_ id: Int, _ query: String) -> String {
      #"{"rule_id":"rule-\#(id)","name":"Rule \#(id)","description":"d","type":"query","language":"kuery","index":["logs-*"],"#
        + #""risk_score":21,"severity":"low","query":"\#(query)"}"#
    }
    let found = runnable(
      [line(1, "event.action: a"), line(2, "event.action: (a"), line(3, "event.action: b"), "{not JSON"]
        .joined(separator: "\n"), "export.ndjson")
    #expect(found.errors == 2)
    #expect(found.runnable == 2)
  }

  @Test("What is wrong with one document of a collection in Sigma says nothing of the others")
  func collection() {
    func document(_ title: String, _ condition: String) -> String {
      """
      title: \(title)
      id: 6f0f0b0e-1d3b-4c59-9a55-0d0a7d9b8a1\(title.count)
      logsource:
        product: aws
        service: cloudtrail
      detection:
        selection:
          eventName: CreateUser
        condition: \(condition)
      level: low
      """
    }
    let found = runnable(
      [document("a", "selection"), document("bb", "nothing"), document("ccc", "selection")].joined(
        separator: "\n---\n"),
      "rules.yml")
    #expect(found.errors > 0)
    #expect(found.runnable == 2)
  }

  /// The warnings about a rule in ES|QL that names fields beside its query.
  private func warnings(_ query: String, _ fields: [String]) -> [String] {
    let list = fields.map { "\"\($0)\"" }.joined(separator: ", ")
    let text = """
      [rule]
      rule_id = "rows"
      name = "Rows"
      description = "d"
      severity = "low"
      risk_score = 21
      type = "esql"
      language = "esql"
      rule_name_override = "\(fields[0])"
      query = '''\(query)'''
      [rule.alert_suppression]
      group_by = [\(list)]
      [rule.investigation_fields]
      field_names = [\(list)]
      [[rule.severity_mapping]]
      field = "\(fields[0])"
      operator = "equals"
      value = "1"
      severity = "high"
      [[rule.risk_score_mapping]]
      field = "\(fields[0])"
      operator = "equals"
      value = ""
      """
    return RuleCheck(RuleLoader.load(text: text, file: "rows.toml"), now: TestHunt.readAt).diagnostics.map(\.message)
      .filter { $0.contains("field `") || $0.contains("column `") }
  }

  @Test(
    "Fields that a rule names beside its query in ES|QL may be columns of its rows",
    arguments: [
      ("FROM logs-* METADATA _id | EVAL Esql.a = 1", ["Esql.a", "user.name"]),
      ("FROM logs-* | STATS Esql.a = COUNT(*), n = MAX(@timestamp) BY user.name", ["Esql.a", "user.name", "n"]),
      (
        "FROM logs-* METADATA _id | DISSECT event.action \"%{Esql.a}:%{b}\" | KEEP _id, Esql.*",
        ["Esql.a", "source.ip"]
      ),
      (
        "FROM logs-* METADATA _id | COMPLETION Esql.a = event.action WITH {\"inference_id\": \"m\"} | GROK Esql.a \"%{WORD:w}\"",
        ["Esql.a", "w"]
      ),
      ("FROM logs-* | LOOKUP JOIN t ON user.name | STATS Esql.a = COUNT(*) BY user.name", ["Esql.a"]),
    ])
  func columns(query: String, fields: [String]) {
    #expect(warnings(query, fields) == [])
  }

  @Test("Of fields that are none, what the rows do not have is told")
  func missingColumns() {
    let none = "The rows of the query have no column `user.id`, and nothing else makes up their alerts."
    let rows = warnings("FROM logs-* | STATS Esql.a = COUNT(*) BY user.name", ["user.id", "user.name"])
    #expect(rows == [none, none, none, none, none])
    let lost = warnings("FROM logs-* METADATA _id | KEEP user.name", ["user.id"])
    #expect(lost.count == 5 && lost.allSatisfy { $0 == none })
    let dropped = warnings("FROM logs-* METADATA _id | EVAL Esql.a = 1 | DROP Esql.a", ["Esql.a"])
    #expect(dropped.count == 5 && dropped.allSatisfy { $0.hasPrefix("No event is known to have the field `Esql.a`") })
  }

  @Test(
    "What is sound and does not run is unsupported and no error, in every language",
    arguments: [
      ("kuery", "event.original: x", "Elasticsearch refuses the query: "),
      ("lucene", "event.original: x", "Elasticsearch refuses the query: "),
      ("eql", #"any where event.original : "*x*""#, "Elasticsearch refuses the query: "),
      ("eql", #"sequence by event.original [any where true] [any where true]"#, "Elasticsearch refuses the query: "),
      (
        "esql", #"FROM logs-* METADATA _id | WHERE MATCH_PHRASE(event.original, "x")"#,
        "Elasticsearch refuses the query: "
      ),
      ("esql", "FROM logs-* METADATA _id | FORK (WHERE true) (WHERE false)", "FORK is not supported"),
      (
        "esql", "FROM logs-* METADATA _id | WHERE user.name IN (FROM logs-a | KEEP user.name)",
        "IN with a subquery is not supported"
      ),
      ("esql", "FROM logs-* METADATA _id | SAMPLE 0.5", "SAMPLE is not supported"),
      ("esql", #"FROM logs-* METADATA _id | RERANK "a" ON event.action"#, "RERANK is not supported"),
      ("esql", "TS metrics-* | STATS c = COUNT(*)", "TS is not supported"),
      ("esql", "FROM logs-* | STATS c = COUNT(*) BY CATEGORIZE(event.action)", "[CATEGORIZE] is not supported"),
    ])
  func unsupported(language: String, query: String, words: String) throws {
    let type = ["eql", "esql"].contains(language) ? language : "query"
    let text = """
      [rule]
      rule_id = "sound"
      name = "Sound"
      description = "d"
      severity = "low"
      risk_score = 21
      type = "\(type)"
      language = "\(language)"
      \(type == "esql" ? "" : "index = [\"logs-*\"]")
      query = '''\(query)'''
      """
    let loaded = RuleLoader.load(text: text, file: "sound.toml")
    let check = RuleCheck(loaded, now: TestHunt.readAt)
    #expect(check.errorCount == 0 && check.runnable == 0, "\(check.diagnostics)")
    #expect(check.unsupported.count == 1 && check.unsupported[0].reason.contains(words), "\(check.unsupported)")
    #expect(check.unsupported.first?.isRefused == words.hasPrefix("Elasticsearch"))
    let rule = try #require(loaded.rules.first?.rule)
    #expect(RuleQuery.obstacle(rule)?.contains(words) == true)
    let plan = TestHunt([rule]).plan
    #expect(plan.unrunnable.map(\.isWrong) == [false], "\(plan.unrunnable)")
  }
}
