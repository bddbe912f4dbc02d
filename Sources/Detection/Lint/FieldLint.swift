import CloudTrail
import Events
import Query
import Rules

/// Looks for fields that the events of a rule cannot have.
struct FieldLint {
  let catalog: FieldCatalog

  func check(_ report: inout LintReport) {
    let rule = report.rule
    guard rule.language == .kuery, let query = try? RuleQuery.asWritten(rule), readsOnlyCloudTrail(rule, query) else {
      return
    }
    for case .named(let path) in query.fields where isUnfilled(path) {
      report.add("field-unfilled", inQueryAt: path, message(path))
    }
    for (at, path) in (rule.newTerms?.fields ?? []).enumerated() where isUnfilled(path) {
      report.add("field-unfilled", at: RuleKeyPath("new_terms_fields").appending(at), message(path))
    }
    for (at, path) in rule.investigationFields.enumerated() where isUnfilled(path) {
      report.add("field-unfilled", at: RuleKeyPath("investigation_fields.field_names").appending(at), message(path))
    }
  }

  private func message(_ path: String) -> String { "No CloudTrail record fills the field `\(path)`." }

  /// True for a field that is known (what is not is a matter of `rules check`) and that no record fills.
  private func isUnfilled(_ path: String) -> Bool {
    let field = catalog.resolve(path)
    guard field.isKnown, !path.hasPrefix("_"), !path.contains("*") else { return false }
    // An object is there when something below it is.
    if case .object? = catalog.type(of: path) { return false }
    return !FieldGroup.isFilled(field.sourcePath)
  }

  /// True when the rule's indices, or what its query requires, leave CloudTrail's events alone.
  private func readsOnlyCloudTrail(_ rule: Rule, _ query: Predicate) -> Bool {
    let patterns = rule.readPattern.patterns.filter { !$0.hasPrefix("-") }
    if !patterns.isEmpty, patterns.allSatisfy({ $0.hasPrefix("logs-aws.cloudtrail-") }) { return true }
    let parts: [Predicate] = if case .and(let parts) = query { parts } else { [query] }
    return parts.contains { part in
      guard case .test(.named(let path), let test) = part, ["event.dataset", "data_stream.dataset"].contains(path)
      else {
        return false
      }
      return test == .match(EventContext.dataset) || test == .phrase(EventContext.dataset)
    }
  }
}
