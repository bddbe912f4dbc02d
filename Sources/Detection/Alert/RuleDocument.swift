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

  init(_ huntRule: HuntRule, catalog: FieldCatalog) {
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
      "kibana.alert.rule.uuid": .string(AlertID.uuid(of: ["rule", rule.ruleID])),
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
    if let setup = rule.setup, !setup.isEmpty { values["kibana.alert.rule.setup"] = .string(setup) }
    if let override = rule.timestampOverride { values["kibana.alert.rule.timestamp_override"] = .string(override) }
    if let type = rule.buildingBlockType { values["kibana.alert.building_block_type"] = .string(type) }
    for (key, value) in Self.parameters(rule) { values["kibana.alert.rule.parameters." + key] = value }
    members = values.map { ($0.key, Array($0.value.text.utf8)) }.sorted { $0.key < $1.key }
  }

  /// The rule's parameters as the alerting framework keeps them.
  private static func parameters(_ rule: Rule) -> [String: JSONValue] {
    var values: [String: JSONValue] = [
      "type": .string(rule.type.rawValue), "version": .integer(Int64(rule.version)), "immutable": false,
      "description": .string(rule.description), "rule_id": .string(rule.ruleID),
      "from": .string(rule.schedule.from.text), "to": .string(rule.schedule.to.text),
      "max_signals": .integer(Int64(rule.schedule.maxSignals)), "risk_score": .integer(Int64(rule.riskScore)),
      "severity": .string(rule.severity.rawValue), "threat": .array(rule.threats.map(threat)),
      "author": .strings(rule.authors), "false_positives": .strings(rule.falsePositives),
      "references": .strings(rule.references), "filters": .array(rule.filters),
      "severity_mapping": .array(
        rule.severityMapping.map {
          [
            "field": .string($0.field), "operator": .string($0.comparison), "value": .string($0.value),
            "severity": .string($0.severity.rawValue),
          ]
        }),
      "risk_score_mapping": .array(
        rule.riskScoreMapping.map {
          var mapping: [String: JSONValue] = [
            "field": .string($0.field), "operator": .string($0.comparison), "value": .string($0.value),
          ]
          if let score = $0.riskScore { mapping["risk_score"] = .integer(Int64(score)) }
          return .object(mapping)
        }),
    ]
    if let query = rule.query { values["query"] = .string(query) }
    if let language = rule.language { values["language"] = .string(language.rawValue) }
    if let index = rule.index { values["index"] = .strings(index) }
    if let note = rule.note { values["note"] = .string(note) }
    if let license = rule.license { values["license"] = .string(license) }
    if let override = rule.timestampOverride { values["timestamp_override"] = .string(override) }
    if let override = rule.ruleNameOverride { values["rule_name_override"] = .string(override) }
    if let terms = rule.newTerms {
      values["new_terms_fields"] = .strings(terms.fields)
      values["history_window_start"] = .string(terms.historyWindowStart.text)
    }
    return values
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
    }
  }
}

extension JSONValue {
  static func strings(_ texts: [String]) -> JSONValue { .array(texts.map { .string($0) }) }
}
