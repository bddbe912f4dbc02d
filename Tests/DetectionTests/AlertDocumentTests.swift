import CloudTrail
import Events
import JSON
import Rules
import Testing

@testable import Detection

struct AlertDocumentTests {
  private static let record = """
    {"eventVersion":"1.08","eventID":"6f2b6b3c-0d5b-4f0e-9a51-1d1c6b6a7e01","eventTime":"2026-01-01T00:03:00Z","eventSource":"iam.amazonaws.com","eventName":"UpdateAssumeRolePolicy","awsRegion":"us-east-1","sourceIPAddress":"192.0.2.7","userIdentity":{"type":"IAMUser","arn":"arn:aws:iam::111122223333:user/eve","userName":"eve"},"requestParameters":{"roleName":"ops"}}
    """

  private static func rule() throws -> Rule {
    var rule = try Rule.newTerms(
      "event.action: UpdateAssumeRolePolicy", [TestEvent.user, TestEvent.role], history: "now-14d")
    rule.description = "Something was changed."
    rule.version = 7
    rule.authors = ["Us"]
    rule.license = "Apache-2.0"
    rule.tags = ["Domain: Cloud"]
    rule.references = ["https://example.com"]
    rule.falsePositives = ["Administrators"]
    rule.note = "## Guide"
    rule.buildingBlockType = "default"
    rule.schedule = RuleSchedule(from: try DateMath("now-9m"))
    return rule
  }

