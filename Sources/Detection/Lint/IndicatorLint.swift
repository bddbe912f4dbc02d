import Events
import Query
import Rules

/// Looks for indicator match rules that compare with what nobody meant.
struct IndicatorLint {
  let catalog: FieldCatalog

  func check(_ report: inout LintReport) {
    guard let match = report.rule.threatMatch, report.rule.type == .threatMatch else { return }
    for (at, group) in match.mapping.enumerated() {
      for (place, entry) in group.entries.enumerated() where !catalog.resolve(entry.value).isKnown {
        report.add(
          "indicator-field",
          at: RuleKeyPath("threat_mapping").appending(at).appending("entries").appending(place).appending("value"),
          "No indicator is known to have the field `\(entry.value)`, so that the entry is equal to none: see "
            + "`threat.indicator.*` in the Elastic Common Schema.")
      }
    }
    guard let predicate = try? RuleQuery.indicators(report.rule, catalog), predicate == .all else { return }
    report.add(
      "all-indicators", at: "threat_query",
      "The query takes every document for an indicator, of any age and confidence: ask for the fields that are compared, "
        + "and for a time, as in `@timestamp >= \"now-30d/d\"`.")
  }
}
