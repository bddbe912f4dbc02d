import Events
import Query
import Rules

/// What a rule's query and filters ask for together.
public enum RuleQuery {
  /// The rule's query and filters as one predicate; throws `QuerySyntaxError` or `FilterError`, and `UnrunnableRule` where
  /// Elasticsearch would refuse them for the type of a field.
  public static func predicate(_ rule: Rule) throws -> Predicate { try predicate(rule, .standard) }

  /// The same, with the types of a catalog.
  public static func predicate(_ rule: Rule, _ catalog: FieldCatalog) throws -> Predicate {
    let query = try KQL.query(rule.query ?? "")
    let filters = try RuleFilters.predicate(rule.filters)
    if let reason = refusal(query, filters, catalog) { throw UnrunnableRule(rule: rule, reason: reason) }
    return Predicate.and([query.predicate, filters]).simplified()
  }

  /// The rule's query and filters as one predicate, whether Elasticsearch would refuse them or not; throws
  /// `QuerySyntaxError` or `FilterError`.
  static func asWritten(_ rule: Rule) throws -> Predicate {
    Predicate.and([try KQL.parse(rule.query ?? ""), try RuleFilters.predicate(rule.filters)]).simplified()
  }

  /// Why Elasticsearch would fail every execution, a sentence; nil where it would not, as far as types are known.
  static func refusal(_ query: KQLQuery?, _ filters: Predicate?, _ catalog: FieldCatalog) -> String? {
    let judge = QueryJudge(catalog)
    if let refusal = query?.refusal(judge) {
      return "Elasticsearch refuses the query: \(refusal.sentence) (line \(refusal.line), column \(refusal.column))."
    }
    return filters.flatMap(judge.refusal).map { "Elasticsearch refuses a filter: \($0)." }
  }
}
