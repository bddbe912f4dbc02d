import CloudTrail
import Events
import Query
import Rules

/// A rule made ready to run with others: its queries bound, its fields found.
public final class HuntRule: Sendable {
  public let rule: Rule
  /// The rule's query and filters, exceptions aside.
  let predicate: Predicate
  /// All that is asked of an event: the query with the exceptions that never end, and those that do.
  let asked: (predicate: Predicate, expiring: [(predicate: Predicate, unknownFrom: Int64)])
  /// True where that moves with the execution's time beyond the end of exceptions.
  let moves: Bool
  /// What must hold for an event to count; where the query names times relative to now, what must hold at any time.
  let query: BoundQuery
  /// The query with the times relative to now left open; nil where it names none.
  let openQuery: BoundQuery?
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
  /// The data streams that the rule reads.
  let readPattern: IndexPattern
  /// True when the rule reads the data stream of CloudTrail records.
  let readsCloudTrail: Bool
  /// True when the rule reads alerts, those of other rules among them.
  let readsAlerts: Bool
  /// What the rule's type makes of events that match.
  let program: any RuleProgram
  /// What is noted of them.
  let noting: Noting
  /// Fields of which nothing is known and whose values decide whether Elasticsearch refuses the query, with their columns.
  let doubtful: [(path: String, column: Int)]
  /// Fields that the rule names and the catalog does not know, with their columns.
  let unknownColumns: [(path: String, column: Int)]
  /// Patterns of fields that the rule names and no field that is known matches.
  let unknownPatterns: [WildcardPattern]
  /// The column of the field that overrides `@timestamp`.
  let overrideColumn: Int?
  /// How the dates in it are written; nil for the usual way.
  let overrideFormat: DateFormat?
  let windows: TickWindows
  /// Exceptions that do not hold for all executions; the others are part of the query.
  let expiringExceptions: [ExpiringException]

  /// An exception that executions from a time on, in milliseconds since the epoch, do not know.
  struct ExpiringException: Sendable {
    var query: BoundQuery
    var unknownFrom: Int64
  }

  /// What a rule asks of mapped events.
  struct FullQueries: Sendable {
    var query: BoundQuery
    var openQuery: BoundQuery?
    var terms: [TermField]
    /// The query of a rule whose hits are sequences, samples or cut by pipes.
    var sequence: EQLBinding?
    /// The query of a rule in ES|QL.
    var rows: ESQLBinding?
    var correlation: SigmaPlan?
    /// What an indicator match rule compares events with.
    var indicators: IndicatorSet?
    var doubtful: [(path: String, column: Int)]
    var unknown: [(path: String, column: Int)]
    var overrideColumn: Int?
    var overrideFormat: DateFormat?
    var expiringExceptions: [ExpiringException]
  }

  /// What a rule asks of CloudTrail records before they are mapped.
  struct EarlyQueries: Sendable {
    var lean: BoundQuery
    var byIdentity: BoundQuery?
  }

  init(
    _ draft: HuntPlan.Draft, _ full: FullQueries, _ early: EarlyQueries, _ context: EventContext, keepsAll: Bool
  ) {
    rule = draft.rule
    predicate = draft.predicate
    asked = (draft.query, draft.expiringExceptions)
    asksConditionsOfTexts = (draft.rows?.conditions ?? []).contains(where: \.asksTexts)
    // What an answer says of indicators would not hold any longer than these.
    moves = draft.moves || draft.indicators != nil
    query = full.query
    openQuery = full.openQuery
    lean = early.lean
    byIdentity = early.byIdentity
    raw = draft.raw
    looksIntoText = draft.raw != .always
    groups = draft.groups
    readPattern = draft.readPattern
    readsCloudTrail = readPattern.matches(context.dataStream)
    readsAlerts = readPattern.matches(AlertBuilder.index)
    doubtful = full.doubtful
    unknownColumns = full.unknown
    unknownPatterns = draft.unknownPatterns
    overrideColumn = full.overrideColumn
    overrideFormat = full.overrideFormat
    let windows = TickWindows(draft.rule)
    self.windows = windows
    expiringExceptions = full.expiringExceptions
    let decides = full.expiringExceptions.isEmpty && full.openQuery == nil && !keepsAll
    program = draft.rule.program(
      full, alwaysOldWithin: decides ? windows.alwaysOldWithin : nil, windows.conditions)
    noting = program.noting
    asksIngestion = Self.asksIngestion(draft, full.terms)
  }

  /// The fields of which values are noted: those of new terms, or those that a threshold groups by.
  var terms: [TermField] { noting.fields }

  /// True when the rule goes by the time at which events were taken in.
  var goesByIngestion: Bool { overrideColumn != nil && rule.timestampOverride == EventField.eventIngested.path }

  /// True when the rule asks of events, whatever it goes by, when they were taken in.
  let asksIngestion: Bool

  /// True when the rule asks for values that stand in the texts of events alone.
  var asksTexts: Bool {
    noting.columnPaths.contains(where: FieldPlan.standsInTexts) || asksConditionsOfTexts || asked.predicate.asksTexts
      || asked.expiring.contains { $0.predicate.asksTexts }
  }

  /// True when full-text functions of a query in ES|QL ask for such values.
  private let asksConditionsOfTexts: Bool

  private static func asksIngestion(_ draft: HuntPlan.Draft, _ terms: [TermField]) -> Bool {
    let path = EventField.eventIngested.path
    let predicates = [draft.query, draft.openQuery].compactMap(\.self) + draft.expiringExceptions.map(\.predicate)
    return terms.contains { $0.path == path }
      || predicates.flatMap(\.fields).contains { field in
        switch field.strict {
        case .named(let name): name == path
        case .matching(let pattern): WildcardMatcher(pattern).matches(path)
        case .any, .lenient: true
        }
      }
  }

  /// True when the rule's own time of a CloudTrail record is its `@timestamp`: that is `event.ingested` of a record too.
  var seesRecordsAtTimestamp: Bool { overrideColumn == nil || goesByIngestion }

  struct TermField: Sendable {
    var path: String
    var column: Int
    var type: FieldType
  }
}
