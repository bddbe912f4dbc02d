import CloudTrail
import Events
import JSON
import Query
import Rules
import Store

/// Finds the events that a query matches and prints, keeps or counts them. One worker's own.
public final class EventSearch: RecordConsumer {
  /// What is made of the events that match.
  public enum Form: Sendable {
    case ndjson
    case table(usesColour: Bool, width: Int?)
    case count
    /// A line of these fields for each event.
    case rows(ChosenFields)
    case csv
    /// Events are kept for the end: as `EventRows` has them.
    case kept(fields: ChosenFields?, sort: [SortKey], limit: Int?)
    case by([String])
    case histogram(width: Int64?)

    /// True where events are counted and none is shown.
    public var onlyCounts: Bool {
      switch self {
      case .count, .by, .histogram: true
      case .ndjson, .table, .rows, .csv, .kept: false
      }
    }
  }

  /// What a worker found.
  public struct Result: Sendable {
    public var matched = 0
    /// Events that the query was asked about: of the data streams and times that are searched.
    public var asked = 0
    /// Which of the fields that no event is known to have had a value all the same.
    public var met: Set<String> = []
    /// Which of the fields that are shown had a value, or had fields with values below them, in an event that matched.
    public var shown: Set<String> = []
    /// Which patterns of the query some field of an event matched.
    public var metPatterns: Set<String> = []
    public var rows = EventRows()
    public var counts = ValueCounts([])
    public var histogram = TimeHistogram()
    /// The times of the first and the last event that matched.
    public var earliest: Timestamp?
    public var latest: Timestamp?

    public init() {}

    /// Adds what another worker found.
    public mutating func merge(_ other: Result) {
      matched += other.matched
      asked += other.asked
      met.formUnion(other.met)
      shown.formUnion(other.shown)
      metPatterns.formUnion(other.metPatterns)
      rows.merge(other.rows)
      counts.merge(other.counts)
      histogram.merge(other.histogram)
      if let time = other.earliest { earliest = min(earliest ?? time, time) }
      if let time = other.latest { latest = max(latest ?? time, time) }
    }
  }

  private let query: BoundQuery
  private let index: IndexPattern?
  private let times: ClosedRange<Timestamp>?
  private let form: Form
  private let output: OrderedOutput
  private let unknown: [String]
  private var patterns: [(text: String, matcher: WildcardMatcher)]
  private let evaluator: QueryEvaluator
  private let mapper: EventMapper
  private let writer: EventJSON
  private let harvest: FieldHarvest
  private let chosen: (fields: ChosenFields, reader: ChosenReader)?
  private let table: EventTable?
  private let counted: [ResolvedField]
  private var text = OutputSpool()
  private var event: [UInt8] = []
  private var result = Result()
  private var clock = EffortClock()

  /// - Parameters:
  ///   - queries: holds `query`, and the fields that are counted.
  ///   - index: restricts the data streams that are searched; `times` restricts the times of events, both ends included.
  ///   - unknown: fields that no event is known to have; which have values is noted.
  ///   - patterns: patterns of the query that match no field that is known; those that a field with a value matches are noted.
  public init(
    _ queries: QuerySet, _ query: BoundQuery, index: IndexPattern?, times: ClosedRange<Timestamp>? = nil, form: Form,
    unknown: [String] = [], patterns: [WildcardPattern] = [], context: EventContext, catalog: FieldCatalog,
    output: OrderedOutput
  ) {
    self.query = query
    self.index = index
    self.times = times
    self.form = form
    self.unknown = unknown
    self.patterns = patterns.map { ($0.text, WildcardMatcher($0)) }
    self.output = output
    evaluator = QueryEvaluator(queries)
    mapper = EventMapper(queries.plan, context: context, flattenedRoots: catalog.flattenedRoots)
    writer = EventJSON(context)
    var table: EventTable?
    var counted: [ResolvedField] = []
    var read: [String] = []
    var chosen: ChosenFields?
    switch form {
    case .rows(let fields): chosen = fields
    case .csv: read = EventRows.csvFields
    case .kept(let fields, let sort, let limit):
      chosen = fields
      read = sort.map { catalog.resolve($0.field).sourcePath } + ["event.id"]
      result.rows = EventRows(fields: fields, sort: sort, limit: limit)
    case .by(let fields):
      result.counts = ValueCounts(fields)
      counted = fields.map { catalog.resolve($0) }
    case .histogram(let width): result.histogram = TimeHistogram(width: width)
    case .table(let usesColour, let width): table = EventTable(width: width, usesColour: usesColour)
    case .ndjson, .count: break
    }
    self.table = table
    self.counted = counted
    self.chosen = chosen.map { ($0, ChosenReader($0)) }
    harvest = FieldHarvest(read)
  }

  /// Events that could not be looked at, or not as a whole.
  public var problems: ProblemLog {
    var problems = mapper.problems
    problems.merge(unprinted)
    return problems
  }
  private var unprinted = ProblemLog()

  public var wantsIngestionTimes: Bool { true }
  public var wantsTokens: Bool { true }

  public func consume(_ batch: RecordBatch) throws {
    guard !output.isSurveying else { return }
    clock.measure { search(batch) }
    try text.settle()
  }

