import CloudTrail
import Events
import JSON
import Policies
import Rules

/// Makes alerts out of kept records and the executions that found them.
final class AlertBuilder {
  let writer: EventJSON
  /// Writes indicators while the other one's event is looked at.
  private let indicatorWriter: EventJSON
  let catalog: FieldCatalog
  let policies: PolicyHistory
  let sessions: SessionIndex
  let policyReader = PolicyReader()
  private let cleaner: SourceCleaner

  init(_ context: EventContext, catalog: FieldCatalog, policies: PolicyHistory, sessions: SessionIndex) {
    writer = EventJSON(context)
    indicatorWriter = EventJSON(context)
    self.sessions = sessions
    self.policies = policies
    self.catalog = catalog
    cleaner = SourceCleaner(catalog)
  }

  /// The alert that an execution of a rule creates.
  ///
  /// - Parameter kept: who has the events that the alert stands on.
  func alert(
    _ rule: HuntRule, _ document: RuleDocument, _ planned: HuntResult.PlannedAlert, context: AlertContext?,
    _ kept: HuntFindings
  ) throws -> Alert {
    switch planned.finding.basis {
    case .event, .match: try eventAlert(rule, document, planned, context: context, kept)
    case .row(let row) where row.isEvent:
      try eventAlert(rule, document, planned, context: context, kept, over: row)
    case .row(let row): try rowAlert(rule, document, row, planned, context: context, kept)
    case .group(let group): try groupAlert(rule, document, group, planned, context: context, kept)
    case .sequence(let found): try sequenceAlert(rule, document, found, planned, context: context, kept)
    }
  }

  /// An alert that is a part of another one.
  struct Block {
    var id: String
    /// The id of the alert that it is a part of, and its place there.
    var group: String
    var place: Int
  }

  /// The alert on one event.
  ///
  /// - Parameter over: what a query made of the event, which lies over what it says itself.
  func eventAlert(
    _ rule: HuntRule, _ document: RuleDocument, _ planned: HuntResult.PlannedAlert, context: AlertContext?,
    _ kept: HuntFindings, block: Block? = nil, over: FoundRow? = nil
  ) throws -> Alert {
    guard let reference = planned.kept else { preconditionFailure("an event that gives an alert is kept") }
    let rule = rule.rule
    let ingested = try kept.ingestionTime(of: reference)
    return try kept.withRow(reference) { row in
      let stream = try writer.dataStream(row)
      let index = try writer.documentIndex(row) ?? stream
      return try writer.withEvent(row, ingested: ingested) { source in
        var overlaid = try over.map { try JSONDocument($0.laid(over: source)[...]) }
        var told: JSONValue?
        if case .match(let match) = planned.finding.basis {
          overlaid = try JSONDocument(match.enriching(source, rule, indicatorWriter)[...])
          told = match.told
        }
        let event = overlaid?.root ?? source
        let fields = EventFields(event)
        let paths = rule.newTerms?.fields ?? []
        let terms = planned.terms.enumerated().map { place, term in
          term.isHash && place < paths.count ? term.inFull(fields.all(paths[place])) : term
        }
        var evidence = planned.evidence
        for place in evidence.terms.indices where place < terms.count { evidence.terms[place].term = terms[place] }
        let id = try writer.documentID(row) ?? EventFields(source).first("event.id") ?? row.id.text
        var standing = AlertStanding(
          id: AlertID.ofEvent(
            id, in: stream, byRule: rule.ruleID,
            telling: terms.map { "\($0.kind.rawValue):\($0.text)" } + (over?.expanded ?? [])),
          stream: stream, sourceID: id, ancestry: AlertAncestry(source, id: id, index: index),
          originalTime: row.ownTime, eventTime: row.ownTime ?? Timestamp(milliseconds: planned.sighting.time))
        standing.terms = terms
        if !terms.isEmpty { standing.members["kibana.alert.new_terms"] = .array(terms.map(\.json)) }
        if let block {
          standing.become(block)
        } else if let suppressed = planned.finding.suppressed {
          standing.suppressed = suppressed
          // Of a group it is the oldest event, which later ones may be, too.
          if rule.type == .query || rule.type == .savedQuery {
            standing.id = AlertID.hash(
              [
                stream, id, rule.ruleID, suppressed.terms.json.text, suppressed.start.iso8601,
                suppressed.end.iso8601,
              ])
          }
        }
        let session = SessionUse(fields, time: standing.eventTime.milliseconds).flatMap(sessions.chain)
        var explanation = try explanation(
          document, evidence, fields, row, context, session, timeField: evidence.field ?? timeField(rule, row, fields))
        if let told, case .object(var members) = explanation {
          members["indicators"] = told
          explanation = .object(members)
        }
        return compose(rule, document, event, standing, tick: planned.tick, explanation)
      }
    }
  }

