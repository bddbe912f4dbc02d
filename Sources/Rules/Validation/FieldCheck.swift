/// Checks the fields that a rule names outside its query.
enum FieldCheck {
  static func check(_ report: inout RuleReport, _ knowledge: RuleKnowledge) {
    guard knowledge.isKnownField != nil else { return }
    let rule = report.rule
    func look(_ fields: [String], _ path: RuleKeyPath) {
      for (at, field) in fields.enumerated() where !IdentityCheck.isBlank(field) {
        if let message = message(field, knowledge) { report.warning(path.appending(at), message) }
      }
    }
    look(rule.newTerms?.fields ?? [], "new_terms_fields")
    look(rule.threshold?.fields ?? [], "threshold.field")
    look(rule.alertSuppression?.groupBy ?? [], "alert_suppression.group_by")
    look(rule.investigationFields, "investigation_fields.field_names")
    for (key, field) in [
      ("timestamp_override", rule.timestampOverride), ("rule_name_override", rule.ruleNameOverride),
    ] {
      guard let field, let message = message(field, knowledge) else { continue }
      report.warning(RuleKeyPath(key), message)
    }
  }

  /// What to say of a field; nil when it is known, or a pattern.
  static func message(_ field: String, _ knowledge: RuleKnowledge) -> String? {
    guard let isKnown = knowledge.isKnownField, !field.contains("*"), !isKnown(field) else { return nil }
    let meant = knowledge.suggestField?(field).map { "; did you mean `\($0)`?" } ?? "."
    return "No event is known to have the field `\(field)`\(meant)"
  }
}
