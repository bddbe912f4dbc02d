import CloudTrail
import Events
import Query
import Rules

/// The rules of a hunt, bound together: equal conditions of different rules are one.
public struct HuntPlan: Sendable {
  public private(set) var rules: [HuntRule] = []
  public private(set) var unrunnable: [UnrunnableRule] = []
  public let context: EventContext
  public let catalog: FieldCatalog
  /// All conditions, over mapped events.
  private(set) var queries: QuerySet
  /// The weakened conditions, over lean fields.
  private(set) var leanQueries: QuerySet
  private(set) var leanFields: [LeanField] = []
  /// Events that may set a policy, by their lean fields and by the fields of mapped events.
  private(set) var settingPolicies: (lean: BoundQuery, mapped: BoundQuery)
  /// The weakened conditions over lean fields and the principal.
  private(set) var identityQueries: QuerySet

  /// Binds rules. A rule that is not enabled is left out; one that cannot run is among `unrunnable`.
  ///
  /// - Parameter keepsAll: keep every event that matches, also those that decide nothing, for explanations.
  public init(
    _ rules: [Rule], context: EventContext, now: Timestamp, catalog: FieldCatalog = .standard,
    keepsAll: Bool = false, exceptions: @escaping @Sendable (Rule) -> [RuleException] = { _ in [] },
    query: @escaping @Sendable (Rule) throws -> Predicate
  ) {
    self.context = context
    self.catalog = catalog
    queries = QuerySet(catalog: catalog, now: now)
    leanQueries = QuerySet(catalog: catalog, now: now)
    identityQueries = QuerySet(catalog: catalog, now: now)
    settingPolicies = (leanQueries.add(PolicyReader.query), queries.add(PolicyReader.query))
    let lean = LeanBound(catalog: catalog, context: context, now: now)
    let drafts = rules.concurrentMap(slice: 64) { rule in
      rule.isEnabled ? Result { try Draft(rule, query(rule), exceptions(rule), lean, context: context) } : nil
    }
    for (rule, draft) in zip(rules, drafts) {
      guard let draft else { continue }
      do {
        add(rule, try draft.get(), keepsAll: keepsAll)
      } catch let error as UnrunnableRule {
        unrunnable.append(error)
      } catch {
        unrunnable.append(UnrunnableRule(rule: rule, reason: "\(error)", isWrong: true))
      }
    }
    // The second question is asked with lean fields too.
    for path in identityQueries.plan.paths where LeanField.named(path) != nil { _ = leanQueries.addField(path) }
    if leanQueries.plan.paths.contains(LeanField.ip.field.path) {
      _ = leanQueries.addField(LeanField.address.field.path)
    }
    leanFields = leanQueries.plan.paths.compactMap(LeanField.named)
  }

  /// What a rule comes to by itself, before it is bound together with the others.
  private struct Draft {
    /// The query and filters alone.
    let predicate: Predicate
    /// The same with the exceptions that never end.
    let query: Predicate
    let lean: Predicate
    let byIdentity: Predicate?
    let raw: RawCondition
    let groups: FieldGroup
    let readsCloudTrail: Bool
    let expiringExceptions: [(predicate: Predicate, unknownFrom: Int64)]

    /// Throws `UnrunnableRule`, or what the query is found wrong with.
    init(
      _ rule: Rule, _ query: @autoclosure () throws -> Predicate, _ exceptions: @autoclosure () -> [RuleException],
      _ lean: LeanBound, context: EventContext
    ) throws {
      if let reason = rule.runnability.reason { throw UnrunnableRule(rule: rule, reason: reason) }
      let exceptions = exceptions()
      let excepted = exceptions.filter { $0.expires == nil }.map { Predicate.not($0.predicate) }
      predicate = try query()
      let query = Predicate.and([predicate] + excepted).simplified()
      expiringExceptions = exceptions.compactMap { exception in
        // It still holds for the execution at that very time.
        exception.expires.map { (exception.predicate.simplified(), $0.milliseconds + 1) }
      }
      guard !query.dependsOnNow(lean.catalog) else {
        throw UnrunnableRule(
          rule: rule, reason: "Its query names a time relative to now, which would move with every execution.")
      }
      let leanBound = lean.upper(query, .lean)
      let identityBound = lean.upper(query, .identity)
      self.query = query
      self.lean = leanBound
      byIdentity = identityBound == leanBound ? nil : identityBound
      raw = RawCondition(query, catalog: lean.catalog)
      let fields = query.fields + expiringExceptions.flatMap(\.predicate.fields)
      groups = fields.reduce(into: .plain) { $0.formUnion(HuntPlan.groups(of: $1, lean.catalog)) }
      readsCloudTrail = rule.indexPattern.matches(context.dataStream)
    }
  }

  private mutating func add(_ rule: Rule, _ draft: Draft, keepsAll: Bool) {
    let terms = (rule.newTerms?.fields ?? []).map { path in
      HuntRule.TermField(path: path, column: queries.addField(path), type: catalog.resolve(path).type)
    }
    let looked = terms.map(\.path) + [rule.timestampOverride].compactMap(\.self)
    let groups = looked.reduce(draft.groups) { $0.union(.needed(for: catalog.resolve($1).sourcePath)) }
    rules.append(
      HuntRule(
        rule: rule, predicate: draft.predicate, query: queries.add(draft.query), lean: leanQueries.add(draft.lean),
        byIdentity: draft.byIdentity.map { identityQueries.add($0) }, raw: draft.raw,
        groups: groups,
        readsCloudTrail: draft.readsCloudTrail, terms: terms,
        overrideColumn: rule.timestampOverride.flatMap { $0 == "@timestamp" ? nil : queries.addField($0) },
        windows: TickWindows(rule),
        expiringExceptions: draft.expiringExceptions.map {
          HuntRule.ExpiringException(query: queries.add($0.predicate), unknownFrom: $0.unknownFrom)
        }, keepsAll: keepsAll))
  }

  private static func groups(of selector: FieldSelector, _ catalog: FieldCatalog) -> FieldGroup {
    guard case .named(let path) = selector else { return .all }
    let field = catalog.resolve(path)
    // A condition on an object looks at everything below it.
    guard field.isKnown, field.type != .object, field.type != .nested else { return .all }
    return .needed(for: field.sourcePath)
  }

  /// How many different conditions the rules have between them.
  public var conditionCount: Int { queries.conditionCount }
}
