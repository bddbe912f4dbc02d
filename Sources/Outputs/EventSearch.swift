import CloudTrail
import Events
import JSON
import Query
import Rules

/// Finds the events that a query matches and prints, keeps or counts them. One worker's own.
public final class EventSearch: RecordConsumer {
  /// What is made of the events that match.
  public enum Form: Sendable {
    case ndjson
    case table(usesColour: Bool, width: Int?)
    case count
    /// Rows of these fields, as a list of fields or, where events are sorted or cut, kept for the end.
    case rows([String])
    case csv
    /// Events are kept for the end: as `EventRows` has them.
    case kept(fields: [String]?, sort: [SortKey], limit: Int?)
    case by([String])
    case histogram(width: Int64?)
  }

  /// What a worker found.
  public struct Result: Sendable {
    public var matched = 0
    /// Which of the fields that no event is known to have had a value all the same.
    public var met: Set<String> = []
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
      met.formUnion(other.met)
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
  private let evaluator: QueryEvaluator
  private let mapper: EventMapper
  private let writer: EventJSON
  private let harvest: FieldHarvest
  private let table: EventTable?
  private let counted: [ResolvedField]
  private var text: [UInt8] = []
  private var event: [UInt8] = []
  private var result = Result()
  private var clock = EffortClock()

  /// - Parameters:
  ///   - queries: holds `query`, and the fields that are counted.
  ///   - index: restricts the data streams that are searched; `times` restricts the times of events, both ends included.
  ///   - unknown: fields that no event is known to have; which have values is noted.
  public init(
    _ queries: QuerySet, _ query: BoundQuery, index: IndexPattern?, times: ClosedRange<Timestamp>? = nil, form: Form,
    unknown: [String] = [], context: EventContext, catalog: FieldCatalog, output: OrderedOutput
  ) {
    self.query = query
    self.index = index
    self.times = times
    self.form = form
    self.unknown = unknown
    self.output = output
    evaluator = QueryEvaluator(queries)
    mapper = EventMapper(queries.plan, context: context, flattenedRoots: catalog.flattenedRoots)
    writer = EventJSON(context)
    var table: EventTable?
    var counted: [ResolvedField] = []
    var read: [String] = []
    switch form {
    case .rows(let fields): read = fields
    case .csv: read = EventRows.csvFields
    case .kept(let fields, let sort, let limit):
      read = (fields ?? []) + sort.map(\.field) + ["event.id"]
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
    harvest = FieldHarvest(read)
  }

  /// Events that could not be looked at, or not as a whole.
  public var problems: ProblemLog {
    var problems = mapper.problems
    problems.merge(unprinted)
    return problems
  }
  private var unprinted = ProblemLog()

  public func consume(_ batch: RecordBatch) {
    guard !output.isSurveying else { return }
    clock.measure { search(batch) }
  }

  private func search(_ batch: RecordBatch) {
    mapper.forEachBatch(of: batch, rows: Array(batch.rows.indices)) { events, rows in
      for field in unknown where !result.met.contains(field) && (events.column(field)?.dictionary.count ?? 0) > 0 {
        result.met.insert(field)
      }
      evaluator.begin(events)
      let isSearched = (0...events.dataStream.dictionary.count).map { code in
        code > 0 && index?.matches(events.dataStream.dictionary.text(UInt32(code))) ?? true
      }
      var counter = ColumnCounter(
        counted.map { field in
          events.column(field.sourcePath)?.terms(of: field.type, rowCount: events.rowCount)
        })
      evaluator.rows(query).forEach(rowCount: events.rowCount) { row in
        guard isSearched[Int(events.dataStream.codes[row])] else { return }
        let record = batch.rows[rows[row]]
        // An event without a time lies between no two.
        let time = record.ownTime
        if let times, !(time.map(times.contains) ?? false) { return }
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
            try print(record)
          } catch {
            unprinted.note(batch.problem(with: rows[row], .noRoom, "\(error)"))
          }
        }
      }
      counter.finish(into: &result.counts)
    }
  }

  private func print(_ row: RecordRow) throws {
    switch form {
    case .count, .by, .histogram: break
    case .ndjson:
      try writer.append(row, to: &text)
      text.append(UInt8(ascii: "\n"))
    case .table:
      try writer.withEvent(row) { event in
        text.append(contentsOf: ((table?.row(event, time: row.ownTime) ?? "") + "\n").utf8)
      }
    case .rows(let fields):
      let values = try writer.withEvent(row) { harvest.read($0) }
      text.append(contentsOf: ListWriter.ndjsonLine(fields, values.map(ListWriter.Cell.init(values:))))
    case .csv:
      let values = try writer.withEvent(row) { harvest.read($0) }
      text.append(contentsOf: ListWriter.csvLine(values.map(ListWriter.Cell.init(values:))))
    case .kept(let fields, let sort, _):
      event.removeAll(keepingCapacity: true)
      if fields == nil { try writer.append(row, to: &event) }
      let values = try writer.withEvent(row) { harvest.read($0) }
      let own = fields?.count ?? 0
      result.rows.add(
        EventRows.Row(
          keys: zip(sort, values[own...]).map { SortValue($1.first) }, time: row.ownTime ?? .latest,
          id: values.last?.first ?? "", cells: values.prefix(own).map(ListWriter.Cell.init(values:)), json: event))
    }
  }

  public func endUnit(_ sequence: Int) async throws {
    try await output.write(text, sequence: sequence, effort: clock.effort)
    text.removeAll(keepingCapacity: true)
    clock.restart()
  }

  /// What was found.
  public func finish() -> Result { result }
}
