import Events

/// Looks for what Elastic ignores of the overrides by which events change an alert.
enum OverrideCheck {
  static func check(_ report: inout RuleReport, _ knowledge: RuleKnowledge) {
    checkSeverity(&report, knowledge)
    checkRiskScore(&report, knowledge)
    let rule = report.rule
    if let field = rule.ruleNameOverride, let kind = knowledge.type(of: field)?.valuesThatAreNoText {
      report.warning(
        "rule_name_override", "Elastic ignores the override: `\(field)` holds \(kind), and only a text gives a name.")
    }
    if let field = rule.timestampOverride, let type = knowledge.type(of: field), !type.holdsTimes {
      report.warning("timestamp_override", "`\(field)` holds no times, so it gives an event none.")
    }
  }

  private static func checkSeverity(_ report: inout RuleReport, _ knowledge: RuleKnowledge) {
    let entries = report.rule.severityMapping
    for (at, entry) in entries.enumerated() {
      func warn(_ key: String, _ reason: String) {
        report.warning(
          RuleKeyPath(steps: [.key("severity_mapping"), .index(at), .key(key)]),
          "Elastic ignores this entry of the mapping: \(reason).")
      }
      if let nested = knowledge.field(entry.field)?.nestedPath {
        warn("field", "`\(entry.field)` lies in the list of objects `\(nested)`, into which it does not look")
        continue
      }
      switch knowledge.type(of: entry.field) {
      case .boolean?: warn("field", "`\(entry.field)` holds true or false, which it does not compare")
      case .object?, .nested?, .geoPoint?:
        warn("field", "`\(entry.field)` holds objects; name a field in them")
      case .integer?, .double?, .narrow?:
        if Double(entry.value) == nil { warn("value", "`\(entry.field)` holds numbers, and “\(entry.value)” is none") }
      default: break
      }
      let others = entries.enumerated().filter { $1.field == entry.field && $1.value == entry.value }
      if others.contains(where: { $1.severity > entry.severity }) {
        warn("severity", "another entry gives the same value a higher severity, and the highest counts")
      } else if let first = others.first(where: { $1.severity == entry.severity }), first.offset < at {
        warn("field", "an entry before it says the same")
      }
    }
  }

  private static func checkRiskScore(_ report: inout RuleReport, _ knowledge: RuleKnowledge) {
    for (at, entry) in report.rule.riskScoreMapping.enumerated() {
      func path(_ key: String) -> RuleKeyPath {
        RuleKeyPath(steps: [.key("risk_score_mapping"), .index(at), .key(key)])
      }
      guard at == 0 else {
        report.warning(path("field"), "Elastic ignores this entry of the mapping: only the first one counts.")
        continue
      }
      if !entry.value.isEmpty {
        report.warning(
          path("value"), "Elastic ignores the value: the score is the number in `\(entry.field)`, whatever it is.")
      }
      if let score = entry.riskScore, 0...100 ~= score {
        report.warning(path("risk_score"), "Elastic ignores the score: it takes the number in `\(entry.field)`.")
      }
      if let kind = knowledge.type(of: entry.field)?.valuesThatAreNoNumbers {
        report.warning(
          path("field"), "Elastic ignores this entry of the mapping: `\(entry.field)` holds \(kind), and no numbers.")
      }
    }
  }
}

extension RuleKnowledge {
  /// What is known of a field; nil when nothing is.
  fileprivate func field(_ name: String) -> ResolvedField? {
    guard let field = resolveField?(name), field.isKnown else { return nil }
    return field
  }

  fileprivate func type(of name: String) -> FieldType? { field(name)?.type }
}

extension FieldType {
  /// What the values of a field are that are never texts.
  fileprivate var valuesThatAreNoText: String? {
    switch self {
    case .integer, .double, .narrow: "numbers"
    case .boolean: "true or false"
    case .object, .nested, .flattened, .geoPoint: "objects"
    case .keyword, .wildcard, .constant, .version, .analyzed, .date, .dateNanos, .ip, .binary, .dynamic: nil
    }
  }

  /// What the values of a field are that are never numbers, nor texts that are.
  fileprivate var valuesThatAreNoNumbers: String? {
    switch self {
    case .boolean: "true or false"
    case .ip: "addresses"
    case .date, .dateNanos: "times"
    case .object, .nested, .flattened, .geoPoint: "objects"
    case .integer, .double, .narrow, .keyword, .wildcard, .constant, .version, .analyzed, .binary, .dynamic: nil
    }
  }
}
