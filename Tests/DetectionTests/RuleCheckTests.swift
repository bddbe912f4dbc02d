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

  @Test(
    "What is sound and does not run is unsupported and no error, in every language",
    arguments: [
      ("kuery", "event.original: x", "Elasticsearch refuses the query: "),
      ("lucene", "event.original: x", "Elasticsearch refuses the query: "),
      ("eql", #"any where event.original : "*x*""#, "Elasticsearch refuses the query: "),
      ("eql", #"sequence by event.original [any where true] [any where true]"#, "Elasticsearch refuses the query: "),
      ("esql", #"FROM logs-* METADATA _id | WHERE event.original LIKE "*x*" | KEEP _id"#, "[event.original]"),
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
