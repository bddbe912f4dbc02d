import Events
import Query
import Rules

/// Looks for keys of flattened fields in EQL, which Elasticsearch's analysis refuses there, so that the rule would run here alone.
struct FlattenedKeyLint {
  let catalog: FieldCatalog

  func check(_ report: inout LintReport) {
    guard report.rule.type == .eql, let plan = try? RuleQuery.eqlPlan(report.rule, catalog) else { return }
    let named = plan.items.flatMap { item in
      item.predicate.fields.compactMap(\.text) + item.keys.map(\.field)
    }
    var told: Set<String> = []
    for path in named where told.insert(path).inserted {
      guard let root = catalog.resolve(path).flattenedRoot, root != path else { continue }
      report.add(
        "flattened-key", inQueryAt: path,
        "Elasticsearch's EQL knows no `\(path)`, a key of a flattened field: match the text form instead.")
    }
  }
}
