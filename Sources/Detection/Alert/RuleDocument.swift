import Events
import JSON
import Rules

/// What every alert of a rule says about the rule, as JSON members that are written once.
struct RuleDocument: Sendable {
  /// `"key":value` pairs in alphabetical order of their keys.
  let members: [(key: String, json: [UInt8])]
  /// The investigation guide; nil when the rule has none.
  let guide: GuideTemplate?
  /// Shows the events behind an alert.
  let evidenceQuery: EvidenceQuery

  /// - Parameter readAt: when the rule was read, which is when it came to be here where nothing else tells.
  init(_ huntRule: HuntRule, catalog: FieldCatalog, readAt: Timestamp) {
    let rule = huntRule.rule
    guide = rule.note.map { GuideTemplate($0, catalog: catalog) }
    evidenceQuery = EvidenceQuery(huntRule.predicate, catalog: catalog)
    var values: [String: JSONValue] = [
      "kibana.alert.rule.category": .string(Self.category(rule.type)),
      "kibana.alert.rule.consumer": "siem",
      "kibana.alert.rule.producer": "siem",
      "kibana.alert.rule.execution.type": "scheduled",
      "kibana.alert.rule.rule_type_id": .string(Self.typeID(rule.type)),
      "kibana.alert.rule.name": .string(rule.name),
      "kibana.alert.rule.uuid": .string(RuleUUID.of(rule.ruleID)),
      "kibana.alert.rule.rule_id": .string(rule.ruleID),
      "kibana.alert.rule.type": .string(rule.type.rawValue),
      "kibana.alert.rule.version": .integer(Int64(rule.version)),
      "kibana.alert.rule.description": .string(rule.description),
      "kibana.alert.rule.author": .strings(rule.authors),
      "kibana.alert.rule.tags": .strings(rule.tags),
      "kibana.alert.rule.references": .strings(rule.references),
      "kibana.alert.rule.false_positives": .strings(rule.falsePositives),
      "kibana.alert.rule.threat": .array(rule.threats.map(Self.threat)),
      "kibana.alert.rule.severity": .string(rule.severity.rawValue),
      "kibana.alert.rule.risk_score": .integer(Int64(rule.riskScore)),
      "kibana.alert.rule.enabled": .bool(rule.isEnabled),
      "kibana.alert.rule.interval": .string(rule.schedule.interval.text),
      "kibana.alert.rule.from": .string(rule.schedule.from.text),
      "kibana.alert.rule.to": .string(rule.schedule.to.text),
    ]
    if let license = rule.license { values["kibana.alert.rule.license"] = .string(license) }
    if let note = rule.note { values["kibana.alert.rule.note"] = .string(note) }
    if let override = rule.timestampOverride { values["kibana.alert.rule.timestamp_override"] = .string(override) }
    if let type = rule.buildingBlockType { values["kibana.alert.building_block_type"] = .string(type) }
    let fields = RuleWriter.fields(rule)
    values["kibana.alert.rule.parameters"] = .object(Self.parameters(fields))
    for (key, value) in Self.kept(rule, fields, readAt) { values["kibana.alert.rule." + key] = value }
    members = values.map { ($0.key, Array($0.value.text.utf8)) }.sorted { $0.key < $1.key }
  }

  /// What the alerting framework keeps beside the parameters.
  private static let notParameters: Set<String> = [
    "id", "name", "tags", "enabled", "interval", "actions", "throttle", "created_at", "created_by", "updated_at",
    "updated_by", "revision", "execution_summary",
  ]

  /// The rule's parameters as the alerting framework keeps them: one object.
  private static func parameters(_ fields: [String: JSONValue]) -> [String: JSONValue] {
    var values = fields.filter { !notParameters.contains($0.key) && $0.value != .null }
    let immutable = values["immutable"]?.boolValue ?? false
    values["immutable"] = .bool(immutable)
    // As Kibana fills it in where a rule does not say where it comes from.
    if values["rule_source"] == nil {
      values["rule_source"] = immutable ? ["type": "external", "is_customized": false] : ["type": "internal"]
    }
    values["exceptions_list"] = fields["exceptions_list"] ?? []
    values["setup"] = fields["setup"] ?? ""
    return values
  }

