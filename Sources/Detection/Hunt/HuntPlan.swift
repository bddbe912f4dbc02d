import CloudTrail
import Events
import Parallel
import Query
import Rules

/// The rules of a hunt, bound together: equal conditions of different rules are one.
public struct HuntPlan: Sendable {
  public let rules: [HuntRule]
  public private(set) var unrunnable: [UnrunnableRule] = []
  public let context: EventContext
  public let catalog: FieldCatalog
  /// All conditions, over mapped events.
  let queries: QuerySet
  /// The weakened conditions, over lean fields.
  let leanQueries: QuerySet
  let leanFields: [LeanField]
  /// Events that may set a policy, by their lean fields and by the fields of mapped events.
  let settingPolicies: (lean: BoundQuery, mapped: BoundQuery)
  /// The weakened conditions over lean fields and the principal.
  let identityQueries: QuerySet
  /// The data streams in which rules look for indicators.
  let indicatorPatterns: [IndexPattern]
  /// What all workers together may remember of matches.
  let memory: MemoryBudget
  /// What all workers together may remember of who opened sessions, beside that.
  let sessionMemory: MemoryBudget
  /// The times between which matches are counted, by the rules' ids; nothing is counted of others.
  public var countedTimes: [String: ClosedRange<Timestamp>] = [:]

  /// Binds rules. A rule that is not enabled is left out; one that cannot run is among `unrunnable`.
  ///
  /// - Parameters:
  ///   - keepsAll: keep every event that matches, also those that decide nothing, for explanations.
  ///   - tables: what `ENRICH` and `LOOKUP JOIN` of rules in ES|QL look things up in, by name.
  ///   - indicators: what indicator match rules compare events with; a rule that has none does not run.
  ///   - runsUncovered: a rule for which indicators were looked for runs though there are none, and finds nothing.
  ///   - steps: stands in for what a rule on several events asks of each of them.
  public init(
    _ rules: [Rule], context: EventContext, catalog: FieldCatalog = .standard, keepsAll: Bool = false,
    memory: MemoryBudget = MemoryBudget(), tables: [String: ESQLTable] = [:], indicators: Indicators = .none,
    runsUncovered: Bool = false,
    exceptions: @escaping @Sendable (Rule) -> [RuleException] = { _ in [] },
    steps: @escaping @Sendable (Rule) -> EQLPlan? = { _ in nil },
    query: @escaping @Sendable (Rule) throws -> Predicate
  ) {
    self.context = context
    self.catalog = catalog
    self.memory = memory
    indicatorPatterns = rules.filter(\.isEnabled).compactMap { $0.threatMatch.map { IndexPattern($0.index) } }
    sessionMemory = MemoryBudget(bytes: memory.limit / 4)
    let lean = LeanBound(catalog: catalog, context: context)
    let drafts = rules.concurrentMap(slice: 16) { rule in
      rule.isEnabled
        ? Result {
          try Draft(
            rule, query(rule), exceptions(rule), lean, context: context, tables, indicators, runsUncovered, steps(rule))
        } : nil
    }
    var sound: [Draft] = []
    for (rule, draft) in zip(rules, drafts) {
      guard let draft else { continue }
      do {
        sound.append(try draft.get())
      } catch let error as UnrunnableRule {
        unrunnable.append(error)
      } catch {
        unrunnable.append(UnrunnableRule(rule: rule, cause: "\(error)", isWrong: true))
      }
    }
    // They have no conditions in common.
    let (full, early) = concurrently { [sound] in
      FullBinding(sound, catalog: catalog)
    } _: { [sound] in
      EarlyBinding(sound, catalog: catalog)
    }
    queries = full.queries
    leanQueries = early.lean
    identityQueries = early.identity
    settingPolicies = (early.settingPolicies, full.settingPolicies)
    leanFields = leanQueries.plan.paths.compactMap(LeanField.named)
    self.rules = zip(sound, zip(full.ofRule, early.ofRule)).map { draft, bound in
      HuntRule(draft, bound.0, bound.1, keepsAll: keepsAll)
    }
  }

