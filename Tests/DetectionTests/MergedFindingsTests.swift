import CloudTrail
import Events
import JSON
import Query
import Rules
import Testing

@testable import Detection

@Suite("Findings that are put together") struct MergedFindingsTests {
  /// Rules of all types that run, several of some: a type's ways of keeping matches.
  private static func rules() throws -> [Rule] {
    var threshold = Rule(ruleID: "threshold", name: "Counts", type: .threshold, severity: .low, riskScore: 21)
    threshold.query = "event.action: A"
    threshold.index = ["logs-*"]
    threshold.threshold = ThresholdParameters(fields: ["user.name"], value: 2)
    var whole = threshold
    whole.ruleID = "threshold without fields"
    whole.threshold = ThresholdParameters(fields: [], value: 2)
    func eql(_ query: String, _ id: String) -> Rule {
      var rule = Rule(ruleID: id, name: "In EQL", type: .eql, severity: .low, riskScore: 21)
      (rule.query, rule.language, rule.index) = (query, .eql, ["logs-*"])
      return rule
    }
    var saved = Rule.query("event.action: A", id: "saved")
    saved.type = .savedQuery
    let sigma = SigmaHunt.load(
      """
      title: A
      name: a
      \(SigmaHunt.trail)
      detection: { one: { eventName: A }, condition: one }
      ---
      title: Twice
      correlation: { type: event_count, rules: [a], group-by: [userIdentity.userName], timespan: 10m, condition: { gte: 2 } }
      """)
    #expect(!sigma.hasErrors && sigma.rules.count == 1, "\(sigma.diagnostics)")
    return [
      .query("event.action: A"), saved, try .newTerms("event.action: A", ["user.name"], history: "now-7d"),
      try .newTerms("event.action: A", ["user.name"], history: "now-20m", id: "short terms"), threshold, whole,
      .threatMatch([[ThreatMappingEntry(field: "source.ip", value: "threat.indicator.ip")]]),
      eql(#"any where event.action == "A""#, "eql"),
      eql(#"sequence by user.name [any where event.action == "A"] [any where event.action == "B"]"#, "sequence"),
      .esql(#"FROM logs-* METADATA _id, _index, _version | WHERE event.action == "A""#),
      .esql(#"FROM logs-* | WHERE event.action == "A" | STATS n = COUNT(*) BY user.name"#, id: "rows"),
    ] + sigma.rules.map(\.rule)
  }

  private static func event(_ id: Int, _ action: String, _ user: String, minute: Int) -> String {
    let time = Timestamp(milliseconds: 1_767_607_200_000 + Int64(minute) * 60_000).iso8601
    return
      #"{"eventVersion":"1.08","eventID":\#(SigmaHunt.id(id).text),"eventTime":"\#(time)","eventName":"\#(action)","#
      + #""eventSource":"s3.amazonaws.com","sourceIPAddress":"203.0.113.9","recipientAccountId":"111111111111","#
      + #""userIdentity":{"type":"IAMUser","userName":"\#(user)"}}"#
  }

  /// What three workers read; the second and the third are given an event of the first again.
  private static let texts: [[String]] = [
    [event(1, "A", "ann", minute: 0), event(2, "A", "bob", minute: 1)],
    [event(3, "A", "ann", minute: 2), event(1, "A", "ann", minute: 0), event(4, "B", "ann", minute: 3)],
    [event(5, "A", "cid", minute: 4), event(2, "A", "bob", minute: 1), event(6, "B", "bob", minute: 30)],
  ]

  @Test("Findings that were put together before come to the same alerts with further ones, whatever the rule's type")
  func again() throws {
    let rules = try Self.rules()
    #expect(Set(rules.map(\.type)) == Set(RuleType.allCases).subtracting([.machineLearning]))
    let indicators = try TestHunt.indicators(
      rules,
      [
        [
          #"{"_index":"logs-ti_feed-default","_id":"i","_source":{"@timestamp":"2026-01-01T00:00:00Z","#
            + #""threat":{"indicator":{"ip":"203.0.113.9"}}}}"#
        ]
      ])
    let plan = TestHunt(rules, indicators: indicators).plan
    try #require(plan.rules.count == rules.count, "\(plan.unrunnable.map(\.reason))")
    let registry = EventRegistry()
    let parts = try Self.texts.map { lines in
      try TestHunt.consume([lines.joined(separator: "\n")], HuntCollector(plan), registry: registry)
    }
    let (a, b, c) = (parts[0], parts[1], parts[2])
    let first = Timestamp(milliseconds: 1_767_607_200_000)
    func alerts(_ parts: [HuntFindings]) throws -> [String: Set<String>] {
      let findings = HuntFindings(merging: parts)
      let result = HuntResult(
        plan, findings, replay: Replay(events: first...Timestamp(milliseconds: first.milliseconds + 1_800_000)))
      let alerts = try TestHunt.alerts(result)
      let byRule: [String: [Alert]] = Dictionary(grouping: alerts, by: \.ruleID)
      #expect(Set(alerts.map(\.id)).count == alerts.count, "an alert is there once")
      return byRule.mapValues { Set($0.map { String(decoding: $0.json, as: UTF8.self) }) }
    }
    let expected = try alerts([a, b, c])
    #expect(Set(expected.keys) == Set(rules.map(\.ruleID)), "every rule gives an alert")
    let further: [(String, [HuntFindings])] = [
      ("with the last", [HuntFindings(merging: [a, b]), c]),
      ("behind the last", [c, HuntFindings(merging: [a, b])]),
      ("both", [HuntFindings(merging: [a, b]), HuntFindings(merging: [c])]),
      ("three times", [HuntFindings(merging: [HuntFindings(merging: [a, b, c])])]),
      ("one after the other", [HuntFindings(merging: [HuntFindings(merging: [a]), b]), c]),
    ]
    for (name, parts) in further {
      let got = try alerts(parts)
      for rule in rules { #expect(got[rule.ruleID] == expected[rule.ruleID], "\(name): \(rule.ruleID)") }
    }
  }
}
