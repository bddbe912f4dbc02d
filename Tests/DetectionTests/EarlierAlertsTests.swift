import Events
import Rules
import Testing

@testable import Detection

@Suite("What has an alert of executions before") struct EarlierAlertsTests {
  private static func value(_ letter: Character) -> String { String(repeating: letter, count: 300) }

  private static let events = ["a", "b"].enumerated().map { at, letter in
    #"{"_id":"\#(letter)","_index":"filebeat-1","@timestamp":"2026-01-01T00:00:0\#(at)Z","event":{"action":"x"},"#
      + #""user_agent":{"original":"\#(value(Character(letter)))"}}"#
  }.joined(separator: "\n")

  private static func rule() throws -> Rule {
    var rule = try Rule.newTerms("event.action: x", ["user_agent.original"], history: "now-7d")
    rule.schedule.from = try DateMath("now-1h")
    rule.schedule.maxSignals = 1
    return rule
  }

  @Test("An alert on a long new term is known by the term, of which rules keep a hash")
  func longTerms() throws {
    let result = try TestHunt([Self.rule()]).run([[Self.events]])
    let made = try TestHunt.alerts(result)
    try #require(made.count == 2 && result.planned.allSatisfy { $0.terms.allSatisfy(\.isHash) })
    var earlier = EarlierAlerts()
    earlier.add(try made[0].document)
    let pending = result.planned.map { Pending(runs: [], sighting: $0.sighting, terms: $0.terms) }
    #expect(pending.map(earlier.contains) == [true, false])
    var other = pending[0]
    other.terms = pending[1].terms
    #expect(!earlier.contains(other))
  }

  @Test("Where alike alerts are folded, an alert on a long new term takes no other's place a second time")
  func longTermsApart() throws {
    var rule = try Self.rule()
    rule.alertSuppression = AlertSuppression(groupBy: ["user.name"], missingFieldsStrategy: .doNotSuppress)
    var hunt = TestHunt([rule])
    let first = try TestHunt.alerts(
      hunt.run([[Self.events]], replay: (nil, Timestamp(iso8601: "2026-01-01T00:05:00Z"))))
    try #require(first.map(\.sourceID) == ["a"])
    hunt.suppressed = [rule.ruleID: try first.compactMap { SuppressedAlert(alert: try $0.document) }]
    let next = try TestHunt.alerts(hunt.run([[Self.events]], replay: (Timestamp(iso8601: "2026-01-01T00:10:00Z"), nil)))
    #expect(next.map(\.sourceID) == ["b"])
    #expect(next.map(\.tick) == [Timestamp(iso8601: "2026-01-01T00:10:00Z")])
  }
}