  private func search(_ batch: RecordBatch) {
    mapper.forEachBatch(of: batch, rows: Array(batch.rows.indices)) { events, rows in
      for field in unknown where !result.met.contains(field) && events.column(field)?.isEmpty == false {
        result.met.insert(field)
      }
      notePatterns(events)
      evaluator.begin(events)
      defer { evaluator.end() }
      let isSearched = (0...events.dataStream.dictionary.count).map { code in
        code > 0 && index?.matches(events.dataStream.dictionary.text(UInt32(code))) ?? true
      }
      var counter = CombinationCounter(
        counted.map { field in
          events.column(field.sourcePath)?.terms(of: field.type)
        })
      func isAsked(_ row: Int) -> Bool {
        guard isSearched[Int(events.dataStream.code(row: row))] else { return false }
        // An event without a time lies between no two.
        return times.map { times in batch.rows[rows[row]].ownTime.map(times.contains) ?? false } ?? true
      }
      if times == nil, index == nil {
        result.asked += events.rowCount
      } else {
        for row in 0..<events.rowCount where isAsked(row) { result.asked += 1 }
      }
      evaluator.rows(query).forEach(rowCount: events.rowCount) { row in
        guard isAsked(row) else { return }
        let record = batch.rows[rows[row]]
        let time = record.ownTime
        result.matched += 1
        if let time {
          result.earliest = min(result.earliest ?? time, time)
          result.latest = max(result.latest ?? time, time)
        }
        switch form {
        case .by: counter.add(row, at: time)
        case .histogram: if let time { result.histogram.add(time) }
        default:
          do {
            try print(record, batch.ingestionTime(of: rows[row]))
          } catch {
            unprinted.note(batch.problem(with: rows[row], .noRoom, "\(error)"))
          }
        }
      }
      result.counts.add(counter)
    }
  }

  private func print(_ row: RecordRow, _ ingested: Timestamp?) throws {
    switch form {
    case .count, .by, .histogram: break
    case .ndjson:
      try writer.append(row, ingested: ingested, to: &text.bytes)
      text.bytes.append(UInt8(ascii: "\n"))
    case .table:
      try writer.withEvent(row, ingested: ingested) { event in
        text.bytes.append(contentsOf: ((table?.row(event, time: row.ownTime) ?? "") + "\n").utf8)
      }
    case .rows(let fields):
      let beside = try documentValues(of: row, fields.names)
      let members = try writer.withEvent(row, ingested: ingested) { choose($0, beside) }.members(fields)
      text.bytes.append(contentsOf: ListWriter.ndjsonLine(members.names, members.cells))
    case .csv:
      let values = try writer.withEvent(row, ingested: ingested) { harvest.read($0) }
      text.bytes.append(contentsOf: ListWriter.csvLine(values.map(ListWriter.Cell.init(values:))))
    case .kept(let fields, let sort, _):
      let beside = try documentValues(of: row, (fields?.names ?? []) + sort.map(\.field))
      event.removeAll(keepingCapacity: true)
      if fields == nil { try writer.append(row, ingested: ingested, to: &event) }
      let (values, shown) = try writer.withEvent(row, ingested: ingested) { (harvest.read($0), choose($0, beside)) }
      result.rows.add(
        EventRows.Row(
          keys: zip(sort, values).map { key, values in
            // A time is a time, however it is written.
            guard key.field == "@timestamp" else { return SortValue(beside[key.field] ?? values.first) }
            return row.ownTime.map { .number(Double($0.milliseconds)) } ?? .none
          }, time: row.ownTime ?? .latest,
          id: values.last?.first ?? "", values: shown, json: event))
    }
  }

  /// What an event has in the fields that are shown.
  ///
  /// - Parameter beside: what the event has as a document, by name.
  private func choose(_ event: JSONNode, _ beside: [String: String]) -> ChosenValues {
    guard let chosen else { return .none }
    var values = chosen.reader.read(event)
    for (place, name) in chosen.fields.names.enumerated() {
      if let value = beside[name] { values.cells[place] = ListWriter.Cell(values: [value]) }
    }
    if result.shown.count < chosen.fields.names.count { result.shown.formUnion(values.met(chosen.fields)) }
    return values
  }

  /// The id and the index of an event, as far as they are among the names.
  private func documentValues(of row: RecordRow, _ names: [String]) throws -> [String: String] {
    var values: [String: String] = [:]
    if names.contains(DocumentNames.id) { values[DocumentNames.id] = try writer.id(of: row) }
    if names.contains(DocumentNames.index) { values[DocumentNames.index] = try writer.index(of: row) }
    return values
  }

  /// Notes which patterns fields of events match, until each has been met.
  private func notePatterns(_ events: EventBatch) {
    guard !patterns.isEmpty else { return }
    for path in events.columnByPath.keys where (events.column(path)?.dictionary.count ?? 0) > 0 {
      for pattern in patterns where pattern.matcher.matches(path) { result.metPatterns.insert(pattern.text) }
    }
    patterns.removeAll { result.metPatterns.contains($0.text) }
  }

  public func endUnit(_ sequence: Int) async throws {
    try await output.write(text.take(), sequence: sequence, effort: clock.effort)
    clock.restart()
  }

  /// What was found.
  public func finish() -> Result { result }
}
