import CloudTrail
import Events
import Query
import Rules

extension RuleQuery {
  /// What chooses the indicators of an indicator match rule, its query and filters, as one predicate; throws `QuerySyntaxError`
  /// or `FilterError`, and `UnrunnableRule` where Elasticsearch would refuse it, or a filter is sound and not supported.
  static func indicators(_ rule: Rule, _ catalog: FieldCatalog) throws -> Predicate {
    guard let match = rule.threatMatch else { return .nothing }
    let query = try indicatorQuery(match, catalog)
    let filters: Predicate
    do {
      filters = try RuleFilters.predicate(match.filters, catalog)
    } catch {
      guard error.isUnsupported else { throw error }
      throw UnrunnableRule(rule: rule, refusal(unsupported: error))
    }
    if let refusal = refusal(query, filters, catalog) {
      throw UnrunnableRule(
        rule: rule,
        Refusal(
          fault: refusal.fault, remark: "It is the query for indicators.", place: refusal.place))
    }
    return Predicate.and([query.predicate, filters]).simplified()
  }

  /// The query for the indicators of a rule, read in its language.
  static func indicatorQuery(_ match: ThreatMatchParameters, _ catalog: FieldCatalog) throws -> KQLQuery {
    match.language == .lucene ? try Lucene.query(match.query, catalog) : try KQL.query(match.query)
  }
}

/// What is asked of documents to find the indicators of rules, bound together.
public struct IndicatorPlan: Sendable {
  /// One rule's question.
  struct Question: Sendable {
    let ruleID: String
    let pattern: IndexPattern
    let mapping: IndicatorMapping
    /// What must hold, at any time where it names times relative to the execution's.
    let query: BoundQuery
    /// The same with these times left open; nil where it names none.
    let openQuery: BoundQuery?
    /// Both for an indicator that has a network where an address would stand, which no field of addresses can hold: it counts as there.
    let ofNetworks: (query: BoundQuery, open: BoundQuery?)?
    let expiringExceptions: [HuntRule.ExpiringException]
    /// The indicator's fields by their places among those of the plan.
    let fields: [Int]

    /// The mapping's pairs, with the indicator's fields by these places.
    var pairs: [IndicatorComparisons.Pair] {
      mapping.pairs.map { pair in
        IndicatorComparisons.Pair(event: mapping.eventFields[pair.event], indicator: fields[pair.indicator])
      }
    }
  }

  let questions: [Question]
  /// The fields of indicators that some rule compares, and their columns.
  let fields: [IndicatorMapping.Field]
  let columns: [Int]
  let queries: QuerySet
  public let context: EventContext
  public let catalog: FieldCatalog
  /// What all workers together may remember of indicators.
  let memory: MemoryBudget

  /// Binds the questions of those rules that look for indicators and are sound.
  public init(
    _ rules: [Rule], context: EventContext, catalog: FieldCatalog = .standard, memory: MemoryBudget = MemoryBudget(),
    exceptions: @Sendable (Rule) -> [RuleException] = { _ in [] }
  ) {
    var queries = QuerySet(catalog: catalog, now: nil)
    var fields: [IndicatorMapping.Field] = []
    questions = rules.filter { $0.type == .threatMatch && $0.isEnabled }.compactMap { rule in
      guard let match = rule.threatMatch, let predicate = try? RuleQuery.indicators(rule, catalog) else { return nil }
      // As Kibana has it, what the rule's exceptions take out is no indicator either.
      let exceptions = exceptions(rule)
      let excepted = exceptions.filter { $0.expires == nil }.map { Predicate.not($0.predicate) }
      let whole = Predicate.and([predicate] + excepted).simplified()
      let mapping = IndicatorMapping(match.mapping, catalog: catalog)
      let addresses = Set(mapping.indicatorFields.filter { $0.type == .ip }.map(\.path))
      let withNetworks = whole.taking(asThere: addresses).simplified()
      let places = mapping.indicatorFields.map { field in
        if let known = fields.firstIndex(of: field) { return known }
        fields.append(field)
        return fields.count - 1
      }
      return Question(
        ruleID: rule.ruleID, pattern: IndexPattern(match.index), mapping: mapping,
        query: queries.add(whole.atAnyTime(catalog)),
        openQuery: whole.dependsOnNow(catalog) ? queries.add(whole) : nil,
        ofNetworks: withNetworks == whole
          ? nil
          : (
            queries.add(withNetworks.atAnyTime(catalog)),
            withNetworks.dependsOnNow(catalog) ? queries.add(withNetworks) : nil
          ),
        expiringExceptions: exceptions.compactMap { exception in
          exception.expires.map {
            HuntRule.ExpiringException(
              query: queries.add(exception.predicate.simplified()), unknownFrom: $0.milliseconds + 1)
          }
        }, fields: places)
    }
    var columns: [Int] = []
    for field in fields { columns.append(queries.addField(field.path)) }
    self.fields = fields
    self.columns = columns
    self.queries = queries
    self.context = context
    self.catalog = catalog
    self.memory = memory
  }

  /// True when no rule looks for indicators.
  public var isEmpty: Bool { questions.isEmpty }

  /// Patterns that match every data stream in which some rule looks, and maybe others.
  public var includedPatterns: [String] { questions.flatMap { $0.pattern.patterns.filter { !$0.hasPrefix("-") } } }

  /// True when some rule looks for indicators in a data stream.
  public func reads(_ dataStream: String) -> Bool { questions.contains { $0.pattern.matches(dataStream) } }

  /// The same for a list that somebody gives under a name, which may be a pattern that rules name.
  public func reads(list name: String) -> Bool { questions.contains { $0.reads(list: name) } }
}

extension IndicatorPlan.Question {
  func reads(list name: String) -> Bool { pattern.matches(name) || pattern.patterns.contains(name) }
}

extension Predicate {
  /// The predicate with some fields being there.
  fileprivate func taking(asThere paths: Set<String>) -> Predicate {
    switch self {
    case .exists(.named(let path)) where paths.contains(path): .all
    case .and(let parts): .and(parts.map { $0.taking(asThere: paths) })
    case .or(let parts): .or(parts.map { $0.taking(asThere: paths) })
    case .not(let part): .not(part.taking(asThere: paths))
    default: self
    }
  }
}
