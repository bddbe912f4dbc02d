import Events
import JSON
import Query
import Rules
import TestSupport
import Testing

@testable import Detection

struct IndicatorRuleTests {
  private static func event(_ id: String, _ minute: Int, _ more: String) -> String {
    let time = "2026-01-05T10:\(minute < 10 ? "0" : "")\(minute):00Z"
    return
      #"{"_index":"logs-net.flow-default","_id":"\#(id)","_source":{"@timestamp":"\#(time)","event":{"id":"\#(id)","#
      + #""category":"network"},\#(more)}}"#
  }

  private static func indicator(_ id: String, _ members: String, time: String? = "2026-01-01T00:00:00Z") -> String {
    let stamp = time.map { "\"@timestamp\":\"\($0)\"," } ?? ""
    return #"{"_index":"logs-ti_feed-default","_id":"\#(id)","_source":{\#(stamp)"threat":{"feed":{"name":"Feed"},"#
      + #""indicator":{\#(members)}}}}"#
  }

  private static func alerts(
    _ mapping: [[ThreatMappingEntry]], events: [String], indicators: [String], exceptions: [RuleException] = [],
    catalog: FieldCatalog = .standard, edit: (inout Rule) throws -> Void = { _ in }
  ) throws -> [Alert] {
    var rule = Rule.threatMatch(mapping)
    try edit(&rule)
    let found = try TestHunt.indicators(
      [rule], [[indicators.joined(separator: "\n")]], catalog: catalog, exceptions: exceptions)
    let hunt = TestHunt([rule], catalog: catalog, exceptions: exceptions, indicators: found)
    try #require(hunt.plan.rules.count == 1, "\(hunt.plan.unrunnable.map(\.reason))")
    return try TestHunt.alerts(try hunt.run([[events.joined(separator: "\n")]]))
  }

  private static let address = ThreatMappingEntry(field: "source.ip", value: "threat.indicator.ip")
  private static let port = ThreatMappingEntry(field: "source.port", value: "threat.indicator.port")
  private static let hash = ThreatMappingEntry(field: "file.hash.sha256", value: "threat.indicator.file.hash.sha256")

