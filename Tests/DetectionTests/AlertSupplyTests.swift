import CloudTrail
import Events
import Query
import Rules
import Testing

@testable import Detection

/// What rules over alerts make of alerts where they are asked by themselves.
struct AlertSupplyTests {
  private static let records = [
    ("1", "A", "ann", 1), ("2", "A", "eve", 2), ("3", "B", "ann", 6), ("4", "B", "cat", 7), ("5", "C", "ann", 8),
    ("6", "A", "ann", 13),
  ].map { id, action, user, minute in
    #"{"eventID":"\#(id)","eventTime":"2026-01-01T00:\#(minute < 10 ? "0" : "")\#(minute):00Z","eventName":"\#(action)","#
      + #""awsRegion":"eu-west-1","userIdentity":{"type":"IAMUser","userName":"\#(user)"}}"#
  }.joined(separator: "\n")

  private static let raisers = [
    Rule.query("event.action: A", id: "reads"), Rule.query("event.action: B", id: "writes"),
    Rule.query("event.action: nothing", id: "silent"),
  ]

  private static func overAlerts(_ kind: String) throws -> Rule {
    var rule = Rule.query("kibana.alert.rule.rule_id: (reads or writes)", id: "over")
    switch kind {
    case "query": break
    case "threshold":
      rule.type = .threshold
      rule.threshold = ThresholdParameters(fields: ["user.name"], value: 2)
    case "new terms":
      rule = try Rule.newTerms("kibana.alert.rule.rule_id: *", ["user.name"], history: "now-1h", id: "over")
    default:
      (rule.type, rule.language) = (.eql, .eql)
      rule.query =
        #"sequence by user.name [any where kibana.alert.rule.rule_id == "reads"] [any where kibana.alert.rule.rule_id == "writes"]"#
    }
    rule.index = [".alerts-security.alerts-*"]
    rule.schedule = RuleSchedule(from: try DateMath("now-15m"))
    return rule
  }

  /// What the others raise, as `martlet explain` and `martlet backtest` have it.
  private static func supply(_ rule: Rule, _ others: [Rule] = raisers) throws -> AlertSupply {
    let plan = TestHunt(others + [rule]).plan
    let findings = HuntFindings(merging: [try TestHunt.consume([records], HuntCollector(plan))])
    let replay = Replay(events: times)
    return try AlertSupply.raised(
      by: HuntResult(plan, findings, replay: replay), replay, asked: [rule.ruleID], kept: AlertSupply()
    ).supply
  }

  private static let times =
    Timestamp(iso8601: "2026-01-01T00:01:00Z")!...Timestamp(iso8601: "2026-01-01T00:13:00Z")!

