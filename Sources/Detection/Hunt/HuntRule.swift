import CloudTrail
import Dispatch
import Events
import Query
import Rules
import Synchronization

/// A rule made ready to run with others: its queries bound, its fields found.
public final class HuntRule: Sendable {
  public let rule: Rule
  /// The rule's query and filters, exceptions aside.
  let predicate: Predicate
  /// What must hold for an event to count.
  let query: BoundQuery
  /// What must hold for a CloudTrail record to be worth mapping.
  let lean: BoundQuery
  /// The same once the principal is known too; nil where that says no more.
  let byIdentity: BoundQuery?
  /// What the text of a CloudTrail record's parameters must hold.
  let raw: RawCondition
  /// False when every text holds that.
  let looksIntoText: Bool
  /// The parts of a record that the rule looks at.
  let groups: FieldGroup
  /// True when the rule reads the data stream of CloudTrail records.
  let readsCloudTrail: Bool
  /// The new terms fields: columns and types; empty for other rules.
  let terms: [TermField]
  /// The column of the field that overrides `@timestamp`.
  let overrideColumn: Int?
  let windows: TickWindows
  /// Exceptions that do not hold for all executions; the others are part of the query.
  let expiringExceptions: [ExpiringException]
  /// All that was seen is kept, also what decides nothing: for explanations.
  let keepsAll: Bool

  /// An exception that executions from a time on, in milliseconds since the epoch, do not know.
  struct ExpiringException: Sendable {
    var query: BoundQuery
    var unknownFrom: Int64
  }

  init(
    rule: Rule, predicate: Predicate, query: BoundQuery, lean: BoundQuery, byIdentity: BoundQuery?,
    raw: RawCondition,
    groups: FieldGroup,
    readsCloudTrail: Bool, terms: [TermField], overrideColumn: Int?, windows: TickWindows,
    expiringExceptions: [ExpiringException], keepsAll: Bool
  ) {
    self.rule = rule
    self.predicate = predicate
    self.query = query
    self.lean = lean
    self.byIdentity = byIdentity
    self.raw = raw
    looksIntoText = raw != .always
    self.groups = groups
    self.readsCloudTrail = readsCloudTrail
    self.terms = terms
    self.overrideColumn = overrideColumn
    self.windows = windows
    self.expiringExceptions = expiringExceptions
    self.keepsAll = keepsAll
  }

  /// Sightings of one combination that are this close are never both first; nil when all have to be kept.
  var alwaysOldWithin: Int64? { expiringExceptions.isEmpty && !keepsAll ? windows.alwaysOldWithin : nil }

  struct TermField: Sendable {
    var path: String
    var column: Int
    var type: FieldType
  }
}

/// Why a rule does not take part in a hunt.
public struct UnrunnableRule: Error, Sendable {
  public let rule: Rule
  /// A sentence.
  public let reason: String
  /// True when the rule is wrong, rather than of a kind that does not run yet.
  public var isWrong = false
}

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
    let drafts = Self.concurrentMap(rules) { rule in
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

  /// Does something with each of the rules, on all cores; the results stand in the order of the rules.
  private static func concurrentMap<Value: Sendable>(
    _ rules: [Rule], _ transform: @Sendable (Rule) -> Value
  ) -> [Value] {
    let slice = 64
    let parts = Mutex([Int: [Value]]())
    DispatchQueue.concurrentPerform(iterations: (rules.count + slice - 1) / slice) { turn in
      let part = rules[(turn * slice)..<min((turn + 1) * slice, rules.count)].map(transform)
      parts.withLock { $0[turn] = part }
    }
    return parts.withLock { parts in parts.sorted { $0.key < $1.key }.flatMap(\.value) }
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