  /// What a rule comes to by itself, before it is bound together with the others. A class, since a rule is large and is
  /// handed on several times.
  final class Draft: Sendable {
    let rule: Rule
    /// The query and filters alone.
    let predicate: Predicate
    /// The same with the exceptions that never end, as it holds at any time.
    let query: Predicate
    /// What names times relative to now, which each execution puts in; nil where nothing does.
    let openQuery: Predicate?
    let lean: Predicate
    let byIdentity: Predicate?
    let raw: RawCondition
    let groups: FieldGroup
    let readsCloudTrail: Bool
    let expiringExceptions: [(predicate: Predicate, unknownFrom: Int64)]
    /// True where what is asked of an event moves with the execution's time beyond the end of exceptions.
    let moves: Bool
    /// The plan of a query in EQL whose hits are sequences, samples or cut by pipes.
    let sequence: EQLPlan?
    /// The query of a rule in ES|QL.
    let rows: ESQLRuleQuery?
    /// How a correlation joins what its rules match, which are the items of `sequence`.
    let correlation: SigmaPlan?
    /// What an indicator match rule compares events with.
    let indicators: IndicatorSet?
    /// Fields whose values decide whether the query is refused.
    let doubtful: [String]
    /// Fields that the rule or its exceptions name and the catalog does not know.
    let unknown: [String]
    /// Patterns of fields that they name and no known field matches.
    let unknownPatterns: [WildcardPattern]

    /// Throws `UnrunnableRule`, or what the query is found wrong with.
    init(
      _ rule: Rule, _ query: @autoclosure () throws -> Predicate, _ exceptions: @autoclosure () -> [RuleException],
      _ lean: LeanBound, context: EventContext, _ tables: [String: ESQLTable], _ indicators: Indicators,
      _ runsUncovered: Bool, _ steps: EQLPlan?
    ) throws {
      self.rule = rule
      if let reason = rule.runnability.reason { throw UnrunnableRule(rule: rule, cause: reason) }
      // An alert makes no other one of the rule that it comes from.
      let exceptions = exceptions() + (rule.readPattern.matches(AlertBuilder.index) ? [RuleException.own(rule)] : [])
      let excepted = exceptions.filter { $0.expires == nil }.map { Predicate.not($0.predicate) }
      predicate = try query()
      doubtful = QueryJudge(lean.catalog).doubtfulFields(predicate)
      var parts = [predicate] + excepted
      if rule.type == .threatMatch {
        _ = try RuleQuery.indicators(rule, lean.catalog)
        let isLookedFor = runsUncovered && indicators.set(of: rule.ruleID) != nil
        if !isLookedFor, let reason = indicators.obstacle(rule) {
          throw UnrunnableRule(rule: rule, cause: reason, lacksIndicators: true)
        }
        self.indicators = indicators.set(of: rule.ruleID)
        if let set = self.indicators { parts.append(set.condition) }
      } else {
        self.indicators = nil
      }
      let whole = Predicate.and(parts).simplified()
      expiringExceptions = exceptions.compactMap { exception in
        // It still holds for the execution at that very time.
        exception.expires.map { (exception.predicate.simplified(), $0.milliseconds + 1) }
      }
      let query = whole.atAnyTime(lean.catalog)
      openQuery = whole.dependsOnNow(lean.catalog) ? whole : nil
      moves = openQuery != nil || expiringExceptions.contains { $0.predicate.dependsOnNow(lean.catalog) }
      let leanBound = lean.upper(query, .lean)
      let identityBound = lean.upper(query, .identity)
      self.query = query
      self.lean = leanBound
      byIdentity = identityBound == leanBound ? nil : identityBound
      raw = RawCondition(query, catalog: lean.catalog)
      var groups = FieldGroup.plain
      for field in whole.fields + expiringExceptions.flatMap(\.predicate.fields) {
        groups.formUnion(HuntPlan.groups(of: field, lean.catalog))
      }
      let plan = rule.type == .eql ? try RuleQuery.eqlPlan(rule, lean.catalog) : nil
      correlation =
        rule.type == .correlation ? try SigmaQuery(rule.query ?? "", lean.catalog).correlation : nil
      sequence = steps ?? plan.flatMap { $0.isOfEvents && $0.pipes.isEmpty ? nil : $0 } ?? correlation?.plan
      rows = rule.type == .esql ? try RuleQuery.rows(rule, lean.catalog, tables) : nil
      let keys = (sequence?.items ?? []).flatMap { $0.keys.map(\.field) } + (rows?.fieldPaths ?? [])
      for path in rule.notedFields + keys
        + [rule.eql?.timestampField, rule.eql?.tiebreakerField, rule.timestampOverride]
        .compactMap(\.self)
      {
        groups.formUnion(.needed(for: lean.catalog.resolve(path).sourcePath))
      }
      for field in (rows?.conditions ?? []).flatMap(\.fields) {
        groups.formUnion(HuntPlan.groups(of: field, lean.catalog))
      }
      unknown = RuleFieldNames.unknown(
        rule, predicate, exceptions.map(\.predicate), lean.catalog, others: rows?.fieldPaths ?? [],
        made: rows?.columns.map(\.name) ?? [])
      unknownPatterns = RuleFieldNames.unknownPatterns(predicate, exceptions.map(\.predicate), lean.catalog)
      for path in unknown { groups.formUnion(HuntPlan.groups(of: .named(path), lean.catalog)) }
      self.groups = groups
      readsCloudTrail = rule.readPattern.matches(context.dataStream)
    }
  }

