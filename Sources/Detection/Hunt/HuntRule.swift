import CloudTrail
import Dispatch
import Events
import Query
import Rules
import Synchronization

/// A rule made ready to run with others: its queries bound, its fields found.
public final class HuntRule: Sendable {
  public let rule: Rule
  /// What must hold for an event to count.
  let query: BoundQuery
  /// What must hold for a CloudTrail record to be worth mapping.
  let lean: BoundQuery
  /// The same once the principal is known too; nil where that says no more.
  let byIdentity: BoundQuery?
  /// What the text of a CloudTrail record must hold.
  let raw: RawCondition
  /// The parts of a record that the rule looks at.
  let groups: FieldGroup
  /// True when the rule reads the data stream of CloudTrail records.
  let readsCloudTrail: Bool
  /// The new terms fields: columns and types; empty for other rules.
  let terms: [TermField]
  /// The column of the field that overrides `@timestamp`.
  let overrideColumn: Int?
  let windows: TickWindows

  init(
    rule: Rule, query: BoundQuery, lean: BoundQuery, byIdentity: BoundQuery?, raw: RawCondition, groups: FieldGroup,
    readsCloudTrail: Bool, terms: [TermField], overrideColumn: Int?, windows: TickWindows
  ) {
    self.rule = rule
    self.query = query
    self.lean = lean
    self.byIdentity = byIdentity
    self.raw = raw
    self.groups = groups
    self.readsCloudTrail = readsCloudTrail
    self.terms = terms
    self.overrideColumn = overrideColumn
    self.windows = windows
  }

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
  /// The weakened conditions over lean fields and the principal.
  private(set) var identityQueries: QuerySet

  /// Binds rules. A rule that is not enabled is left out; one that cannot run is among `unrunnable`.
  public init(
    _ rules: [Rule], context: EventContext, now: Timestamp, catalog: FieldCatalog = .standard,
    query: @escaping @Sendable (Rule) throws -> Predicate
  ) {
    self.context = context
    self.catalog = catalog
    queries = QuerySet(catalog: catalog, now: now)
    leanQueries = QuerySet(catalog: catalog, now: now)
    identityQueries = QuerySet(catalog: catalog, now: now)
    let lean = LeanBound(catalog: catalog, context: context, now: now)
    let enabled = rules.filter(\.isEnabled)
    for (rule, parsed) in zip(enabled, Self.parse(enabled, query)) {
      if let reason = rule.runnability.reason {
        unrunnable.append(UnrunnableRule(rule: rule, reason: reason))
        continue
      }
      do {
        let predicate = try parsed.get()
        guard !predicate.dependsOnNow(catalog) else {
          throw UnrunnableRule(
            rule: rule, reason: "Its query names a time relative to now, which would move with every execution.")
        }
        add(rule, predicate, lean)
      } catch let error as UnrunnableRule {
        unrunnable.append(error)
      } catch {
        unrunnable.append(UnrunnableRule(rule: rule, reason: "\(error)", isWrong: true))
      }
    }
    // The second question is asked with lean fields too.
    for path in identityQueries.plan.paths where LeanField.named(path) != nil { _ = leanQueries.addField(path) }
    leanFields = leanQueries.plan.paths.compactMap(LeanField.named)
  }

  /// Parses the queries of rules on all cores.
  private static func parse(
    _ rules: [Rule], _ query: @escaping @Sendable (Rule) throws -> Predicate
  ) -> [Result<Predicate, any Error>] {
    let slice = 64
    let parts = Mutex([Int: [Result<Predicate, any Error>]]())
    DispatchQueue.concurrentPerform(iterations: (rules.count + slice - 1) / slice) { turn in
      let part = rules[(turn * slice)..<min((turn + 1) * slice, rules.count)].map { rule in Result { try query(rule) } }
      parts.withLock { $0[turn] = part }
    }
    return parts.withLock { parts in parts.sorted { $0.key < $1.key }.flatMap(\.value) }
  }

  private mutating func add(_ rule: Rule, _ predicate: Predicate, _ lean: LeanBound) {
    let terms = (rule.newTerms?.fields ?? []).map { path in
      HuntRule.TermField(path: path, column: queries.addField(path), type: catalog.resolve(path).type)
    }
    var groups = terms.reduce(FieldGroup.plain) { $0.union(.needed(for: catalog.resolve($1.path).sourcePath)) }
    for selector in predicate.fields { groups.formUnion(self.groups(of: selector)) }
    let leanBound = lean.upper(predicate, .lean)
    let identityBound = lean.upper(predicate, .identity)
    rules.append(
      HuntRule(
        rule: rule, query: queries.add(predicate), lean: leanQueries.add(leanBound),
        byIdentity: identityBound == leanBound ? nil : identityQueries.add(identityBound),
        raw: RawCondition(predicate, catalog: catalog), groups: groups,
        readsCloudTrail: rule.indexPattern.matches(context.dataStream), terms: terms,
        overrideColumn: rule.timestampOverride.flatMap { $0 == "@timestamp" ? nil : queries.addField($0) },
        windows: TickWindows(rule)))
  }

  private func groups(of selector: FieldSelector) -> FieldGroup {
    guard case .named(let path) = selector else { return .all }
    let field = catalog.resolve(path)
    // A condition on an object looks at everything below it.
    guard field.isKnown, field.type != .object, field.type != .nested else { return .all }
    return .needed(for: field.sourcePath)
  }

  /// How many different conditions the rules have between them.
  public var conditionCount: Int { queries.conditionCount }
}
