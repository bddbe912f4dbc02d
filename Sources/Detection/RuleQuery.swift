import Events
import Query
import Rules

/// What a rule's query and filters ask for together.
public enum RuleQuery {
  /// The rule's query and filters as one predicate; throws `QuerySyntaxError` or `FilterError`, and `UnrunnableRule` where
  /// Elasticsearch would refuse them for the type of a field, or a filter is sound and not supported.
  public static func predicate(_ rule: Rule) throws -> Predicate { try predicate(rule, .standard) }

  /// The same, with the types of a catalog.
  public static func predicate(_ rule: Rule, _ catalog: FieldCatalog) throws -> Predicate {
    let query = try KQL.query(rule.query ?? "")
    let filters = try filters(of: rule)
    if let reason = refusal(query, filters, catalog) ?? refusal(ofTerms: rule, catalog) {
      throw UnrunnableRule(rule: rule, reason: reason)
    }
    return Predicate.and([query.predicate, filters]).simplified()
  }

  private static func filters(of rule: Rule) throws -> Predicate {
    do {
      return try RuleFilters.predicate(rule.filters)
    } catch {
      guard error.isUnsupported else { throw error }
      throw UnrunnableRule(rule: rule, reason: sentence(unsupported: error))
    }
  }

  /// Why a rule takes no part in hunts though nothing is wrong with it, a sentence; nil where it does, or where it is wrong.
  public static func obstacle(_ rule: Rule, _ catalog: FieldCatalog = .standard) -> String? {
    if let reason = rule.runnability.reason { return reason }
    do {
      _ = try predicate(rule, catalog)
    } catch let error as UnrunnableRule {
      return error.reason
    } catch {
      return nil
    }
    return nil
  }

  static func sentence(unsupported error: FilterError) -> String {
    "A filter holds what is not supported yet: \(error)."
  }

  /// The rule's query and filters as one predicate, whether Elasticsearch would refuse them or not; throws
  /// `QuerySyntaxError` or `FilterError`.
  static func asWritten(_ rule: Rule) throws -> Predicate {
    Predicate.and([try KQL.parse(rule.query ?? ""), try RuleFilters.predicate(rule.filters)]).simplified()
  }

  /// Why Elasticsearch would fail to group by a rule's new terms fields, a sentence; nil where it would not.
  static func refusal(ofTerms rule: Rule, _ catalog: FieldCatalog) -> String? {
    for field in rule.newTerms?.fields ?? [] {
      switch catalog.resolve(field).type {
      case .text: return "Elasticsearch cannot group by the words of a text: `\(field)` gives no new terms."
      case .binary, .geoPoint: return "Elasticsearch cannot group by the field `\(field)`, so it gives no new terms."
      default: continue
      }
    }
    return nil
  }

  /// Why Elasticsearch would fail every execution of a rule in view of what the values of fields were that nothing else is
  /// known of; nil where it would not.
  static func refusal(_ rule: Rule, _ catalog: FieldCatalog, _ kinds: [String: FieldKinds]) -> String? {
    let known = kinds.compactMapValues(\.type)
    guard !known.isEmpty, let query = try? KQL.query(rule.query ?? ""),
      let filters = try? RuleFilters.predicate(rule.filters),
      let reason = refusal(query, filters, catalog, known: known)
    else { return nil }
    return reason + " The type is that of the field's values in the input; --mapping may say otherwise."
  }

  /// Why Elasticsearch would fail every execution, a sentence; nil where it would not, as far as types are known.
  ///
  /// - Parameter known: the types of fields that the catalog does not know, as the data has them.
  static func refusal(
    _ query: KQLQuery?, _ filters: Predicate?, _ catalog: FieldCatalog, known: [String: FieldType] = [:]
  ) -> String? {
    let judge = QueryJudge(catalog, known: known)
    if let refusal = query?.refusal(judge) {
      return "Elasticsearch refuses the query: \(refusal.sentence) (line \(refusal.line), column \(refusal.column))."
    }
    return filters.flatMap(judge.refusal).map { "Elasticsearch refuses a filter: \($0)." }
  }
}
