import Rules
import Testing

@testable import Detection

@Suite("Conditions that fail")
struct FailedConditionTests {
  private func rule(_ id: String, _ query: String) -> Rule {
    var rule = Rule(ruleID: id, name: id, type: .eql, severity: .low, riskScore: 21)
    rule.query = query
    rule.language = .eql
    rule.index = ["logs-*"]
    return rule
  }

  private func event(_ id: Int, _ source: Int, _ destination: Int?) -> String {
    let port = destination.map { #","destination":{"port":\#($0)}"# } ?? ""
    return
      #"{"_index":"logs-net.flow-default","_id":"e\#(id)","_source":{"@timestamp":"2026-01-05T10:0\#(id):00Z","#
      + #""event":{"id":"e\#(id)","category":"network"},"source":{"port":\#(source)}\#(port)}}"#
  }

  @Test(
    "What fails within a rule's condition is told of the rule, where the event hangs on it, and however events come")
  func told() throws {
    let rules = [
      rule("hangs", "any where source.port == 1 and 1 / (destination.port - 5) == 1"),
      rule("other", "any where source.port == 2 and 1 / (destination.port - 5) == 1"),
      rule("two", "any where 1 / (destination.port - source.port) == 1"),
      rule("either", "any where source.port == 1 or 1 / (destination.port - 5) == 1"),
      rule("sequence", "sequence [any where source.port == 1] [any where 1 % (destination.port - 5) == 0]"),
    ]
    let events = [event(1, 1, 5), event(2, 2, 6), event(3, 3, 3), event(4, 3, nil)]
    func faults(_ texts: [[String]]) throws -> [String: [String]] {
      Dictionary(try TestHunt(rules).run(texts).outcomes.map { ($0.rule.ruleID, $0.faults) }) { one, _ in one }
    }
    let together = try faults([[events.joined(separator: "\n")]])
    #expect(together["hangs"]?.count == 1)
    #expect(together["hangs"]?.first?.contains("by zero") == true, "\(together)")
    #expect(together["other"] == [])
    #expect(together["two"]?.count == 1)
    #expect(together["either"] == [])
    #expect(together["sequence"]?.count == 1)
    let stored = try TestHunt(rules).runOverAnswers([events]).faults
    #expect(rules.indices.map { (stored[$0] ?? []).sorted() } == rules.map { together[$0.ruleID] ?? [] })
    #expect(try faults([[events[3], events[0]], [events[2], events[1]]]) == together)
  }
}
