import Events
import JSON
import Rules
import Testing

@testable import Detection

@Suite("What has an alert of executions before") struct EarlierAlertsTests {
  private static func value(_ letter: Character) -> String { String(repeating: letter, count: 300) }

  private static let events = ["a", "b"].enumerated().map { at, letter in
    #"{"_id":"\#(letter)","_index":"filebeat-1","@timestamp":"2026-01-01T00:00:0\#(at + 1)Z","event":{"action":"x"},"#
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

  /// What alerts of a rule there are and when they were made, where the executions up to 00:05 are run by themselves and those after
  /// them know their alerts; and the same where all are run in one.
  private static func steps(_ rule: Rule, _ events: [String]) throws -> (steps: [String], whole: [String]) {
    func told(_ alerts: [Alert]) -> [String] { alerts.map { "\($0.tick.iso8601) \($0.id)" }.sorted() }
    let text = events.joined(separator: "\n")
    var hunt = TestHunt([rule])
    let whole = try TestHunt.alerts(hunt.run([[text]]))
    let first = try TestHunt.alerts(hunt.run([[text]], replay: (nil, Timestamp(iso8601: "2026-01-01T00:05:00Z"))))
    hunt.suppressed = [rule.ruleID: try first.compactMap { SuppressedAlert(alert: try $0.document) }]
    let next = try TestHunt.alerts(hunt.run([[text]], replay: (Timestamp(iso8601: "2026-01-01T00:10:00Z"), nil)))
    return (told(first + next), told(whole))
  }

  @Test("Where alike alerts are folded, an alert on a row that MV_EXPAND made of an event is none on its other rows")
  func expandedRows() throws {
    let role = TestEvent.role
    var rule = Rule.esql("FROM logs-* METADATA _id | MV_EXPAND \(role) | KEEP _id, \(role)")
    rule.schedule.from = try DateMath("now-1h")
    rule.schedule.maxSignals = 1
    rule.alertSuppression = AlertSuppression(groupBy: [role])
    let event =
      #"{"eventVersion":"1.08","eventID":"a","eventTime":"2026-01-01T00:01:00Z","eventName":"GetRole","#
      + #""eventSource":"iam.amazonaws.com","requestParameters":{"roleName":["admin","audit","backup"]}}"#
    let (steps, whole) = try Self.steps(rule, [event])
    #expect(whole.map { String($0.prefix(16)) } == ["2026-01-01T00:05", "2026-01-01T00:10", "2026-01-01T00:15"])
    #expect(steps == whole)
  }

  @Test("Where alike alerts are folded, a sample that an execution left for want of room is for the next one")
  func leftSamples() throws {
    var rule = Rule(ruleID: "sample", name: "A sample", type: .eql, severity: .low, riskScore: 21)
    rule.query = #"sample by user.name [any where event.action == "a"] [any where event.action == "b"]"#
    rule.language = .eql
    rule.index = ["logs-*"]
    rule.schedule.from = try DateMath("now-6m")
    rule.schedule.maxSignals = 1
    rule.alertSuppression = AlertSuppression(groupBy: ["user.name"])
    func event(_ id: String, _ time: String, _ action: String, _ user: String) -> String {
      #"{"_index":"logs-net.flow-default","_id":"\#(id)","_source":{"@timestamp":"2026-01-01T00:\#(time)Z","#
        + #""event":{"id":"\#(id)","category":"network","action":"\#(action)"},"user":{"name":"\#(user)"}}}"#
    }
    let (steps, whole) = try Self.steps(
      rule,
      [
        event("1", "01:00", "a", "ann"), event("2", "01:30", "b", "ann"),
        event("3", "04:10", "a", "bob"), event("4", "04:20", "b", "bob"),
      ])
    #expect(whole.map { String($0.prefix(16)) } == ["2026-01-01T00:05", "2026-01-01T00:10"])
    #expect(steps == whole)
  }

  @Test("An alert that was raised on another one is none on the event below that")
  func ancestors() throws {
    let document: JSONValue = [
      "kibana.alert.uuid": "u", "kibana.alert.start": "2026-01-01T00:05:00.000Z",
      "kibana.alert.ancestors": [
        ["id": "below", "type": "event", "index": "logs-aws.cloudtrail-default", "depth": 0],
        ["id": "own", "type": "signal", "index": ".alerts-security.alerts-default", "depth": 1],
      ],
    ]
    var alerts = EarlierAlerts()
    alerts.add(try #require(SuppressedAlert(alert: document)).basis)
    let found = ["below", "own"].map { id in
      alerts.contains(Pending(runs: [], sighting: Sighting(time: 0, id: EventID(named: id))))
    }
    #expect(found == [false, true])
  }
}
