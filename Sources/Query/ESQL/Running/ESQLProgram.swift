import Events

/// A query in ES|QL whose names and types are known: ready to run.
///
/// ```swift
/// let program = try ESQLProgram(query, catalog: catalog, tables: [:], now: now)
/// let run = program.run()          // one per worker
/// run.take(events, …)
/// run.merge(others)
/// let answer = try run.answer()
/// ```
public struct ESQLProgram: Sendable {
  /// Rows that a query without a limit gives, and the most that any gives.
  public static let defaultLimit = 1000
  public static let mostRows = 10_000

  public let query: ESQLQuery
  /// The fields that are read of events: type, and the path at which the values stand, which several columns may share (a
  /// field and its multi-fields); in the order of the first columns.
  public let fields: [(path: String, type: FieldType, keeping: ValueKeeping)]
  /// Metadata columns, which stand behind the fields.
  public let metadata: [String]
  /// Full-text conditions, in the order of their numbers.
  public let matches: [Predicate]
  /// The columns of the answer.
  let schema: ESQLSchema
  let steps: [ESQLStep]
  /// The rows of `ROW`; nil where events are read.
  let source: ESQLPage?
  let warnings: [String]
  let falseRanges: Set<Range<Int>>
  /// How many of the first steps are done to each page by itself.
  let ofPages: Int
  /// The first step that may depend on `NOW()`, and the first that reads metadata; nil where none does.
  let firstNowStep: Int?
  let firstMetadataStep: Int?
  /// How many steps there are behind each command of the query.
  let commandEnds: [Int]
  /// The first columns that decide what the query gives.
  let used: Set<Int>
  /// The most characters that values of some fields have, by their places: keywords that nothing is known of.
  let limits: [Int: Int]

  /// Binds a query to what is known of fields. Throws where it names what is not there, or types do not fit.
  ///
  /// - Parameter ruleRows: for the query of a rule, how many rows an execution takes at most; the query has no limit of its own
  ///   then but what it says.
  /// - Parameter isInner: for a query among whose values a condition of another looks, which gives all its rows.
  public init(
    _ query: ESQLQuery, catalog: ESQLCatalog, tables: [String: ESQLTable] = [:], now: Timestamp, ruleRows: Int? = nil,
    isInner: Bool = false
  ) throws(ESQLError) {
    // An index that is not read gives no column its type.
    let namesAt = ruleRows == nil ? now : nil
    let catalog = catalog.narrowed(to: IndexPattern(query.sources, now: namesAt))
    var binder = ESQLBinder(query, catalog: catalog, tables: tables, now: now)
    binder.isOfRule = ruleRows != nil
    binder.namesAt = namesAt
    for setting in query.settings {
      do throws(TypeFault) {
        try binder.set(setting)
      } catch {
        throw ESQLError([binder.shown(error)])
      }
    }
    var source: ESQLPage?
    do throws(TypeFault) {
      source = try binder.bindSource()
    } catch {
      throw ESQLError([binder.shown(error)])
    }
    if !binder.problems.isEmpty { throw ESQLError(binder.problems) }
    fields = binder.fields
    metadata = binder.metadata
    binder.bindCommands()
    if !binder.problems.isEmpty { throw ESQLError(binder.problems) }
    var steps = binder.steps
    var warnings = binder.warnings
    // That of other commands is none, nor is that of groups.
    let hasLimit = query.commands.contains { if case .limit(_, let groups) = $0.form { groups.isEmpty } else { false } }
    let isRow = source != nil
    if !hasLimit, !isRow, ruleRows == nil, !isInner {
      warnings.append("No limit defined, adding default limit of [\(Self.defaultLimit)]")
    }
    steps.append(.limit(isInner ? ESQLRun.mostHeld : ruleRows ?? (hasLimit ? Self.mostRows : Self.defaultLimit)))
    self.steps = steps
    self.warnings = warnings
    self.query = query
    self.source = source
    matches = binder.matches
    schema = binder.schema
    falseRanges = binder.falseRanges
    ofPages = steps.firstIndex { !$0.isOfPages } ?? steps.count
    firstNowStep = binder.firstNowStep
    firstMetadataStep = binder.firstMetadataStep
    commandEnds = binder.commandEnds
    used = Self.usedColumns(steps, count: fields.count + metadata.count)
    limits = fields.enumerated().reduce(into: [:]) { limits, field in
      guard case .keyword(let limit) = field.element.type, !catalog.fields.resolve(field.element.path).isKnown else {
        return
      }
      limits[field.offset] = limit
    }
  }

  /// The names and types of the answer's columns.
  public var columns: [(name: String, type: String)] { schema.columns.map { ($0.name, $0.typeName) } }

  /// A run of the query: one worker's own.
  public func run() -> ESQLRun { ESQLRun(self) }

  /// Why the query cannot be run; nil where it can.
  public var refusal: ESQLError? {
    for step in Self.all(steps) {
      if case .refused(let message, let place) = step {
        return ESQLError([QuerySyntaxError(message, at: place, in: query.text)])
      }
    }
    return nil
  }

  /// Steps, with those of subqueries.
  private static func all(_ steps: [ESQLStep]) -> [ESQLStep] {
    steps.flatMap { step in
      guard case .union(let union) = step else { return [step] }
      return union.branches.flatMap { all($0.steps) }
    }
  }

  /// Warnings of a run as Elasticsearch words them.
  func texts(_ notes: EvaluationNotes) -> [String] {
    var texts = warnings
    var byPlace: [Range<Int>: [String]] = [:]
    for one in notes.faults { byPlace[one.range, default: []].append("\(one.fault.kind): \(one.fault.message)") }
    let sorted = byPlace.sorted { ($0.key.lowerBound, $0.key.upperBound) < ($1.key.lowerBound, $1.key.upperBound) }
    let changes = Set(
      Self.all(steps).compactMap { if case .changePoint(let changes) = $0 { changes.range } else { nil } })
    for (range, faults) in sorted {
      let isPassedOver =
        changes.contains(range)
        && (!faults.contains { $0.contains(ESQLRunner.tooFew) } || faults.contains { $0.contains(ESQLRunner.tooMany) })
      let place = QuerySyntaxError("", at: range.lowerBound, in: query.text)
      let start = "Line \(place.line):\(place.column): "
      let what =
        isPassedOver
        ? "warnings during evaluation of [\(query.text(range))]."
        : "evaluation of [\(query.text(range))] failed, treating result as "
          + "\(falseRanges.contains(range) ? "false" : "null")."
      texts.append(start + what + " Only first \(EvaluationNotes.mostOfOnePlace) failures recorded.")
      texts += Set(faults).sorted().prefix(EvaluationNotes.mostOfOnePlace).map { start + $0 }
    }
    return texts
  }
}

/// The rows that a query gives.
public struct ESQLAnswer: Sendable {
  public var columns: [(name: String, type: String)]
  /// The type of each column, by which its values are written.
  public var types: [DataType]
  /// A row has a cell for each column.
  public var rows: [[Cell]]
  public var warnings: [String]
}

extension ESQLAnswer {
  /// A value as text.
  public static func text(_ value: Value, _ type: DataType) -> String { ESQLConversion.text(value, type) }
}