  private static func groups(of selector: FieldSelector, _ catalog: FieldCatalog) -> FieldGroup {
    guard case .named(let path) = selector else { return .all }
    let field = catalog.resolve(path)
    // A condition on an object looks at everything below it.
    guard field.isKnown, field.type != .object, field.type != .nested else { return .all }
    return .needed(for: field.sourcePath)
  }

  /// What rules ask of mapped events.
  private struct FullBinding {
    var queries: QuerySet
    let settingPolicies: BoundQuery
    var ofRule: [HuntRule.FullQueries] = []

    init(_ drafts: [Draft], catalog: FieldCatalog) {
      queries = QuerySet(catalog: catalog, now: nil)
      settingPolicies = queries.add(PolicyReader.query)
      for draft in drafts {
        let terms = draft.rule.notedFields.map { path in
          HuntRule.TermField(path: path, column: queries.addField(path), type: catalog.resolve(path).type)
        }
        ofRule.append(
          HuntRule.FullQueries(
            query: queries.add(draft.query), openQuery: draft.openQuery.map { queries.add($0) }, terms: terms,
            sequence: draft.sequence.map {
              EQLBinding($0, SequenceRule.fields(of: draft.rule), catalog: catalog, to: &queries)
            },
            rows: draft.rows.map { ESQLBinding($0, to: &queries) },
            correlation: draft.correlation,
            indicators: draft.indicators,
            doubtful: draft.doubtful.map { ($0, queries.addField($0)) },
            unknown: draft.unknown.map { ($0, queries.addField($0)) },
            overrideColumn: draft.rule.timestampOverride.flatMap { $0 == "@timestamp" ? nil : queries.addField($0) },
            overrideFormat: draft.rule.timestampOverride.flatMap { catalog.resolve($0).type.dateFormat },
            expiringExceptions: draft.expiringExceptions.map {
              HuntRule.ExpiringException(query: queries.add($0.predicate), unknownFrom: $0.unknownFrom)
            }))
      }
    }
  }

  /// What rules ask of CloudTrail records before they are mapped.
  private struct EarlyBinding {
    var lean: QuerySet
    var identity: QuerySet
    let settingPolicies: BoundQuery
    var ofRule: [HuntRule.EarlyQueries] = []

    init(_ drafts: [Draft], catalog: FieldCatalog) {
      lean = QuerySet(catalog: catalog, now: nil)
      identity = QuerySet(catalog: catalog, now: nil)
      settingPolicies = lean.add(PolicyReader.query)
      for draft in drafts {
        ofRule.append(
          HuntRule.EarlyQueries(lean: lean.add(draft.lean), byIdentity: draft.byIdentity.map { identity.add($0) }))
      }
      // The second question is asked with lean fields too.
      for path in identity.plan.paths where LeanField.named(path) != nil { _ = lean.addField(path) }
      // Calls that open sessions are known by it.
      _ = lean.addField(LeanField.action.field.path)
      if lean.plan.paths.contains(LeanField.ip.field.path) { _ = lean.addField(LeanField.address.field.path) }
    }
  }

  /// How many different conditions the rules have between them.
  public var conditionCount: Int { queries.conditionCount }
}
