import Events

/// Looks the names of a query up, checks its types, and makes steps of its commands.
struct ESQLBinder {
  let query: ESQLQuery
  let catalog: ESQLCatalog
  let tables: [String: ESQLTable]
  /// What `NOW()` gives.
  let now: Timestamp
  /// The time that date math in names of indices counts from; nil where it stands for any date, as in a rule.
  var namesAt: Timestamp?
  /// What to do with names that no column has, as `SET unmapped_fields` says.
  var unmapped = Unmapped.refused

  enum Unmapped { case refused, null, loaded }

  var schema = ESQLSchema()
  var steps: [ESQLStep] = []
  var problems: [QuerySyntaxError] = []
  /// Full-text conditions, answered by the events' own queries.
  var matches: [Predicate] = []
  /// The command after which rows are no events any more, so that full-text functions cannot be used.
  var lastsUntil: String?
  /// Commands so far after which no query is asked of whole events, by their first words.
  var passed: [String] = []
  /// Where the command's name stands that is bound.
  var commandRange = 0..<0
  /// True within `WHERE`, where alone full-text functions stand.
  var isInFilter = false
  /// How many aggregate functions were met outside `STATS`: each is told, and stands for null.
  var misplacedAggregates = 0
  /// Where functions that group rows may stand.
  var grouping = ESQLGroupingPlace.outside
  /// The place in which aggregate functions may stand, and what was found there.
  var collected: ESQLAggregateScope?
  /// Calls of `CASE`: a condition with several values is false.
  var falseRanges: Set<Range<Int>> = []
  var warnings: [String] = []
  /// What is read of events: fields by the paths at which their values stand, and behind them metadata.
  var fields: [(path: String, type: FieldType, keeping: ValueKeeping)] = []
  var metadata: [String] = []
  /// True for the query of a rule, whose rows are told apart by their events.
  var isOfRule = false
  /// What the query that this one is a subquery of does with its rows.
  var outer: ESQLPassing?
  /// True where `FROM` has subqueries, behind which full-text functions cannot be asked.
  var readsSubqueries = false
  /// Conditions that are asked within the subqueries of `FROM`, those of the query around this one with them.
  var handedDown: [HandedDown] = []
  /// The first step that may depend on `NOW()`, and the first that reads metadata.
  var firstNowStep: Int?
  var firstMetadataStep: Int?
  /// How many steps there are behind each command.
  var commandEnds: [Int] = []

  init(_ query: ESQLQuery, catalog: ESQLCatalog, tables: [String: ESQLTable], now: Timestamp) {
    self.query = query
    self.catalog = catalog
    self.tables = tables
    self.now = now
  }

  /// Which columns of `FROM` the query uses, and with it the one that it is a subquery of.
  var passing: ESQLPassing {
    let (names, patterns) = query.ownMentions()
    guard query.showsAllOfSource else { return (names, patterns, false) }
    guard let outer else { return (names, patterns, true) }
    return (names.union(outer.names), patterns + outer.patterns, outer.showsAll)
  }

  func text(_ range: Range<Int>) -> String { query.text(range) }

  func shown(_ fault: TypeFault) -> QuerySyntaxError { fault.shown(in: query.text) }

  /// Adds a column at the right end, in place of one with its name.
  mutating func add(_ column: ESQLSchema.Column, _ expression: TypedExpression) {
    steps.append(.append(expression))
    place(column)
  }

  /// Notes that a column has been added at the right end of the page; one with its name goes.
  mutating func place(_ column: ESQLSchema.Column) {
    guard let old = schema.place(of: column.name) else {
      schema.append(column)
      return
    }
    let width = schema.columns.count
    let kept = (0...width).filter { $0 != old }
    steps.append(.select(kept))
    var columns = schema.columns
    columns.remove(at: old)
    schema = ESQLSchema(columns + [column])
  }

  /// The fault of a name that no column has.
  func missing(_ name: String, _ range: Range<Int>) -> TypeFault {
    guard lastsUntil == nil, case .from? = query.commands.first?.form,
      case .binary = catalog.fields.resolve(name).type
    else { return TypeFault(unknown(name), at: range) }
    // Elasticsearch reads it from the document.
    var fault = TypeFault("the field [\(name)], which is not indexed, is not supported", at: range)
    fault.isUnsupported = true
    return fault
  }

  /// The message for a name that no column has.
  func unknown(_ name: String) -> String {
    var near = Self.near(name, among: schema.columns.map(\.name))
    if near.isEmpty, lastsUntil != "STATS" { near = Array(catalog.fields.suggestions(for: name).prefix(3)) }
    switch near.count {
    case 0: return "Unknown column [\(name)]"
    case 1: return "Unknown column [\(name)], did you mean [\(near[0])]?"
    default: return "Unknown column [\(name)], did you mean any of [\(near.joined(separator: ", "))]?"
    }
  }
}

/// Which columns of `FROM` are used: some by name, some by patterns of names, or all.
typealias ESQLPassing = (names: Set<String>, patterns: [String], showsAll: Bool)

/// Where an expression stands, for functions that group rows, such as `BUCKET`.
enum ESQLGroupingPlace {
  case outside
  /// Behind `BY`.
  case keys
  /// Within such a function behind `BY`.
  case inside(Range<Int>)
  case aggregates
  /// The condition of an aggregate, which is all of this.
  case condition(Range<Int>)
}

/// Aggregate functions that are met while an expression of `STATS` is bound.
struct ESQLAggregateScope {
  var calls: [ESQLAggregateCall] = []
  /// How many aggregate functions were met.
  var count = 0
  /// Keys by name, what they are over the rows, how they are written, and where.
  var keys: [(name: String, expression: TypedExpression, shape: String, range: Range<Int>)] = []
  var condition: TypedExpression?
  var isInsideAggregate = false
  /// The aggregate function within which an expression stands.
  var outer: Range<Int>?
  /// How many aggregates there will be is not known while expressions are bound: keys are numbered from here.
  static let firstKey = 1 << 20
}