  /// The document of an alert.
  ///
  /// - Parameters:
  ///   - event: the event that it stands on, or what is told in place of one.
  ///   - explanation: what stands under `martlet`.
  func compose(
    _ rule: Rule, _ document: RuleDocument, _ event: JSONNode, _ standing: AlertStanding, tick: Timestamp,
    _ explanation: JSONValue
  ) -> Alert {
    let id = standing.id
    let fields = EventFields(event)
    let overrides = standing.appliesOverrides ? AlertOverrides(event) : nil
    let severity = overrides?.severity(rule) ?? rule.severity
    let risk = overrides?.riskScore(rule) ?? Double(rule.riskScore)
    let name = overrides?.name(rule) ?? rule.name
    let who = AlertedCall(fields)
    var own: [String: JSONValue] = [
      "kibana.alert.uuid": .string(id), "kibana.alert.status": "active", "kibana.alert.workflow_status": "open",
      "kibana.alert.workflow_tags": [], "kibana.alert.workflow_assignee_ids": [],
      "kibana.alert.start": .string(tick.iso8601),
      "kibana.alert.last_detected": .string(tick.iso8601),
      "kibana.alert.reason": .string(AlertReason.text(fields, severity, name)),
      "kibana.alert.severity": .string(severity.rawValue),
      "kibana.alert.risk_score": risk == risk.rounded() ? .integer(Int64(risk)) : .double(risk),
      "kibana.alert.url": .string(
        "/app/security/alerts/redirect/\(id)?index=\(Self.index)&timestamp=\(tick.iso8601)"),
      "kibana.alert.intended_timestamp": .string(tick.iso8601),
      "kibana.alert.rule.execution.timestamp": .string(tick.iso8601),
      "kibana.alert.rule.execution.uuid": .string(
        AlertID.uuid(of: ["execution", rule.ruleID, String(tick.milliseconds)])),
      "kibana.alert.rule.name": .string(name),
      "kibana.space_ids": ["default"], "kibana.version": "8.17.0",
      "kibana.alert.depth": .integer(standing.ancestry.depth),
      "kibana.alert.ancestors": .array(standing.ancestry.ancestors), "martlet": explanation,
    ]
    if let suppressed = standing.suppressed {
      own.merge(suppressed.members(madeAt: tick)) { _, mine in mine }
      if case .object(var told) = explanation {
        told["suppression"] = SuppressedAlert.told(count: suppressed.count, end: suppressed.end, suppressed.growth)
        own["martlet"] = .object(told)
      }
    }
    if let time = standing.originalTime { own["kibana.alert.original_time"] = .string(time.iso8601) }
    own.merge(standing.members) { _, mine in mine }
    let cleaner = standing.blocks.isEmpty ? cleaner : cleaner.keepingEmptyLists
    let mine = (own.map { ($0.key, Array($0.value.text.utf8)) } + original(event, cleaner)).sorted { $0.0 < $1.0 }
    let members = Self.merged(document.members.filter { own[$0.key] == nil }, mine)
    return Alert(
      id: id, dataStream: standing.stream, sourceID: standing.sourceID,
      lastEvent: standing.lastEvent.map { ($0.id, $0.time) } ?? (standing.sourceID, standing.eventTime), tick: tick,
      eventTime: standing.eventTime,
      ruleID: rule.ruleID, ruleName: name, severity: severity, riskScore: risk, newTerms: standing.terms,
      call: standing.call ?? who, json: text(of: event, cleaner, tick: tick, members: members),
      buildingBlocks: standing.blocks)
  }

  /// What stands under `martlet`.
  private func explanation(
    _ document: RuleDocument, _ evidence: Evidence, _ fields: EventFields, _ row: RecordRow, _ context: AlertContext?,
    _ session: SessionChain?, timeField: String
  ) throws -> JSONValue {
    var members: [String: JSONValue] = [
      "evidence": evidence.json(query: document.evidenceQuery.text(evidence, timeField: timeField))
    ]
    if let guide = document.guide { members["guide"] = .string(guide.rendered(fields.all)) }
    if let reading = try policyReader.read(row) {
      let changes = policies.changes(reading.settings, at: reading.event)
      if !changes.isEmpty { members["policies"] = .array(changes.map(\.json)) }
    }
    for name in ["network", "policy", "trail"] {
      if let judged = fields.object("martlet.\(name)").map({ JSONValue($0) }) { members[name] = judged }
    }
    if let context { members["context"] = context.json }
    if let session { members["session"] = session.json }
    return .object(members)
  }

  /// The field that gave the event its time.
  func timeField(_ rule: Rule, _ row: RecordRow, _ fields: EventFields) -> String {
    guard let override = rule.timestampOverride, fields.first(override) != nil else { return "@timestamp" }
    // A record of CloudTrail gets its time of ingestion from the replay; outside of it `@timestamp` is what is known.
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

  /// The event's members as far as their fields can hold them, `@timestamp` and `event.kind` being the alert's, then the
  /// alert's own.
  private func text(
    of event: JSONNode, _ cleaner: SourceCleaner, tick: Timestamp, members: [(key: String, json: [UInt8])]
  ) -> [UInt8] {
    var json: [UInt8] = []
    json.reserveCapacity(8192)
    json.append(contentsOf: Array("{\"@timestamp\":\"\(tick.iso8601)\",\"event.kind\":\"signal\"".utf8))
    cleaner.append(event, to: &json)
    for (key, value) in members {
      json.append(UInt8(ascii: ","))
      JSONString.appendQuoted(key, to: &json)
      json.append(UInt8(ascii: ":"))
      json.append(contentsOf: value)
    }
    json.append(UInt8(ascii: "}"))
    return json
  }

  /// `kibana.alert.original_event.*` and `kibana.alert.original_data_stream.*`: the event's own, as far as their
  /// fields can hold them.
  private func original(_ event: JSONNode, _ cleaner: SourceCleaner) -> [(key: String, json: [UInt8])] {
    var members: [(String, [UInt8])] = []
    event.forEachMember { key, value in
      let name = String(decoding: key, as: UTF8.self)
      for object in ["event", "data_stream"] {
        func add(_ inner: String, _ value: JSONNode) {
          guard let value = cleaner.cleaned(value, "\(object).\(inner)") else { return }
          members.append(("kibana.alert.original_\(object).\(inner)", value))
        }
        if name == object {
          value.forEachMember { inner, value in add(String(decoding: inner, as: UTF8.self), value) }
        } else if name.hasPrefix(object + ".") {
          add(String(name.dropFirst(object.count + 1)), value)
        }
      }
    }
    return members
  }
}
