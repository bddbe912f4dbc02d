extension Rule {
  /// The fields of events that the rule names outside of its query and filters, with their places.
  public var fieldsBesideQuery: [(path: RuleKeyPath, field: String)] {
    var found: [(path: RuleKeyPath, field: String)] = []
    func add(_ fields: [String], _ path: RuleKeyPath) {
      for (at, field) in fields.enumerated() { found.append((path.appending(at), field)) }
    }
    func add(_ fields: [String], _ key: String, _ member: String) {
      for (at, field) in fields.enumerated() {
        found.append((RuleKeyPath(key).appending(at).appending(member), field))
      }
    }
    add(newTerms?.fields ?? [], "new_terms_fields")
    add(threshold?.fields ?? [], "threshold.field")
    add(threshold?.cardinality.map(\.field) ?? [], "threshold.cardinality", "field")
    add(alertSuppression?.groupBy ?? [], "alert_suppression.group_by")
    add(investigationFields, "investigation_fields.field_names")
    add(severityMapping.map(\.field), "severity_mapping", "field")
    add(riskScoreMapping.map(\.field), "risk_score_mapping", "field")
    for (at, mapping) in (threatMatch?.mapping ?? []).enumerated() {
      let path = RuleKeyPath("threat_mapping").appending(at).appending("entries")
      for (entry, names) in mapping.entries.enumerated() {
        found.append((path.appending(entry).appending("field"), names.field))
      }
    }
    for (key, field) in [
      ("timestamp_override", timestampOverride), ("rule_name_override", ruleNameOverride),
      ("timestamp_field", eql?.timestampField), ("event_category_override", eql?.eventCategoryOverride),
      ("tiebreaker_field", eql?.tiebreakerField),
    ] {
      if let field { found.append((RuleKeyPath(key), field)) }
    }
    return found
  }
}
