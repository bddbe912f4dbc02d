import Events
import Query
import Rules

/// What a rule's query and filters ask for together.
public enum RuleQuery {
  /// Why a rule does not run.
  struct Refusal {
    /// A sentence that says the same of every rule with the same fault.
    var fault: String
    /// What else is to be said of it, a sentence.
    var remark: String?
    /// Where in the query or the filters it is; nil where it is nowhere in particular.
    var place: String?
    /// True where Elasticsearch refuses the rule too.
    var isOfElasticsearch = false

    /// All of it without the place.
    var cause: String { [fault, remark].compactMap(\.self).joined(separator: " ") }

    /// All of it.
    var sentence: String {
      guard let place else { return cause }
      return [(fault.hasSuffix(".") ? fault.dropLast() : fault[...]) + " (\(place)).", remark].compactMap(\.self)
        .joined(separator: " ")
    }
  }

  /// The rule's query and filters as one predicate; throws `QuerySyntaxError` or `FilterError`, and `UnrunnableRule` where
  /// Elasticsearch would refuse them for the type of a field, or a filter is sound and not supported.
  public static func predicate(_ rule: Rule) throws -> Predicate { try predicate(rule, .standard) }

  /// The same, with the types of a catalog.
  public static func predicate(_ rule: Rule, _ catalog: FieldCatalog) throws -> Predicate {
    let query = try read(rule, catalog)
    let filters = try filters(of: rule, catalog)
    if let refusal = refusal(query, filters, catalog) ?? refusal(ofTerms: rule, catalog) {
      throw UnrunnableRule(rule: rule, refusal)
    }
    return Predicate.and([query.predicate, filters]).simplified()
  }

  /// The rule's query, read in its language; of one in ES|QL what holds of all events that it can take. Throws `QuerySyntaxError`
  /// or `ESQLError`, and `UnrunnableRule` for what does not run yet.
  static func read(_ rule: Rule, _ catalog: FieldCatalog) throws -> KQLQuery {
    let text = rule.query ?? ""
    switch rule.language {
    case .lucene: return try Lucene.query(text, catalog)
    case .eql: return KQLQuery(try eqlPlan(rule, catalog).anyItem)
    case .esql: return KQLQuery(try parsedRows(rule).bound(catalog))
    case .sigma: return KQLQuery(try SigmaQuery(text, catalog).predicate)
    case .kuery, nil: return try KQL.query(text)
    }
  }

  /// The plan of a rule's query in EQL; throws `UnrunnableRule` where Elasticsearch refuses it for how a field is indexed.
  static func eqlPlan(_ rule: Rule, _ catalog: FieldCatalog) throws -> EQLPlan {
    let query = try EQL.parse(rule.query ?? "")
    do throws(QuerySyntaxError) {
      return try query.plan(catalog, categoryField: rule.eql?.eventCategoryOverride ?? "event.category")
    } catch {
      throw error.isOfField ? UnrunnableRule(rule: rule, refusal(of: error)) : error
    }
  }

  /// The query of a rule in ES|QL as it is written; throws `UnrunnableRule` where it asks for what is not done here.
  static func parsedRows(_ rule: Rule) throws -> ESQLQuery {
    try telling(rule) { () throws(ESQLError) in try ESQLQuery(rule.query ?? "") }
  }

  /// What is sound in ES|QL and not done here is a reason not to run, and no fault of the rule.
  private static func telling<Made>(_ rule: Rule, _ make: () throws(ESQLError) -> Made) throws -> Made {
    do throws(ESQLError) {
      return try make()
    } catch {
      if error.problems.allSatisfy(\.isOfField), let first = error.problems.first {
        throw UnrunnableRule(rule: rule, refusal(of: first))
      }
      guard error.isUnsupported else { throw error }
      let place =
        error.problems.count == 1 ? "line \(error.problems[0].line), column \(error.problems[0].column)" : nil
      throw UnrunnableRule(
        rule: rule,
        Refusal(
          fault: "The query asks for what does not run yet: \(error.problems.map(\.sentence).joined(separator: "; ")).",
          place: place))
    }
  }

  /// What a rule on several events asks of each of them: the steps of a sequence or sample in EQL, the rules of a correlation; nil for a
  /// rule of another kind. Throws as `predicate` does.
  public static func steps(_ rule: Rule, _ catalog: FieldCatalog) throws -> EQLPlan? {
    switch rule.type {
    case .eql:
      let plan = try eqlPlan(rule, catalog)
      return plan.isOfEvents ? nil : plan
    case .correlation: return try SigmaQuery(rule.query ?? "", catalog).correlation?.plan
    default: return nil
    }
  }

  /// The query of a rule in ES|QL, made ready to run. Throws `ESQLError` where it is wrong, and `UnrunnableRule` where it asks for
  /// what is not there.
  ///
  /// - Parameter tables: what `ENRICH` and `LOOKUP JOIN` look things up in, by name.
  static func rows(_ rule: Rule, _ catalog: FieldCatalog, _ tables: [String: ESQLTable]) throws -> ESQLRuleQuery {
    let query = try parsedRows(rule)
    if let reason = obstacle(query, tables) { throw UnrunnableRule(rule: rule, cause: reason) }
    let rows = try telling(rule) { () throws(ESQLError) in try ESQLRuleQuery(query, catalog, tables: tables) }
    if rows.hasMovingConditions(catalog) {
      throw UnrunnableRule(
        rule: rule,
        cause: "A full-text condition of the query counts from the time of the execution, which does not run: compare "
          + "the time with NOW() instead.")
    }
    return rows
  }

