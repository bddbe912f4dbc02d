/// Checks the fields that a rule names outside its query.
enum FieldCheck {
  /// - Parameter rows: what the rule's query gives, where its rows become alerts.
  static func check(_ report: inout RuleReport, _ knowledge: RuleKnowledge, _ rows: QueryInspection.Rows?) {
    guard knowledge.isKnownField != nil else { return }
    for (path, field) in report.rule.fieldsBesideQuery where !IdentityCheck.isBlank(field) {
      // By which time an event counts is looked up in the event, before the query runs.
      guard let rows, path != "timestamp_override" else {
        if let message = message(field, knowledge) { report.warning(path, message) }
        continue
      }
      if isColumn(field, rows) { continue }
      if rows.areWhole {
        report.warning(path, "The rows of the query have no column `\(field)`, and nothing else makes up their alerts.")
      } else if let message = message(field, knowledge) {
        report.warning(path, message)
      }
    }
  }

  private static func isColumn(_ field: String, _ rows: QueryInspection.Rows) -> Bool {
    guard field.contains("*") else { return rows.columns.contains(field) }
    let start = field.prefix { $0 != "*" }
    return rows.columns.contains { $0.hasPrefix(start) }
  }

  /// What to say of a field, or of a pattern of fields; nil when events may have it.
  static func message(_ field: String, _ knowledge: RuleKnowledge) -> String? {
    guard let isKnown = knowledge.isKnownField, !isKnown(field) else { return nil }
    let meant = knowledge.suggestField?(field).map { "; did you mean `\($0)`?" } ?? "."
    let what = field.contains("*") ? "a field that matches `\(field)`" : "the field `\(field)`"
    return "No event is known to have \(what)\(meant)"
  }
}
