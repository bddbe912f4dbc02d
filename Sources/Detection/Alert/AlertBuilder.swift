import CloudTrail
import Events
import JSON
import Policies
import Rules

/// Makes alerts out of kept records and the executions that found them.
final class AlertBuilder {
  private let writer: EventJSON
  private let catalog: FieldCatalog
  private let policies: PolicyHistory
  private let policyReader = PolicyReader()

  init(_ context: EventContext, catalog: FieldCatalog, policies: PolicyHistory) {
    writer = EventJSON(context)
    self.policies = policies
    self.catalog = catalog
  }

  /// The alert that an execution of `rule` at `tick` creates on a record.
  func alert(
    _ rule: HuntRule, _ document: RuleDocument, _ row: RecordRow, _ planned: HuntResult.PlannedAlert,
    context: AlertContext?, session: SessionChain?
  ) -> Alert {
    let stream = writer.dataStream(row)
    return writer.withEvent(row) { event in
      alert(rule.rule, document, event, row, stream, planned, context, session)
    }
  }

  private func alert(
    _ rule: Rule, _ document: RuleDocument, _ event: JSONNode, _ row: RecordRow, _ stream: String,
    _ planned: HuntResult.PlannedAlert, _ context: AlertContext?,
    _ session: SessionChain?
  ) -> Alert {
    let tick = planned.tick
    let terms = planned.terms
    let fields = EventFields(event)
    let source = writer.documentID(row) ?? fields.first("event.id") ?? row.id.text
    let id = AlertID.hash([stream, source, rule.ruleID] + terms.map { "\($0.kind.rawValue):\($0.text)" })
    let severity = mappedSeverity(rule, fields)
    let risk = mappedRisk(rule, fields)
    let name = rule.ruleNameOverride.flatMap(fields.first) ?? rule.name
    let actor =
      fields.first("user.name") ?? fields.first("aws.cloudtrail.user_identity.arn") ?? fields.first("user.id")
      ?? fields.first("aws.cloudtrail.user_identity.invoked_by") ?? fields.first("aws.cloudtrail.user_identity.type")
    let origin = fields.first("source.address") ?? fields.first("source.ip")
    let action = fields.first("event.action")
    var own: [String: JSONValue] = [
      "kibana.alert.uuid": .string(id), "kibana.alert.status": "active", "kibana.alert.workflow_status": "open",
      "kibana.alert.workflow_tags": [], "kibana.alert.workflow_assignee_ids": [], "kibana.alert.depth": 1,
      "kibana.alert.ancestors": [
        ["id": .string(source), "type": "event", "index": .string(stream), "depth": 0]
      ],
      "kibana.alert.original_time": .string(row.time.iso8601), "kibana.alert.start": .string(tick.iso8601),
      "kibana.alert.last_detected": .string(tick.iso8601),
      "kibana.alert.reason": .string(reason(action, actor, origin, severity, name)),
      "kibana.alert.severity": .string(severity.rawValue), "kibana.alert.risk_score": .integer(Int64(risk)),
      "kibana.alert.url": .string(
        "/app/security/alerts/redirect/\(id)?index=\(Self.index)&timestamp=\(tick.iso8601)"),
      "kibana.alert.intended_timestamp": .string(tick.iso8601),
      "kibana.alert.rule.execution.timestamp": .string(tick.iso8601),
      "kibana.alert.rule.execution.uuid": .string(
        AlertID.uuid(of: ["execution", rule.ruleID, String(tick.milliseconds)])),
      "kibana.alert.rule.name": .string(name),
      "kibana.space_ids": ["default"], "kibana.version": "8.17.0",
    ]
    if !terms.isEmpty { own["kibana.alert.new_terms"] = .array(terms.map(\.json)) }
    own["martlet"] = explanation(
      document, planned.evidence, fields, row, context, session, timeField: timeField(rule, row, fields))
    let mine = (own.map { ($0.key, Array($0.value.text.utf8)) } + originalEvent(event)).sorted { $0.0 < $1.0 }
    let members = Self.merged(document.members.filter { own[$0.key] == nil }, mine)
    return Alert(
      id: id, dataStream: stream, sourceID: source, tick: tick, eventTime: row.time, ruleID: rule.ruleID,
      ruleName: name,
      severity: severity,
      riskScore: risk, newTerms: terms, actor: actor, action: action, origin: origin,
      json: text(of: event, tick: tick, members: members))
  }

  /// What stands under `martlet`.
  private func explanation(
    _ document: RuleDocument, _ evidence: Evidence, _ fields: EventFields, _ row: RecordRow, _ context: AlertContext?,
    _ session: SessionChain?, timeField: String
  ) -> JSONValue {
    var members: [String: JSONValue] = [
      "evidence": evidence.json(query: document.evidenceQuery.text(evidence, timeField: timeField))
    ]
    if let guide = document.guide { members["guide"] = .string(guide.rendered(fields.all)) }
    if let reading = policyReader.read(row) {
      let changes = policies.changes(reading.settings, at: reading.event)
      if !changes.isEmpty { members["policies"] = .array(changes.map(\.json)) }
    }
    for name in ["network", "policy", "trail"] {
      if let judged = fields.object("martlet.\(name)").flatMap({ JSONValue($0) }) { members[name] = judged }
    }
    if let context { members["context"] = context.json }
    if let session { members["session"] = session.json }
    return .object(members)
  }

