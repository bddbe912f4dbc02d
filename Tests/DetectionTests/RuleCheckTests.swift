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
}