  /// The other members of `kibana.alert.rule`.
  ///
  /// When the rule was made and changed, and by whom, is told as Kibana's export tells it. Kibana has each of these of every
  /// rule: times are else the dates of the rule's file, then the time at which the rule was read, as Kibana takes that of an
  /// import; nobody is an empty text.
  private static func kept(_ rule: Rule, _ fields: [String: JSONValue], _ readAt: Timestamp) -> [String: JSONValue] {
    let fields = fields.filter { $0.value != .null }
    var values: [String: JSONValue] = [
      "actions": fields["actions"] ?? [], "exceptions_list": fields["exceptions_list"] ?? [],
      "immutable": .bool(fields["immutable"]?.boolValue ?? false), "created_by": "", "updated_by": "",
      "indices": .strings(rule.readPatterns),
      "max_signals": .integer(Int64(rule.schedule.maxSignals)), "revision": fields["revision"] ?? 0,
      "risk_score_mapping": fields["risk_score_mapping"] ?? [], "severity_mapping": fields["severity_mapping"] ?? [],
    ]
    for key in [
      "created_by", "updated_by", "created_at", "updated_at", "rule_name_override", "timeline_id", "timeline_title",
      "namespace", "throttle", "building_block_type",
    ] {
      if let value = fields[key] { values[key] = value }
    }
    let created = values["created_at"] ?? date("creation_date", of: rule)
    let updated = values["updated_at"] ?? date("updated_date", of: rule)
    values["created_at"] = created ?? updated ?? .string(readAt.iso8601)
    values["updated_at"] = updated ?? created ?? .string(readAt.iso8601)
    if case .object(let meta)? = fields["meta"] {
      for (key, value) in meta { values["meta." + key] = value }
    }
    return values
  }

  /// The start of a day that the rule's file names.
  private static func date(_ key: String, of rule: Rule) -> JSONValue? {
    guard let date = rule.metadata.entries[key]?.stringValue else { return nil }
    return Timestamp(iso8601: date.replacing("/", with: "-") + "T00:00:00.000Z").map { .string($0.iso8601) }
  }

  private static func threat(_ threat: Threat) -> JSONValue {
    [
      "framework": .string(threat.framework),
      "tactic": [
        "id": .string(threat.tactic.id), "name": .string(threat.tactic.name),
        "reference": .string(threat.tactic.reference),
      ],
      "technique": .array(
        threat.techniques.map { technique in
          [
            "id": .string(technique.id), "name": .string(technique.name), "reference": .string(technique.reference),
            "subtechnique": .array(
              technique.subtechniques.map {
                ["id": .string($0.id), "name": .string($0.name), "reference": .string($0.reference)]
              }),
          ]
        }),
    ]
  }

  static func category(_ type: RuleType) -> String {
    switch type {
    case .query: "Custom Query Rule"
    case .savedQuery: "Saved Query Rule"
    case .eql: "Event Correlation Rule"
    case .esql: "ES|QL Rule"
    case .threshold: "Threshold Rule"
    case .newTerms: "New Terms Rule"
    case .threatMatch: "Indicator Match Rule"
    case .machineLearning: "Machine Learning Rule"
    case .correlation: "Sigma Correlation Rule"
    }
  }

  static func typeID(_ type: RuleType) -> String {
    switch type {
    case .query: "siem.queryRule"
    case .savedQuery: "siem.savedQueryRule"
    case .eql: "siem.eqlRule"
    case .esql: "siem.esqlRule"
    case .threshold: "siem.thresholdRule"
    case .newTerms: "siem.newTermsRule"
    case .threatMatch: "siem.indicatorRule"
    case .machineLearning: "siem.mlRule"
    case .correlation: "martlet.correlationRule"
    }
  }
}

extension JSONValue {
  static func strings(_ texts: [String]) -> JSONValue { .array(texts.map { .string($0) }) }
}