  /// The field that gave the event its time.
  private func timeField(_ rule: Rule, _ row: RecordRow, _ fields: EventFields) -> String {
    guard let override = rule.timestampOverride, fields.first(override) != nil else { return "@timestamp" }
    // A record of CloudTrail gets its time of ingestion from the hunt; outside of it `@timestamp` is what is known.
    return row.kind == .cloudTrail && override == EventField.eventIngested.path ? "@timestamp" : override
  }

  private typealias Member = (key: String, json: [UInt8])

  /// Two sorted lists as one.
  private static func merged(_ left: [Member], _ right: [Member]) -> [Member] {
    var members: [Member] = []
    members.reserveCapacity(left.count + right.count)
    var (l, r) = (0, 0)
    while l < left.count || r < right.count {
      if r == right.count || l < left.count && left[l].key <= right[r].key {
        members.append(left[l])
        l += 1
      } else {
        members.append(right[r])
        r += 1
      }
    }
    return members
  }

  /// Where alerts live.
  static let index = ".alerts-security.alerts-default"

  // MARK: JSON

  private static let timestampKey = Array("@timestamp".utf8)
  private static let kindKey = Array("event.kind".utf8)
  private static let alertPrefix = Array("kibana.".utf8)
  private static let explanationKey = Array("martlet".utf8)
  private static let explanationPrefix = Array("martlet.".utf8)

  /// The event's members, `@timestamp` and `event.kind` being the alert's, then the alert's own.
  private func text(of event: JSONNode, tick: Timestamp, members: [(key: String, json: [UInt8])]) -> [UInt8] {
    var json: [UInt8] = []
    json.reserveCapacity(8192)
    json.append(contentsOf: Array("{\"@timestamp\":\"\(tick.iso8601)\"".utf8))
    var hasEvent = false
    event.forEachMember { key, value in
      // The alert's own fields take the place of what the event has under their names.
      var name: [UInt8] = []
      JSONString.appendUnescaped(key, to: &name)
      if name == Self.timestampKey || name == Self.kindKey || name.starts(with: Self.alertPrefix)
        || name == Self.explanationKey || name.starts(with: Self.explanationPrefix)
      {
        return
      }
      json.append(contentsOf: [UInt8(ascii: ","), UInt8(ascii: "\"")])
      json.append(contentsOf: key)
      json.append(contentsOf: [UInt8(ascii: "\""), UInt8(ascii: ":")])
      if key.equals("event"), value.isObject {
        hasEvent = true
        appendSignal(value, to: &json)
      } else {
        json.append(contentsOf: value.sourceText)
      }
    }
    if !hasEvent { json.append(contentsOf: Array(",\"event\":{\"kind\":\"signal\"}".utf8)) }
    for (key, value) in members {
      json.append(UInt8(ascii: ","))
      JSONString.appendQuoted(key, to: &json)
      json.append(UInt8(ascii: ":"))
      json.append(contentsOf: value)
    }
    json.append(UInt8(ascii: "}"))
    return json
  }

  /// The `event` object with its kind changed to `signal`.
  private func appendSignal(_ event: JSONNode, to json: inout [UInt8]) {
    json.append(contentsOf: Array("{\"kind\":\"signal\"".utf8))
    event.forEachMember { key, value in
      guard !key.equals("kind") else { return }
      json.append(contentsOf: [UInt8(ascii: ","), UInt8(ascii: "\"")])
      json.append(contentsOf: key)
      json.append(contentsOf: [UInt8(ascii: "\""), UInt8(ascii: ":")])
      json.append(contentsOf: value.sourceText)
    }
    json.append(UInt8(ascii: "}"))
  }

  /// `kibana.alert.original_event.*`: the event's own `event.*`.
  private func originalEvent(_ event: JSONNode) -> [(key: String, json: [UInt8])] {
    var members: [(String, [UInt8])] = []
    func add(_ name: String, _ value: JSONNode) {
      members.append(("kibana.alert.original_event." + name, Array(value.sourceText)))
    }
    event.forEachMember { key, value in
      let name = String(decoding: key, as: UTF8.self)
      if name == "event" {
        value.forEachMember { inner, value in add(String(decoding: inner, as: UTF8.self), value) }
      } else if name.hasPrefix("event.") {
        add(String(name.dropFirst("event.".count)), value)
      }
    }
    return members
  }

  // MARK: What the event decides

  private func mappedSeverity(_ rule: Rule, _ fields: EventFields) -> Severity {
    rule.severityMapping.filter { mapping in fields.all(mapping.field).contains(mapping.value) }.map(\.severity).max()
      ?? rule.severity
  }

  private func mappedRisk(_ rule: Rule, _ fields: EventFields) -> Int {
    for mapping in rule.riskScoreMapping {
      let values = fields.all(mapping.field)
      if let score = mapping.riskScore, values.contains(mapping.value) { return score }
      guard mapping.riskScore == nil else { continue }
      if let score = values.compactMap(Double.init).max(), (0...100).contains(score) { return Int(score) }
    }
    return rule.riskScore
  }

  private func reason(
    _ action: String?, _ actor: String?, _ origin: String?, _ severity: Severity, _ name: String
  ) -> String {
    var text = action ?? "event"
    if let actor { text += " by \(actor)" }
    if let origin { text += " from \(origin)" }
    return text + " created \(severity.rawValue) alert \(name)."
  }
}

extension EventID {
  /// The 128 bits as 32 hexadecimal digits.
  var text: String {
    [high, low].map { part in
      let digits = String(part, radix: 16)
      return String(repeating: "0", count: 16 - digits.count) + digits
    }.joined()
  }
}
