import Query
import Rules

/// What a rule's query and filters ask for together.
public enum RuleQuery {
  /// The rule's query and filters as one predicate; throws `QuerySyntaxError` or `FilterError`.
  public static func predicate(_ rule: Rule) throws -> Predicate {
    let query = try KQL.parse(rule.query ?? "")
    let filters = try RuleFilters.predicate(rule.filters)
    return Predicate.and([query, filters]).simplified()
  }
}