  @Test(
    "An alert is explained to a rule over alerts as a hunt with all rules has it",
    arguments: ["query", "threshold", "new terms", "sequence"])
  func agreesWithTheHunt(_ kind: String) throws {
    let rule = try Self.overAlerts(kind)
    let alerts = try TestHunt(Self.raisers + [rule]).alerts(Self.records)
    let own = alerts.filter { $0.ruleID == "over" }
    let others = alerts.filter { $0.ruleID != "over" }
    #expect(others.count == 5 && !own.isEmpty)
    var ancestors: Set<String> = []
    for alert in own.flatMap({ $0.buildingBlocks + [$0] }) {
      for ancestor in try alert.document["kibana.alert.ancestors"]?.arrayValue ?? [] {
        if let id = ancestor["id"]?.stringValue { ancestors.insert(id) }
      }
    }
    let supply = try Self.supply(rule)
    #expect(supply.account.run.map(\.ruleID) == ["reads", "writes", "silent"])
    #expect(supply.account.run.map(\.alerts) == [3, 2, 0] && supply.account.left == 0)
    var met = (with: 0, without: 0)
    for alert in others {
      let told = try ExplainTests.explain(
        rule, alert.id, [[Self.records]], known: supply.alerts(without: ["over"]))
      #expect(told.isAlert == ancestors.contains(alert.id), "\(kind) \(alert.ruleID): \(told.verdict)")
      #expect(told.subject?.id == alert.id && told.subject?.raisedBy == "A query rule")
      if told.isAlert { met.with += 1 } else { met.without += 1 }
      // The start of an id will do.
      let short = try ExplainTests.explain(
        rule, String(alert.id.prefix(8)), [[Self.records]], known: supply.alerts(without: ["over"]))
      #expect(short.json == told.json)
    }
    #expect(met.with > 0 && (kind == "query" || met.without > 0), "\(kind)")
    // A rule raises nothing on its own alerts, and says so where its query matches them.
    let itself = try ExplainTests.explain(
      rule, try #require(own.first).id, [[Self.records]], known: supply.alerts(without: ["over"]))
    #expect(!itself.isAlert && itself.subject != nil)
    #expect(kind != "new terms" || itself.verdict.contains("the rule's own alerts"), "\(itself.verdict)")
  }

  @Test("A back-test of a rule over alerts raises what a hunt with all rules does, from the time on that is asked for")
  func backtest() throws {
    let rule = try Self.overAlerts("query")
    let expected = try TestHunt(Self.raisers + [rule]).alerts(Self.records).filter { $0.ruleID == "over" }
    for first in [nil, Timestamp(iso8601: "2026-01-01T00:11:00Z")] {
      let plan = TestHunt([rule]).plan
      let part = try #require(
        try TestHunt.consume([Self.records], BacktestCollector([plan], clock: { .zero })).first)
      let run = try BacktestRun(
        plan, rule, parts: [part], replay: Replay(events: Self.times, earliestTick: first),
        alerts: try Self.supply(rule))
      let due = expected.filter { $0.tick >= first ?? $0.tick }
      if first == nil { #expect(run.alerts.map(\.id) == due.map(\.id)) }
      // The first execution that is asked for raises what those before it had.
      #expect(run.alerts.count >= due.count && !due.isEmpty)
      #expect(run.alertsRead >= 5 && run.work.mapped >= 5)
    }
  }

  @Test("An event that is no alert is told the alerts that stand on it, where a rule reads these")
  func alertsOnEvent() throws {
    let rule = try Self.overAlerts("query")
    let supply = try Self.supply(rule)
    let told = try ExplainTests.explain(
      rule, "1", [[Self.records]], known: supply.alerts(without: ["over"]))
    #expect(told.verdict.contains("Of the alerts that it reads 1 stands on the event"), "\(told.verdict)")
    #expect(told.alertsOnEvent.map(\.ruleName) == ["A query rule"] && told.subject?.others == 0)
    let other = try ExplainTests.explain(
      rule, "5", [[Self.records]], known: supply.alerts(without: ["over"]))
    #expect(other.alertsOnEvent.isEmpty && !other.verdict.contains("stand"))
  }

  @Test("Alerts beyond the memory there is for them are counted, and those that are there stay")
  func room() {
    func alert(_ id: String, tick: Int64 = 0, _ size: Int) -> KnownAlert {
      KnownAlert(
        id: id, ruleID: "r", tick: Timestamp(milliseconds: tick), document: [UInt8](repeating: 32, count: size))
    }
    var pool = AlertPool(mostBytes: 100)
    pool.add(alert("a", 60))
    pool.add(alert("b", 50))
    pool.add(alert("c", 40))
    #expect(pool.sorted.map(\.id) == ["a", "c"] && pool.left == 1)
    // One that is made anew takes its own place; what an earlier execution made stays.
    pool.add(alert("a", tick: -5, 30))
    pool.add(alert("c", tick: 5, 10))
    #expect(pool.sorted.map(\.document.count) == [30, 40] && pool.left == 1)
    #expect(pool.times == Timestamp(milliseconds: -5)...Timestamp(milliseconds: 0))
  }
}
