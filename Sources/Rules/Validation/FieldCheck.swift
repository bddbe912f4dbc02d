/// Checks the fields that a rule names outside its query.
enum FieldCheck {
  static func check(_ report: inout RuleReport, _ knowledge: RuleKnowledge) {
    guard knowledge.isKnownField != nil else { return }
    for (path, field) in report.rule.fieldsBesideQuery where !IdentityCheck.isBlank(field) {
      if let message = message(field, knowledge) { report.warning(path, message) }
    }
  }

  /// What to say of a field, or of a pattern of fields; nil when events may have it.
  static func message(_ field: String, _ knowledge: RuleKnowledge) -> String? {
    guard let isKnown = knowledge.isKnownField, !isKnown(field) else { return nil }
    let meant = knowledge.suggestField?(field).map { "; did you mean `\($0)`?" } ?? "."
    let what = field.contains("*") ? "a field that matches `\(field)`" : "the field `\(field)`"
    return "No event is known to have \(what)\(meant)"
  }
}
