import Events
import JSON
import Query
import Rules
import TestSupport
import Testing

@testable import Detection

struct ESQLRuleTests {
  private static func event(
    _ id: String, _ minute: Int, action: String = "GetObject", user: String = "ops", more: String = ""
  ) -> String {
    let time = "2026-01-05T10:\(minute < 10 ? "0" : "")\(minute):00Z"
    return #"{"eventVersion":"1.08","eventID":"\#(id)","eventTime":"\#(time)","eventName":"\#(action)","#
      + #""eventSource":"s3.amazonaws.com","sourceIPAddress":"203.0.113.9","userIdentity":{"type":"IAMUser","userName":"\#(user)"}"#
      + more + "}"
  }

  private static func alerts(
    _ query: String, _ lines: [String], tables: [String: ESQLTable] = [:], exceptions: [RuleException] = [],
    edit: (inout Rule) throws -> Void = { _ in }
  ) throws -> (alerts: [Alert], result: HuntResult) {
    var rule = Rule.esql(query)
    try edit(&rule)
    let hunt = TestHunt([rule], exceptions: exceptions, tables: tables)
    try #require(hunt.plan.rules.count == 1, "\(hunt.plan.unrunnable.map(\.reason))")
    let result = try hunt.run([[lines.joined(separator: "\n")]])
    return (try TestHunt.alerts(result), result)
  }