  @Test("An alert carries every field that the format names")
  func fields() throws {
    let alert = try #require(TestHunt([Self.rule()]).alerts(Self.record).first)
    let document = try alert.document
    let tick = "2026-01-01T00:05:00.000Z"
    let expected: [String: JSONValue] = [
      "@timestamp": .string(tick), "kibana.alert.uuid": .string(alert.id), "kibana.alert.status": "active",
      "kibana.alert.workflow_status": "open", "kibana.alert.workflow_tags": [], "kibana.alert.depth": 1,
      "kibana.alert.ancestors": [
        [
          "id": "6f2b6b3c-0d5b-4f0e-9a51-1d1c6b6a7e01", "type": "event", "index": "logs-aws.cloudtrail-default",
          "depth": 0,
        ]
      ],
      "kibana.alert.original_time": "2026-01-01T00:03:00.000Z", "kibana.alert.start": .string(tick),
      "kibana.alert.last_detected": .string(tick), "kibana.alert.severity": "low", "kibana.alert.risk_score": 21,
      "kibana.alert.new_terms": ["arn:aws:iam::111122223333:user/eve", "ops"],
      "kibana.alert.building_block_type": "default", "kibana.alert.intended_timestamp": .string(tick),
      "kibana.alert.rule.execution.type": "scheduled", "kibana.alert.rule.name": "A new terms rule",
      "kibana.alert.rule.rule_id": "terms-rule", "kibana.alert.rule.type": "new_terms",
      "kibana.alert.rule.category": "New Terms Rule", "kibana.alert.rule.rule_type_id": "siem.newTermsRule",
      "kibana.alert.rule.version": 7, "kibana.alert.rule.description": "Something was changed.",
      "kibana.alert.rule.author": ["Us"], "kibana.alert.rule.license": "Apache-2.0",
      "kibana.alert.rule.tags": ["Domain: Cloud"], "kibana.alert.rule.references": ["https://example.com"],
      "kibana.alert.rule.false_positives": ["Administrators"], "kibana.alert.rule.threat": [],
      "kibana.alert.rule.severity": "low", "kibana.alert.rule.risk_score": 21, "kibana.alert.rule.interval": "5m",
      "kibana.alert.rule.from": "now-9m", "kibana.alert.rule.to": "now", "kibana.alert.rule.note": "## Guide",
      "kibana.alert.original_event.action": "UpdateAssumeRolePolicy",
      "kibana.alert.original_event.id": "6f2b6b3c-0d5b-4f0e-9a51-1d1c6b6a7e01",
      "kibana.alert.original_event.kind": "event", "kibana.alert.original_event.outcome": "success",
      "kibana.alert.original_event.dataset": "aws.cloudtrail", "kibana.alert.original_event.module": "aws",
      "kibana.alert.original_event.provider": "iam.amazonaws.com",
      "kibana.alert.original_data_stream.dataset": "aws.cloudtrail", "kibana.alert.rule.max_signals": 100,
      "kibana.alert.rule.immutable": false, "kibana.alert.rule.revision": 0, "kibana.alert.rule.actions": [],
      "kibana.alert.rule.exceptions_list": [], "kibana.alert.rule.indices": ["logs-aws.cloudtrail-*", "filebeat-*"],
      "kibana.alert.rule.severity_mapping": [], "kibana.alert.rule.risk_score_mapping": [],
      "kibana.alert.rule.building_block_type": "default",
    ]
    let parameters: [String: JSONValue] = [
      "max_signals": 100, "new_terms_fields": [.string(TestEvent.user), .string(TestEvent.role)],
      "history_window_start": "now-14d", "query": "event.action: UpdateAssumeRolePolicy", "type": "new_terms",
      "rule_id": "terms-rule", "risk_score": 21, "severity": "low", "version": 7, "immutable": false,
    ]
    for (key, value) in parameters { #expect(document["kibana.alert.rule.parameters"]?[key] == value, "\(key)") }
    #expect(
      document["kibana.alert.reason"] == "event with source 192.0.2.7 by eve created low alert A new terms rule.")
    for (key, value) in expected { #expect(document[key] == value, "\(key)") }
    for key in ["reason", "url", "rule.uuid", "rule.execution.uuid"] {
      #expect(document["kibana.alert." + key]?.stringValue?.isEmpty == false, "\(key)")
    }
    #expect(document["kibana.alert.url"]?.stringValue?.contains(alert.id) == true)
    #expect(document["event.kind"] == "signal" && document["event"]?["kind"] == nil)
    #expect(document["event"]?["action"] == "UpdateAssumeRolePolicy")
    #expect(document["user"]?["name"] == "eve")
    #expect(document["source"]?["ip"] == "192.0.2.7")
  }

  @Test("An alert says who made its rule and when, as Kibana does of every rule: by the export, the file, or the run")
  func ruleProvenance() throws {
    func members(_ change: (inout Rule) -> Void) throws -> [JSONValue?] {
      var rule = try Self.rule()
      change(&rule)
      let document = try #require(TestHunt([rule]).alerts(Self.record).first).document
      #expect(document["kibana.alert.rule.parameters"]?["immutable"] == document["kibana.alert.rule.immutable"])
      return ["created_at", "updated_at", "created_by", "updated_by", "immutable"].map {
        document["kibana.alert.rule." + $0]
      } + [document["kibana.alert.rule.parameters"]?["rule_source"]]
    }
    let run = JSONValue.string(TestHunt.readAt.iso8601)
    #expect(try members { _ in } == [run, run, "", "", false, ["type": "internal"]])
    #expect(
      try members { $0.metadata = RuleMetadata(entries: ["creation_date": "2025/02/03", "updated_date": "soon"]) }
        == ["2025-02-03T00:00:00.000Z", "2025-02-03T00:00:00.000Z", "", "", false, ["type": "internal"]])
    #expect(
      try members {
        $0.kibanaFields = [
          "created_at": "2024-01-01T00:00:00.000Z", "updated_at": "2024-02-01T00:00:00.000Z", "created_by": "elastic",
          "updated_by": .null, "immutable": true,
        ]
      } == [
        "2024-01-01T00:00:00.000Z", "2024-02-01T00:00:00.000Z", "elastic", "", true,
        ["type": "external", "is_customized": false],
      ])
    #expect(
      try members {
        $0.kibanaFields = ["rule_source": ["type": "external", "is_customized": true], "immutable": .null]
      }
      .suffix(2) == [false, ["type": "external", "is_customized": true]])
  }

  @Test("Ancestors name the index that holds the source, where its hit tells, and not the stream or alias")
  func ancestorIndex() throws {
    let index = ".ds-logs-aws.cloudtrail-default-2026.01.01-000003"
    let hit =
      #"{"_index":"\#(index)","_id":"one","_source":{"@timestamp":"2026-01-01T00:00:00Z","event":{"action":"x"}}}"#
    var rule = Rule.query("event.action: x")
    rule.index = ["logs-aws.cloudtrail-*"]
    let alert = try #require(try TestHunt([rule]).alerts(hit).first)
    #expect(alert.dataStream == "logs-aws.cloudtrail-default")
    #expect(try alert.document["kibana.alert.ancestors"]?[0]?["index"] == .string(index))
    var onAlerts = Rule.query("kibana.alert.rule.name: *", id: "on-alerts")
    onAlerts.index = [".alerts-security.alerts-default"]
    let first = String(decoding: alert.json, as: UTF8.self)
    let kept = #"{"_index":".internal.alerts-security.alerts-default-000001","_id":"a","_source":\#(first)}"#
    let second = try #require(try TestHunt([onAlerts]).alerts(kept).first)
    #expect(
      try second.document["kibana.alert.ancestors"]?.arrayValue?.map { $0["index"] }
        == [.string(index), ".internal.alerts-security.alerts-default-000001"])
  }

  @Test("New terms have the types of their fields, and the order of the fields")
  func types() throws {
    let rule = try Rule.newTerms(
      "event.action: *", ["aws.cloudtrail.read_only", "event.severity", "user.name"], history: "now-1d")
    let alerts = try TestHunt([rule]).alerts(
      #"{"@timestamp":"2026-01-01T00:00:00Z","event":{"action":"x","severity":["3",2.5]},"user":{"name":"1"},"aws":{"cloudtrail":{"read_only":true}}}"#
    )
    #expect(try alerts.map { try $0.document["kibana.alert.new_terms"] } == [[true, 2, "1"], [true, 3, "1"]])
  }

  @Test("An event with a hostile value still gives one line of valid JSON with every key once")
  func hostileValues() throws {
    let values = [
      #""\"}],\\\n\u0000\u001f\u2028""#, #""\ud800""#, #""\ud83d\ude00é""#, "1e300", "-0", "12345678901234567890123",
      "[[[1]]]",
      #"{"a":{"b":[{},[],null]}}"#, "[]", "{}", #"" ""#, "true", "1.0",
    ]
    let keys = [
      #""kibana.alert.uuid""#, #""event.kind""#, #""kibana.alert.rule.name""#, #""@timestamp ""#, #""a\"b""#,
      #""event.x""#,
      #""kibana""#, #""\u0065vent.kind""#,
    ]
    let rule = try Rule.newTerms("*", ["message_id"], history: "now-1d")
    let query = Rule.query("*")
    for (number, value) in values.enumerated() {
      for key in keys {
        let line =
          #"{"_id":"\#(number)","_source":{"@timestamp":"2026-01-01T00:00:00Z","message_id":\#(value),\#(key):\#(value),"event":{"action":\#(value),"kind":\#(value)}}}"#
        for alert in try TestHunt([rule, query]).alerts(line) {
          let text = String(decoding: alert.json, as: UTF8.self)
          #expect(!text.contains("\n"))
          let document = try alert.document
          #expect(document["kibana.alert.uuid"]?.stringValue == alert.id, "\(line)")
          #expect(document["event.kind"] == "signal" && document["event"]?["kind"] == nil, "\(line)")
          #expect(text.components(of: #""event.kind":"#) == 1, "\(line)")
          #expect(text.components(of: #""kibana.alert.uuid":"#) == 1, "\(line)")
          #expect(text.components(of: #""kibana.alert.rule.name":"#) == 1, "\(line)")
        }
      }
    }
  }

  @Test("An event that holds no event object still says signal")
  func noEventObject() throws {
    let alerts = try TestHunt([.query("message: *")]).alerts(
      #"{"@timestamp":"2026-01-01T00:00:00Z","message":"hello","event.action":"x","event.kind":"event"}"#)
    let document = try #require(alerts.first).document
    #expect(document["event.kind"] == "signal")
    #expect(document["kibana.alert.original_event.action"] == "x")
    #expect(document["kibana.alert.original_event.kind"] == "event")
  }

  @Test("What a field of ECS cannot hold, what is empty, and what belongs to alerts is not copied into an alert")
  func cleaned() throws {
    let alerts = try TestHunt([.query("message: *")]).alerts(
      #"{"@timestamp":"2026-01-01T00:00:00Z","message":"m","source":{"ip":"AWS Internal","port":"abc","address":"AWS Internal"},"destination":{"ip":["192.0.2.1","x"],"port":"443"},"user":{"name":{"a":"b"},"id":"7","roles":[]},"process":{},"labels":{"a":"1"},"mine":{"x":[null,{}],"y":1},"kibana":{"a":1},"signal":{"b":2},"threshold_result":{"c":3},"event":{"created":"no date","start":"2026-01-01T00:00:00Z"}}"#
    )
    let document = try #require(alerts.first).document
    #expect(document["source"] == ["address": "AWS Internal"])
    #expect(document["destination"] == ["ip": ["192.0.2.1"], "port": "443"])
    #expect(document["user"] == ["id": "7"])
    #expect(document["process"] == nil && document["kibana"] == nil && document["signal"] == nil)
    #expect(document["threshold_result"] == nil)
    #expect(document["mine"] == ["y": 1])
    #expect(document["labels"] == ["a": "1"])
    #expect(document["event"] == ["start": "2026-01-01T00:00:00Z"])
  }

  @Test("An alert on an alert lies one deeper, and names all that it descends from")
  func alertOnAlert() throws {
    var rule = Rule.query("kibana.alert.rule.name: *")
    rule.index = [".alerts-security.alerts-default"]
    let first = try #require(try TestHunt([Self.rule()]).alerts(Self.record).first)
    let text = String(decoding: first.json, as: UTF8.self)
    let hit = #"{"_index":".alerts-security.alerts-default","_id":"\#(first.id)","_source":\#(text)}"#
    let second = try #require(try TestHunt([rule]).alerts(hit).first).document
    #expect(second["kibana.alert.depth"] == 2)
    let ancestors = second["kibana.alert.ancestors"]?.arrayValue ?? []
    #expect(ancestors.count == 2)
    #expect(ancestors.first?["type"] == "event" && ancestors.first?["depth"] == 0)
    #expect(
      ancestors.last == [
        "id": .string(first.id), "type": "signal", "index": ".alerts-security.alerts-default", "depth": 1,
        "rule": try first.document["kibana.alert.rule.uuid"] ?? .null,
      ])
  }

  @Test("A hunt's alerts that are read as input are seen by rules on alerts, and not by rules on the events' stream")
  func savedAlerts() throws {
    var other = try Self.rule()
    other.ruleID = "other"
    let kept = try TestHunt([Self.rule(), other]).alerts(Self.record)
    let lines = kept.map { String(decoding: $0.json, as: UTF8.self) }
    try #require(lines.count == 2)
    var onAlerts = Rule.query("event.action: *", id: "on-alerts")
    onAlerts.index = [".alerts-security.alerts-default"]
    var onEvents = Rule.query("event.action: *", id: "on-events")
    onEvents.index = ["logs-aws.cloudtrail-*"]
    let hunt = TestHunt([onAlerts, onEvents])
    // Each alert and the record are documents of their own, whichever comes first.
    for order in [lines + [Self.record], [Self.record] + lines.reversed(), lines + [Self.record] + lines] {
      let found = try hunt.alerts(order.joined(separator: "\n"))
      // The one that this hunt makes of the record is read, too.
      let own = Set(found.filter { $0.ruleID == "on-events" }.map(\.id))
      let raised = found.filter { $0.ruleID == "on-alerts" && !own.contains($0.sourceID) }
      #expect(found.count == 2 * own.count + raised.count && own.count == 1)
      #expect(Set(raised.map(\.sourceID)) == Set(kept.map(\.id)) && raised.count == 2)
      #expect(Set(raised.map(\.id)).count == 2)
      for alert in raised {
        let ancestors = try alert.document["kibana.alert.ancestors"]?.arrayValue ?? []
        #expect(ancestors.map { $0["index"] } == ["logs-aws.cloudtrail-default", ".alerts-security.alerts-default"])
        #expect(ancestors.last?["id"] == .string(alert.sourceID))
      }
      let onRecord = found.filter { $0.ruleID == "on-events" }
      #expect(onRecord.count == 1)
      #expect(onRecord.first?.dataStream == "logs-aws.cloudtrail-default")
    }
    // A hit of Elasticsearch and the document by itself are one alert.
    let hits = kept.map {
      #"{"_index":".internal.alerts-security.alerts-default-000003","_id":"\#($0.id)","_source":"#
        + String(decoding: $0.json, as: UTF8.self) + "}"
    }
    let alone = try hunt.alerts(lines.joined(separator: "\n")).map(\.id)
    #expect(try hunt.alerts((hits + lines).joined(separator: "\n")).map(\.id) == alone)
  }

  @Test("An alert that is read as input does not set its event's policy a second time")
  func alertsSetNothing() throws {
    func record(_ number: Int) -> String {
      let policy =
        #"{\"Statement\":[{\"Effect\":\"Allow\",\"Principal\":{\"AWS\":\"11112222333\#(number)\"},\"Action\":\"sts:AssumeRole\"}]}"#
      return #"{"eventVersion":"1.08","eventID":"e\#(number)","eventTime":"2026-01-01T00:\#(number)3:00Z","#
        + #""eventSource":"iam.amazonaws.com","eventName":"UpdateAssumeRolePolicy","recipientAccountId":"111122223333","#
        + #""requestParameters":{"roleName":"ops","policyDocument":"\#(policy)"}}"#
    }
    var slow = Rule.query("event.action: *")
    slow.schedule = RuleSchedule(interval: try Interval("30m"), from: try DateMath("now-30m"))
    // Its alert is younger than what has been set meanwhile.
    let kept = try #require(try TestHunt([slow]).alerts(record(1)).first)
    try #require(kept.tick > (try #require(Timestamp(iso8601: "2026-01-01T00:23:00Z"))))
    func policies(_ texts: [String]) throws -> [JSONValue?] {
      let found = try TestHunt([.query("event.action: *")]).alerts(texts.joined(separator: "\n"))
      return try found.filter { $0.sourceID != kept.id }.map { try $0.document["martlet"]?["policies"] }
    }
    let expected = try policies([record(1), record(2), record(4)])
    #expect(expected.count == 3 && Set(expected).count == 3 && !expected.contains(nil))
    let alert = String(decoding: kept.json, as: UTF8.self)
    #expect(try policies([record(1), record(2), alert, record(4)]) == expected)
    // Nor where the event itself is not in the input.
    #expect(try policies([record(2), alert, record(4)]) == policies([record(2), record(4)]))
  }
}

extension String {
  /// How often a text occurs.
  fileprivate func components(of text: String) -> Int { ranges(of: text).count }
}