  /// Why a sound query in ES|QL does not run, a sentence; nil where it does.
  static func obstacle(_ query: ESQLQuery, _ tables: [String: ESQLTable]) -> String? {
    if query.asksModel {
      return "The query asks a language model (COMPLETION), which needs an inference endpoint: Martlet has none."
    }
    if !query.readsEvents { return "The query does not begin with FROM, so that it reads no events." }
    let missing = query.tableNames.filter { tables[$0] == nil }
    guard let first = missing.first else { return nil }
    return missing.count == 1
      ? "The query looks things up in the table “\(first)”, which was not given: --table \(first)=FILE gives it."
      : "The query looks things up in the tables “\(missing.joined(separator: "”, “"))”, which were not given: "
        + "--table NAME=FILE gives one."
  }

  private static func filters(of rule: Rule, _ catalog: FieldCatalog) throws -> Predicate {
    do {
      return try RuleFilters.predicate(rule.filters, catalog)
    } catch {
      guard error.isUnsupported else { throw error }
      throw UnrunnableRule(rule: rule, refusal(unsupported: error))
    }
  }

  /// Why a rule takes no part in hunts, a sentence; nil where it does, as far as its query and filters say.
  public static func obstacle(
    _ rule: Rule, _ catalog: FieldCatalog = .standard, tables: [String: ESQLTable] = [:]
  ) -> String? {
    if let reason = rule.runnability.reason { return reason }
    do {
      _ = try predicate(rule, catalog)
      if rule.type == .esql { _ = try rows(rule, catalog, tables) }
    } catch let error as UnrunnableRule {
      return error.reason
    } catch let error as QuerySyntaxError {
      return "The query cannot be read: \(error.sentence) (line \(error.line), column \(error.column))."
    } catch let error as ESQLError {
      return "The query is refused: \(error.message)."
    } catch {
      return "A filter cannot be read: \(error)."
    }
    return nil
  }

  private static func refusal(of error: QuerySyntaxError) -> Refusal {
    Refusal(
      fault: "Elasticsearch refuses the query: \(error.sentence).", place: "line \(error.line), column \(error.column)",
      isOfElasticsearch: true)
  }

  static func refusal(unsupported error: FilterError) -> Refusal {
    Refusal(fault: "A filter holds what is not supported yet: \(error.message).", place: error.path)
  }

  /// The rule's query and filters as one predicate, whether Elasticsearch would refuse them or not; throws
  /// `QuerySyntaxError` or `FilterError`.
  static func asWritten(_ rule: Rule) throws -> Predicate {
    Predicate.and([try read(rule, .standard).predicate, try RuleFilters.predicate(rule.filters, .standard)])
      .simplified()
  }

  /// Why Elasticsearch would fail to group by the fields of a rule's new terms or threshold, a sentence; nil where it would not.
  static func refusal(ofTerms rule: Rule, _ catalog: FieldCatalog) -> Refusal? {
    guard rule.type == .newTerms || rule.type == .threshold else { return nil }
    let gives = rule.type == .newTerms ? "gives no new terms" : "gives no groups"
    for field in rule.notedFields {
      switch catalog.resolve(field).type {
      case .analyzed:
        return Refusal(fault: "Elasticsearch cannot group by the words of a text: `\(field)` \(gives).")
      case .binary, .geoPoint:
        return Refusal(fault: "Elasticsearch cannot group by the field `\(field)`, so it \(gives).")
      default: continue
      }
    }
    return nil
  }

  /// Why Elasticsearch would fail every execution of a rule in view of what the values of fields were that nothing else is
  /// known of; nil where it would not.
  static func refusal(_ rule: Rule, _ catalog: FieldCatalog, _ kinds: [String: FieldKinds]) -> Refusal? {
    let known = kinds.compactMapValues(\.type)
    guard !known.isEmpty, let query = try? read(rule, catalog),
      let filters = try? RuleFilters.predicate(rule.filters, catalog),
      var refusal = refusal(query, filters, catalog, known: known)
    else { return nil }
    refusal.remark = "The type is that of the field's values in the input; --mapping may say otherwise."
    return refusal
  }

  /// Why Elasticsearch would fail every execution, a sentence; nil where it would not, as far as types are known.
  ///
  /// - Parameter known: the types of fields that the catalog does not know, as the data has them.
  static func refusal(
    _ query: KQLQuery?, _ filters: Predicate?, _ catalog: FieldCatalog, known: [String: FieldType] = [:]
  ) -> Refusal? {
    let judge = QueryJudge(catalog, known: known)
    if let error = query?.refusal(judge) { return refusal(of: error) }
    return filters.flatMap(judge.refusal).map { Refusal(fault: "Elasticsearch refuses a filter: \($0).") }
  }
}