  @Test("A row that is an event is that event with the query's columns laid over it, under dotted names")
  func eventRow() throws {
    let (alerts, _) = try Self.alerts(
      """
      FROM logs-aws.cloudtrail-* METADATA _id, _index, _version
      | WHERE event.action == "GetObject"
      | EVAL Esql.who = TO_UPPER(user.name), event.action = CONCAT(event.action, "!"), Esql.when = DATE_TRUNC(1 hour, @timestamp)
      | KEEP _id, _index, _version, event.action, Esql.*
      """, [Self.event("a", 1), Self.event("b", 2, action: "PutObject")])
    try #require(alerts.count == 1)
    let document = try alerts[0].document
    #expect(document["Esql.who"] == "OPS")
    #expect(document["Esql.when"] == "2026-01-05T10:00:00.000Z")
    #expect(document["event.action"] == "GetObject!")
    #expect(document["event"]?["action"] == nil && document["event"]?["provider"] == "s3.amazonaws.com")
    #expect(document["user"]?["name"] == "ops" && document["_id"] == nil)
    #expect(document["event.kind"] == "signal")
    #expect(document["kibana.alert.original_time"] == "2026-01-05T10:01:00.000Z")
    #expect(document["kibana.alert.original_event.action"] == "GetObject!")
    #expect(
      document["kibana.alert.ancestors"] == [
        ["id": "a", "type": "event", "index": "logs-aws.cloudtrail-default", "depth": 0]
      ])
    #expect(document["kibana.alert.rule.type"] == "esql")
    #expect(document["kibana.alert.rule.indices"] == ["logs-aws.cloudtrail-*"])
    #expect(alerts[0].sourceID == "a" && alerts[0].actor == "ops")
  }

  @Test("A row of STATS is all that its alert is made of, and names the events that went into it")
  func groupRow() throws {
    let lines = (1...4).map { Self.event("e\($0)", $0, user: $0 == 4 ? "eve" : "ops") }
    let (alerts, _) = try Self.alerts(
      """
      FROM logs-aws.* | STATS Esql.calls = COUNT(*), Esql.actions = VALUES(event.action), Esql.last = MAX(@timestamp)
        BY user.name | WHERE Esql.calls >= 2
      """, lines)
    try #require(alerts.count == 1)
    let document = try alerts[0].document
    #expect(document["Esql.calls"] == 3 && document["Esql.actions"] == "GetObject" && document["user.name"] == "ops")
    #expect(document["Esql.last"] == "2026-01-05T10:03:00.000Z")
    #expect(document["user"] == nil && document["event"] == nil && document["kibana.alert.original_time"] == nil)
    let ids = document["kibana.alert.ancestors"]?.arrayValue?.map { $0["id"]?.stringValue }
    #expect(ids == ["e1", "e2", "e3"])
    #expect(document["martlet"]?["events"]?["count"] == 3)
    #expect(document["martlet"]?["row"]?["columns"]?["Esql.calls"] == 3)
    #expect(alerts[0].lastEvent.id == "e3" && alerts[0].actor == "ops")
  }

  @Test("Windows that overlap find an event once and a group again")
  func overlap() throws {
    func edit(_ rule: inout Rule) throws { rule.schedule.from = try DateMath("now-15m") }
    let lines = [Self.event("a", 1)]
    let events = try Self.alerts("FROM logs-* METADATA _id", lines, edit: edit)
    #expect(events.alerts.count == 1)
    let groups = try Self.alerts("FROM logs-* | STATS n = COUNT(*) BY user.name", lines, edit: edit)
    #expect(groups.alerts.count == 3 && Set(groups.alerts.map(\.id)).count == 3)
    let lost = try Self.alerts("FROM logs-* METADATA _id | KEEP user.name", lines, edit: edit)
    #expect(lost.alerts.count == 3)
    #expect(try lost.alerts[0].document["user.name"] == "ops")
    #expect(try lost.alerts[0].document["event"] == nil)
  }

  @Test("Rows that MV_EXPAND made of an event are alerts of their own while the column is in the result")
  func expanded() throws {
    let more = #","requestParameters":{"roleName":["admin","audit"]}"#
    let column = TestEvent.role
    let kept = try Self.alerts(
      "FROM logs-* METADATA _id | MV_EXPAND \(column) | KEEP _id, \(column)", [Self.event("a", 1, more: more)])
    #expect(kept.alerts.count == 2 && Set(kept.alerts.map(\.id)).count == 2)
    let gone = try Self.alerts(
      "FROM logs-* METADATA _id | MV_EXPAND \(column) | KEEP _id, user.name", [Self.event("a", 1, more: more)])
    #expect(gone.alerts.count == 1)
    // What the column is called afterwards makes no difference to what tells the rows apart.
    let renamed = try Self.alerts(
      "FROM logs-* METADATA _id | MV_EXPAND \(column) | RENAME \(column) AS role | KEEP _id, role",
      [Self.event("a", 1, more: more)])
    #expect(renamed.alerts.count == 2 && Set(renamed.alerts.map(\.id)).count == 2)
  }

  @Test("INLINE STATS sees the window alone, and its rows stay events")
  func inlineStats() throws {
    let (alerts, _) = try Self.alerts(
      "FROM logs-* METADATA _id | INLINE STATS Esql.n = COUNT(*) BY user.name | WHERE Esql.n >= 2",
      [Self.event("a", 1), Self.event("b", 2), Self.event("c", 30), Self.event("d", 31, user: "eve")])
    #expect(Set(alerts.map(\.sourceID)) == ["a", "b"])
    #expect(try alerts[0].document["Esql.n"] == 2)
    #expect(try alerts[0].document["user.name"] == "ops")
  }

  @Test("More rows than max_signals are cut, and said to be")
  func cut() throws {
    let lines = (1...4).map { Self.event("e\($0)", $0) }
    let (alerts, result) = try Self.alerts("FROM logs-* METADATA _id | SORT @timestamp DESC", lines) {
      $0.schedule.maxSignals = 3
      $0.schedule.from = try DateMath("now-5m")
    }
    #expect(alerts.map(\.sourceID) == ["e4", "e3", "e2"])
    #expect(result.outcomes[0].cuts.map(\.count) == [1] && result.outcomes[0].lost == 1)
  }

  @Test("Overrides, exceptions and the reason see what Elastic's do")
  func overrides() throws {
    let exception = RuleException(
      predicate: .test(.named("user.name"), .match("eve")), expires: nil, name: "not eve", place: "test")
    let (alerts, _) = try Self.alerts(
      "FROM logs-* | STATS Esql.n = COUNT(*), Esql.risk = MAX(LENGTH(event.action)) BY source.ip",
      [Self.event("a", 1), Self.event("b", 2), Self.event("c", 3, user: "eve")], exceptions: [exception]
    ) {
      $0.severityMapping = [SeverityMapping(field: "Esql.n", value: "2", severity: .critical)]
      $0.riskScoreMapping = [RiskScoreMapping(field: "Esql.risk", value: "")]
    }
    try #require(alerts.count == 1)
    #expect(try alerts[0].document["Esql.n"] == 2)
    #expect(alerts[0].severity == .critical && alerts[0].riskScore == 9)
    let reason = try alerts[0].document["kibana.alert.reason"]?.stringValue
    #expect(reason?.hasSuffix(" created critical alert A rule in ES|QL.") == true)
    #expect(reason?.contains("203.0.113.9") == true)
  }

  @Test("Alike rows are folded by their columns, and by what the event has where the query makes no column of it")
  func folded() throws {
    let lines = (1...3).map { Self.event("e\($0)", $0, user: $0 == 3 ? "eve" : "ops") }
    func folded(_ query: String, _ fields: [String]) throws -> [Alert] {
      try Self.alerts(query, lines) {
        $0.alertSuppression = AlertSuppression(groupBy: fields)
      }.alerts
    }
    let byEvent = try folded("FROM logs-* METADATA _id", ["user.name"])
    #expect(try byEvent.map { try $0.document["kibana.alert.suppression.docs_count"] } == [1, 0])
    let byColumn = try folded("FROM logs-* METADATA _id | EVAL Esql.all = LENGTH(event.action)", ["Esql.all"])
    #expect(try byColumn.map { try $0.document["kibana.alert.suppression.docs_count"] } == [2])
    #expect(
      try byColumn[0].document["kibana.alert.suppression.terms"] == [["field": "Esql.all", "value": [9]]]
        || byColumn[0].document["kibana.alert.suppression.terms"] == [["field": "Esql.all", "value": 9]])
    let groups = try folded("FROM logs-* | STATS n = COUNT(*) BY user.name | EVAL g = 1", ["g"])
    #expect(try groups.map { try $0.document["kibana.alert.suppression.docs_count"] } == [1])
  }

  @Test("A query without keys finds that there was nothing, in executions without events too")
  func nothing() throws {
    let (alerts, _) = try Self.alerts(
      "FROM logs-* | WHERE event.action == \"PutObject\" | STATS n = COUNT(*) | WHERE n == 0",
      [Self.event("a", 1), Self.event("b", 22)])
    #expect(alerts.count == 5)
    #expect(try alerts[0].document["n"] == 0)
    #expect(try alerts[0].document["kibana.alert.ancestors"] == [])
  }

  @Test("Ids, indices and texts of events can be computed with")
  func metadata() throws {
    let (alerts, _) = try Self.alerts(
      """
      FROM logs-* METADATA _id, _index, _source
      | EVAL Esql.key = CONCAT(_id, "@", _index), Esql.provider = JSON_EXTRACT(_source, "event.provider")
      """, [Self.event("a", 1)])
    try #require(alerts.count == 1)
    #expect(try alerts[0].document["Esql.key"] == "a@logs-aws.cloudtrail-default")
    #expect(try alerts[0].document["Esql.provider"] == "s3.amazonaws.com")
  }

  @Test("Tables are looked into, and one that is missing keeps its rule from running, by name")
  func tables() throws {
    let table = try ESQLTable(csv: [["user.name", "team"], ["ops", "night watch"]], catalog: .standard)
    let query = "FROM logs-* METADATA _id | LOOKUP JOIN people ON user.name | WHERE team IS NOT NULL"
    let (alerts, _) = try Self.alerts(
      query, [Self.event("a", 1), Self.event("b", 2, user: "eve")], tables: ["people": table])
    #expect(alerts.map(\.sourceID) == ["a"])
    #expect(try alerts[0].document["team"] == "night watch")
    let refused = TestHunt([Rule.esql(query)]).plan.unrunnable
    #expect(refused.count == 1 && refused[0].reason.contains("--table people=FILE") && !refused[0].isWrong)
  }

  @Test("A rule reads what its subqueries name, and alerts on the rows that stand together")
  func subqueries() throws {
    let query = """
      FROM (FROM logs-aws.cloudtrail-*
            | WHERE event.action == "CreateAccessKey"
            | EVAL Esql.made = @timestamp
            | KEEP user.name, Esql.made),
           (FROM logs-aws.* METADATA _id, _index, _version | WHERE event.action == "GetObject")
      | INLINE STATS Esql.key_made = MAX(Esql.made) BY user.name
      | WHERE event.action == "GetObject" AND Esql.key_made IS NOT NULL
      | SORT @timestamp
      | LIMIT 1 BY _index, user.name
      """
    let (alerts, _) = try Self.alerts(
      query,
      [
        Self.event("k", 1, action: "CreateAccessKey"), Self.event("a", 2), Self.event("b", 3),
        Self.event("c", 4, user: "eve"), Self.event("d", 5, action: "PutObject"),
      ])
    #expect(alerts.map(\.sourceID) == ["a"])
    let document = try #require(alerts.first).document
    #expect(document["Esql.key_made"] == "2026-01-05T10:01:00.000Z")
    #expect(document["kibana.alert.rule.indices"] == ["logs-aws.cloudtrail-*", "logs-aws.*"])
    let (none, _) = try Self.alerts(
      query.replacing("logs-aws.*", with: "logs-okta.*"),
      [Self.event("k", 1, action: "CreateAccessKey"), Self.event("a", 2)])
    #expect(none.isEmpty)
  }

  @Test("Texts of a field that nothing is known of are keywords as for other rules; those that are too long are told")
  func longTexts() throws {
    func line(_ id: String, _ length: Int) -> String {
      #"{"_id":"\#(id)","_index":"logs-aws.cloudtrail-default","_source":{"@timestamp":"2026-01-05T10:01:00Z","custom":{"script":""#
        + String(repeating: "1", count: length) + #""}}}"#
    }
    let (alerts, result) = try Self.alerts(
      "FROM logs-* METADATA _id | WHERE LENGTH(custom.script) > 1000", [line("a", 1024), line("b", 1025)])
    #expect(alerts.map(\.sourceID) == ["a"])
    let faults = try #require(result.outcomes.first).faults
    #expect(faults.count == 1 && faults[0].contains("[custom.script] with more than 1024 characters are null"))
  }

  @Test("What does not run is said by name, and what is wrong has its place")
  func refused() {
    func refusal(_ query: String) -> UnrunnableRule? { TestHunt([Rule.esql(query)]).plan.unrunnable.first }
    let model = refusal("FROM logs-* | COMPLETION x = event.action WITH {\"inference_id\": \"m\"}")
    #expect(model?.isWrong == false && model?.reason.contains("COMPLETION") == true)
    let wrong = refusal("FROM logs-*\n| WHERE event.action == 5")
    #expect(wrong?.isWrong == true && wrong?.reason.contains("line 2") == true)
    #expect(refusal("ROW a = 1")?.isWrong == false)
    #expect(refusal("FROM logs-* | STATS n = COUNT(*) | WHERE m > 1")?.isWrong == true)
    for query in ["", "FROM", "FROM logs-* |", "\u{0}", String(repeating: "(", count: 10_000)] {
      #expect(refusal(query)?.isWrong == true)
    }
  }

  @Test("Fields of other integrations take the type that the query takes them for")
  func unknownFields() throws {
    let line =
      #"{"_index":"logs-okta.system-default","_id":"x","_source":{"@timestamp":"2026-01-05T10:00:00Z","okta":{"score":7,"ip":"10.0.0.1","flag":true}}}"#
    let (alerts, result) = try Self.alerts(
      """
      FROM logs-okta.* METADATA _id
      | WHERE okta.score > 5 AND CIDR_MATCH(okta.ip, "10.0.0.0/8") AND okta.flag == true AND okta.other IS NULL
      """, [line])
    #expect(alerts.map(\.sourceID) == ["x"])
    #expect(result.unknownFields.map(\.field) == ["okta.other"])
  }

  /// An event of which nothing is known but the addresses and the time of the schema.
  private static let unknown =
    #"{"_index":"logs-okta.system-default","_id":"x","_source":{"@timestamp":"2026-01-05T10:00:00Z","source":{"ip":"10.0.0.1"},"#
    + #""okta":{"n":7,"m":9,"ip":"10.0.0.1","flag":true,"when":"2026-01-05T09:00:00Z"}}}"#

  @Test(
    "A field that nothing is known of has the type of what it stands beside, by whatever way it got there",
    arguments: [
      "WHERE okta.flag", "WHERE NOT okta.none OR okta.flag", "WHERE okta.flag AND okta.n > 3",
      "WHERE COALESCE(okta.flag, false)", "WHERE COALESCE(okta.n, 0) == 7", "WHERE COALESCE(okta.n, 0.5) == 7",
      "WHERE COALESCE(okta.when, @timestamp) < @timestamp",
      #"WHERE COALESCE(okta.ip, client.ip, source.ip) == "10.0.0.1""#,
      "WHERE CASE(okta.flag, 1, 0) == 1", "WHERE CASE(okta.flag, okta.n, 0) == 7",
      "WHERE CASE(okta.none, 0, okta.n) == 7", "WHERE CASE(okta.flag, okta.ip, source.ip) == source.ip",
      "WHERE okta.ip == source.ip", "WHERE source.ip IN (okta.none, okta.ip)",
      "WHERE GREATEST(okta.when, @timestamp) == @timestamp",
      "WHERE okta.n != okta.m AND okta.m > 3", "WHERE okta.m > okta.n AND ROUND(okta.n) == 7",
      "EVAL x = okta.ip | WHERE x == source.ip", "RENAME okta.ip AS x | WHERE x == source.ip",
      "EVAL x = okta.flag | EVAL y = x | WHERE y", "EVAL x = okta.n | EVAL y = x | WHERE y + 1 == 8",
      "EVAL okta.n = COALESCE(okta.n, 0) | WHERE okta.n == 7", "EVAL x = null | WHERE COALESCE(x, okta.n) > 6",
      "WHERE DATE_FORMAT(okta.when) LIKE \"2026*\" AND DATE_EXTRACT(\"year\", okta.when) == 2026",
      "INLINE STATS v = MAX(okta.n) | WHERE v > 6", "INLINE STATS v = VALUES(okta.ip) | WHERE v == source.ip",
      "INLINE STATS v = COUNT(*) WHERE okta.flag BY b = BUCKET(okta.n, 10) | WHERE v == 1",
      "INLINE STATS v = SUM(okta.n), w = MAX(okta.flag) | WHERE w",
    ])
  func guessedTypes(commands: String) throws {
    let (alerts, _) = try Self.alerts("FROM logs-okta.* METADATA _id | \(commands)", [Self.unknown])
    #expect(alerts.map(\.sourceID) == ["x"])
  }

  @Test("What STATS makes of such fields has their types")
  func guessedTypesOfRows() throws {
    let (alerts, _) = try Self.alerts(
      """
      FROM logs-okta.* | STATS ips = VALUES(okta.ip), latest = MAX(okta.when), n = MIN(okta.n) BY b = BUCKET(okta.m, 10)
      | WHERE CIDR_MATCH(ips, "10.0.0.0/8") AND latest < NOW() AND COALESCE(n, 0) == 7 AND b < 10
      """, [Self.unknown])
    // Two executions see the event.
    #expect(try Set(alerts.map { try $0.document["latest"]?.stringValue }) == ["2026-01-05T09:00:00.000Z"])
  }

  @Test(
    "Uses of a field that no type fits are an error",
    arguments: [
      #"okta.v > 3 AND CIDR_MATCH(okta.v, "10.0.0.0/8")"#, "okta.v == source.ip AND okta.v > 3",
      "okta.v == okta.w AND okta.v > 3 AND okta.w", "COALESCE(okta.v, 0) > 1 AND COALESCE(okta.v, @timestamp) > NOW()",
    ])
  func contradictingUses(condition: String) {
    let refused = TestHunt([Rule.esql("FROM logs-* METADATA _id | WHERE \(condition)")]).plan.unrunnable
    #expect(refused.map(\.isWrong) == [true], "\(refused)")
  }

  @Test("An execution warns of what its query made null, and fails where a bound is reached")
  func warnings() throws {
    let more = #","requestParameters":{"roleName":["admin","audit"]}"#
    let (_, result) = try Self.alerts(
      "FROM logs-* METADATA _id | EVAL x = TO_UPPER(\(TestEvent.role)), y = LENGTH(\(TestEvent.role)) + 1",
      [Self.event("a", 1, more: more)])
    #expect(result.outcomes[0].warnings.contains { $0.text.contains("multi-value") })
  }

  @Test(
    "What a condition on single events warns of is told, whether or not it leaves the event out",
    arguments: [
      ("EVAL d = URL_DECODE(okta.v) | WHERE d LIKE \"*etc*\"", #""/%zz""#, "Illegal hex"),
      (
        "EVAL d = URL_DECODE(okta.v) | WHERE d LIKE \"*etc*\" | STATS c = COUNT(*) BY source.ip", #""/%zz""#,
        "Illegal hex"
      ),
      ("WHERE okta.v LIKE \"*etc*\"", #"["/etc","b"]"#, "multi-value"),
      ("WHERE okta.v LIKE \"*etc*\"", #"["a","b"]"#, "multi-value"),
      ("WHERE TO_LOWER(okta.v) == \"etc\" | EVAL n = 1", #"["a","b"]"#, "multi-value"),
    ])
  func warningsOfConditions(commands: String, value: String, warning: String) throws {
    func line(_ id: Int, _ value: String) -> String {
      #"{"_index":"logs-okta.system-default","_id":"\#(id)","_source":{"@timestamp":"2026-01-05T10:00:00Z","#
        + #""source":{"ip":"10.0.0.1"},"okta":{"v":\#(value)}}}"#
    }
    let lines = (0..<40).map { line($0, $0 == 23 ? value : #""plain""#) }
    let (_, result) = try Self.alerts("FROM logs-okta.* METADATA _id | \(commands)", lines)
    #expect(result.outcomes[0].warnings.contains { $0.text.contains(warning) }, "\(result.outcomes[0].warnings)")
    let (_, plain) = try Self.alerts("FROM logs-okta.* METADATA _id | \(commands)", [line(1, #""plain""#)])
    #expect(plain.outcomes[0].warnings.isEmpty)
  }

  @Test(
    "Values of a known field warn where one of several is what is looked for, as where Elasticsearch asks its index")
  func warningsOfKnownFields() throws {
    let line =
      #"{"_index":"logs-nginx.access-default","_id":"1","_source":{"@timestamp":"2026-01-05T10:00:00Z","url":{"original":["/etc","b"]}}}"#
    let (alerts, result) = try Self.alerts(
      #"FROM logs-nginx.* METADATA _id | WHERE url.original LIKE "*etc*""#, [line])
    #expect(alerts.isEmpty && result.outcomes[0].warnings.contains { $0.text.contains("multi-value") })
  }

  @Test("An event's own text is read where the event has it")
  func originalText() throws {
    let lines = ["{\\\"raw\\\":1}", "other"].enumerated().map { number, text in
      #"{"_index":"logs-kubernetes.audit_logs-default","_id":"\#(number)","_source":{"@timestamp":"2026-01-05T10:00:00Z","#
        + #""event":{"original":"\#(text)"}}}"#
    }
    let (alerts, _) = try Self.alerts(
      #"FROM logs-kubernetes.* METADATA _id | WHERE event.original LIKE "*raw*" | KEEP _id, event.original"#, lines)
    #expect(alerts.map(\.sourceID) == ["0"])
    #expect(try alerts.first?.document["event.original"] == #"{"raw":1}"#)
  }

  @Test("Explain tells which command leaves an event out, and which alert it went into")
  func explained() throws {
    let rule = Rule.esql(
      "FROM logs-*\n| WHERE event.action == \"GetObject\"\n| WHERE LENGTH(user.name) < 5\n| STATS n = COUNT(*) BY user.name\n| WHERE n >= 2"
    )
    let lines = [
      Self.event("a", 1), Self.event("b", 2), Self.event("c", 3, user: "eve"), Self.event("d", 4, user: "somebody"),
      Self.event("f", 4, action: "PutObject"),
    ]
    func explain(_ id: String) throws -> Explanation {
      try ExplainTests.explain(rule, id, [[lines.joined(separator: "\n")]], exceptions: [])
    }
    #expect(try explain("a").isAlert)
    #expect(try explain("a").verdict.contains("is one of those that the alert"))
    #expect(try explain("c").verdict == "No alert: the query leaves the event out in line 5: WHERE n >= 2.")
    #expect(try explain("d").verdict.contains("in line 3: WHERE LENGTH(user.name) < 5"))
    #expect(try explain("f").verdict == "No alert: the query does not match the event.")
  }
}