  @Test(
    "Groups are satisfied by one indicator each, and one event gives one alert with an enrichment for each equal entry")
  func groups() throws {
    let mapping = [[Self.address, Self.port], [Self.hash]]
    let indicators = [
      Self.indicator("i1", #""ip":"203.0.113.1","port":80,"type":"ipv4-addr""#),
      Self.indicator("i2", #""port":22,"file":{"hash":{"sha256":"abc"}},"name":"bad""#),
    ]
    let alerts = try Self.alerts(
      mapping,
      events: [
        Self.event("none", 1, #""source":{"ip":"203.0.113.1","port":22}"#),
        Self.event("all", 2, #""source":{"ip":"203.0.113.1","port":80},"file":{"hash":{"sha256":"abc"}}"#),
      ], indicators: indicators)
    #expect(alerts.map(\.sourceID) == ["all"])
    let document = try alerts[0].document
    let told = try #require(document["threat"]?["enrichments"]?.arrayValue)
    #expect(told.count == 3)
    #expect(told.map { $0["matched"]?["field"]?.stringValue } == ["source.ip", "source.port", "file.hash.sha256"])
    #expect(told.map { $0["matched"]?["id"]?.stringValue } == ["i1", "i1", "i2"])
    #expect(
      told[0]["matched"] == [
        "atomic": "203.0.113.1", "field": "source.ip", "id": "i1", "index": "logs-ti_feed-default",
        "type": "indicator_match_rule",
      ])
    #expect(told[1]["matched"]?["atomic"] == 80)
    #expect(told[0]["indicator"] == ["ip": "203.0.113.1", "port": 80, "type": "ipv4-addr"])
    #expect(told[2]["indicator"]?["name"] == "bad" && told[2]["feed"] == ["name": "Feed"])
    #expect(document["martlet"]?["indicators"]?["matched"] == 2)
    #expect(document["kibana.alert.rule.type"] == "threat_match")
    #expect(
      document["kibana.alert.ancestors"] == [
        ["id": "all", "type": "event", "index": "logs-net.flow-default", "depth": 0]
      ])
  }

  @Test(
    "An indicator that no alert can tell of fails the executions that meet it, and no others",
    arguments: [#""text""#, #"{"deep":DEEP}"#])
  func odd(_ value: String) throws {
    func indicator(_ address: String, _ value: String) -> String {
      #"{"_index":"logs-ti_feed-default","_id":"\#(address)","_source":{"@timestamp":"2026-01-01T00:00:00Z","#
        + #""related":{"ip":"\#(address)"},"threat":{"indicator":\#(value)}}}"#
    }
    let deep = String(repeating: "[", count: 57) + String(repeating: "]", count: 57)
    let documents = [
      indicator("192.0.2.1", value.replacing("DEEP", with: deep)), indicator("192.0.2.2", #"{"type":"x"}"#),
    ]
    var rule = Rule.threatMatch([[ThreatMappingEntry(field: "source.ip", value: "related.ip")]])
    rule.schedule = RuleSchedule(from: try DateMath("now-6m"))
    var plain = Rule.query("event.category: network")
    plain.index = ["logs-*"]
    let indicators = try TestHunt.indicators([rule], [[documents.joined(separator: "\n")]])
    let hunt = TestHunt([rule, plain], indicators: indicators)
    let events = [
      Self.event("met", 1, #""source":{"ip":"192.0.2.1"}"#), Self.event("beside", 2, #""source":{"ip":"192.0.2.2"}"#),
      Self.event("later", 4, #""source":{"ip":"192.0.2.2"}"#), Self.event("after", 20, #""source":{"ip":"192.0.2.2"}"#),
    ]
    let result = try hunt.run([[events.joined(separator: "\n")]])
    let alerts = try TestHunt.alerts(result)
    #expect(alerts.filter { $0.ruleID == "query-rule" }.count == 4)
    // The execution at 10:05 sees the odd one, that at 10:10 what came after 10:04.
    #expect(alerts.filter { $0.ruleID == rule.ruleID }.map(\.sourceID) == ["later", "after"])
    let outcome = try #require(result.outcomes.first { $0.rule.ruleID == rule.ruleID })
    #expect(outcome.failures.map(\.tick.iso8601) == ["2026-01-05T10:05:00.000Z"])
    #expect(outcome.alerts == 2)
  }

  @Test("Addresses are equal as addresses, networks hold those in them, keywords are equal to the letter")
  func values() throws {
    let alerts = try Self.alerts(
      [[Self.address], [ThreatMappingEntry(field: "user.name", value: "threat.indicator.name")]],
      events: [
        Self.event("v6", 1, #""source":{"ip":"2001:DB8:0::1"}"#), Self.event("net", 2, #""source":{"ip":"10.1.2.3"}"#),
        Self.event("out", 3, #""source":{"ip":"11.1.2.3"}"#), Self.event("name", 4, #""user":{"name":["ops","Eve"]}"#),
        Self.event("case", 5, #""user":{"name":"eve"}"#),
        Self.event("mapped", 6, #""source":{"ip":"::ffff:192.0.2.7"}"#),
      ],
      indicators: [
        Self.indicator("a", #""ip":"2001:db8::1""#), Self.indicator("b", #""ip":"10.0.0.0/8""#),
        Self.indicator("c", #""name":["x","Eve"]"#), Self.indicator("d", #""ip":["192.0.2.7"]"#, time: nil),
      ])
    #expect(Set(alerts.map(\.sourceID)) == ["v6", "net", "name", "mapped"])
    // As in Kibana, the network stands in the alert where an address would.
    let net = try #require(try alerts.first { $0.sourceID == "net" }?.document["threat"]?["enrichments"]?[0])
    #expect(net["indicator"] == ["ip": "10.0.0.0/8"])
    #expect(net["matched"]?["atomic"] == "10.1.2.3" && net["matched"]?["id"] == "b")
    let name = try #require(try alerts.first { $0.sourceID == "name" }?.document)
    #expect(name["threat"]?["enrichments"]?[0]?["matched"]?["atomic"] == ["ops", "Eve"])
  }

  @Test("A negated entry holds where values differ or one side has none, and not where both have none")
  func negated() throws {
    let zone = ThreatMappingEntry(field: "host.name", value: "threat.indicator.provider", negate: true)
    func found(_ event: String, _ indicator: String) throws -> Bool {
      try !Self.alerts(
        [[Self.address, zone]], events: [Self.event("e", 1, #""source":{"ip":"192.0.2.1"}"# + event)],
        indicators: [Self.indicator("i", #""ip":"192.0.2.1""# + indicator)]
      ).isEmpty
    }
    #expect(try found(#","host":{"name":"a"}"#, #","provider":"b""#))
    #expect(try !found(#","host":{"name":"a"}"#, #","provider":"a""#))
    #expect(try found(#","host":{"name":"a"}"#, ""))
    #expect(try found("", #","provider":"a""#))
    #expect(try !found("", ""))
    #expect(try found(#","host":{"name":["a","b"]}"#, #","provider":"a""#))
    #expect(try found(#","host":{"name":"a"}"#, #","provider":["a","b"]"#))
  }

  @Test("Indicators are chosen by query and filters as of each execution, and exceptions take out indicators, too")
  func chosen() throws {
    let events = [Self.event("e", 1, #""source":{"ip":"192.0.2.1"}"#)]
    func count(
      _ query: String, filters: [JSONValue] = [], time: String = "2026-01-01T00:00:00Z",
      language: QueryLanguage = .kuery,
      exceptions: [RuleException] = [], address: String = "192.0.2.1"
    ) throws -> Int? {
      var rule = Rule.threatMatch([[Self.address]])
      rule.threatMatch?.query = query
      rule.threatMatch?.language = language
      rule.threatMatch?.filters = filters
      let found = try TestHunt.indicators(
        [rule], [[Self.indicator("i", #""ip":"\#(address)","confidence":"High""#, time: time)]], exceptions: exceptions)
      let hunt = TestHunt([rule], exceptions: exceptions, indicators: found)
      return hunt.plan.rules.isEmpty ? nil : try TestHunt.alerts(try hunt.run([events])).count
    }
    #expect(try count("*:*") == 1)
    #expect(try count("threat.indicator.confidence : High") == 1)
    #expect(try count("threat.indicator.ip : *") == 1)
    #expect(try count("threat.indicator.ip : *", address: "192.0.2.0/24") == 1)
    #expect(try count("threat.indicator.ip : * and @timestamp >= \"now-30d/d\"", address: "192.0.2.0/24") == 1)
    #expect(try count("threat.indicator.ip : * and threat.indicator.confidence : Low", address: "192.0.2.0/24") == nil)
    #expect(try count("not threat.indicator.ip : *", address: "192.0.2.0/24") == nil)
    #expect(try count("threat.indicator.confidence : Low") == nil)
    #expect(try count("threat.indicator.confidence:High", language: .lucene) == 1)
    #expect(try count("@timestamp >= \"now-30d/d\"") == 1)
    #expect(try count("@timestamp >= \"now-30d/d\"", time: "2025-11-01T00:00:00Z") == 0)
    #expect(
      try count("*:*", filters: [["query": ["match_phrase": ["threat.indicator.confidence": "Low"]]]]) == nil)
    let exception = RuleException(
      predicate: try KQL.parse("threat.indicator.confidence: High"), expires: nil, name: "x", place: "x")
    #expect(try count("*:*", exceptions: [exception]) == nil)
  }

  @Test("A rule without indicators is told of, with what was looked for")
  func none() throws {
    let rule = Rule.threatMatch([[Self.address]])
    let nowhere = TestHunt([rule])
    #expect(
      nowhere.plan.unrunnable.first?.reason.hasPrefix("Not covered: there are no indicators for logs-ti_*") == true)
    let useless = try TestHunt.indicators([rule], [[Self.indicator("i", #""name":"x""#)]])
    let hunt = TestHunt([rule], indicators: useless)
    #expect(hunt.plan.unrunnable.first?.reason.hasPrefix("Not covered: of 1 document in logs-ti_* none") == true)
    #expect(hunt.plan.unrunnable.allSatisfy { !$0.isWrong })
  }

  @Test("Of more events than max_signals the latest are alerted on first, and enrichments end at 200")
  func caps() throws {
    let events = (1...4).map { Self.event("e\($0)", $0, #""source":{"ip":"192.0.2.1"}"#) }
    let many = (0..<250).map { Self.indicator("i\($0)", #""ip":"192.0.2.1""#) }
    let alerts = try Self.alerts([[Self.address]], events: events, indicators: many) {
      $0.schedule.maxSignals = 2
      $0.schedule.from = try DateMath("now-6m")
    }
    #expect(alerts.map(\.sourceID) == ["e4", "e3"])
    let document = try alerts[0].document
    #expect(document["threat"]?["enrichments"]?.arrayValue?.count == 200)
    #expect(document["martlet"]?["indicators"]?["matched"] == 250)
  }

  @Test("What an event says of threats already stays beside what matched it")
  func enrichmentsBefore() throws {
    let alerts = try Self.alerts(
      [[Self.address]],
      events: [
        Self.event(
          "e", 1, #""source":{"ip":"192.0.2.1"},"threat":{"framework":"X","enrichments":[{"matched":{"id":"old"}}]}"#)
      ], indicators: [Self.indicator("i", #""ip":"192.0.2.1""#)])
    let threat = try #require(try alerts.first?.document["threat"])
    #expect(threat["framework"] == "X")
    #expect(threat["enrichments"]?.arrayValue?.map { $0["matched"]?["id"]?.stringValue } == ["old", "i"])
  }

  @Test("A list is looked into under its name or the pattern that it is given under, whatever its lines say")
  func lists() throws {
    let rule = Rule.threatMatch([[Self.address]])
    let line = #"{"_index":"x","_id":"list:1","_source":{"threat":{"indicator":{"ip":"192.0.2.1"}}}}"#
    for (name, count) in [("logs-ti_*", 1), ("logs-ti_mine", 1), ("other", 0)] {
      let found = try TestHunt.indicators([rule], [[line]], list: name)
      #expect(found.set(of: rule.ruleID)?.count == count)
    }
  }

  @Test("Alike events are folded into one alert, on the oldest")
  func suppressed() throws {
    let events = (1...3).map { Self.event("e\($0)", $0, #""source":{"ip":"192.0.2.1"}"#) }
    let alerts = try Self.alerts(
      [[Self.address]], events: events, indicators: [Self.indicator("i", #""ip":"192.0.2.1""#)]
    ) { $0.alertSuppression = AlertSuppression(groupBy: ["source.ip"]) }
    #expect(alerts.map(\.sourceID) == ["e1"])
    let document = try alerts[0].document
    #expect(document["kibana.alert.suppression.docs_count"] == 2)
    #expect(document["threat"]?["enrichments"]?[0]?["matched"]?["id"] == "i")
  }
}

extension Rule {
  /// An indicator match rule for tests.
  static func threatMatch(_ mapping: [[ThreatMappingEntry]], query: String = "*:*", id: String = "threat-rule") -> Rule
  {
    var rule = Rule(ruleID: id, name: "An indicator match rule", type: .threatMatch, severity: .high, riskScore: 73)
    rule.query = query
    rule.index = ["logs-*", "-logs-ti_*"]
    rule.threatMatch = ThreatMatchParameters(
      index: ["logs-ti_*"], query: "*:*", mapping: mapping.map { ThreatMapping(entries: $0) })
    return rule
  }
}
