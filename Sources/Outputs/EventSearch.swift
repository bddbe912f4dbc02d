import CloudTrail
import Events
import JSON
import Query
import Rules

/// Finds the events that a query matches and prints or counts them. One worker's own.
public final class EventSearch: RecordConsumer {
  public enum Form: Sendable {
    case ndjson
    case table(usesColour: Bool, width: Int)
    case count
  }

  private let queries: QuerySet
  private let query: BoundQuery
  private let index: IndexPattern?
  private let form: Form
  private let output: OrderedOutput
  private let evaluator: QueryEvaluator
  private let mapper: EventMapper
  private let writer: EventJSON
  private var text: [UInt8] = []
  private var found = 0

  /// `queries` holds `query`; `index` restricts the data streams that are searched.
  public init(
    _ queries: QuerySet, _ query: BoundQuery, index: IndexPattern?, form: Form, context: EventContext,
    catalog: FieldCatalog, output: OrderedOutput
  ) {
    self.queries = queries
    self.query = query
    self.index = index
    self.form = form
    self.output = output
    evaluator = QueryEvaluator(queries)
    mapper = EventMapper(queries.plan, context: context, flattenedRoots: catalog.flattenedRoots)
    writer = EventJSON(context)
  }

  private static let sliceRows = 8192

  public func consume(_ batch: RecordBatch) {
    var start = 0
    while start < batch.rows.count {
      let rows = Array(start..<min(start + Self.sliceRows, batch.rows.count))
      let events = mapper.batch(of: batch, rows: rows)
      evaluator.begin(events)
      let isSearched = (0...events.dataStream.dictionary.count).map { code in
        code > 0 && index?.matches(events.dataStream.dictionary.text(UInt32(code))) ?? true
      }
      evaluator.rows(query).forEach(rowCount: events.rowCount) { row in
        guard isSearched[Int(events.dataStream.codes[row])] else { return }
        found += 1
        print(batch.rows[rows[row]])
      }
      start += rows.count
    }
  }

  private func print(_ row: RecordRow) {
    switch form {
    case .count: break
    case .ndjson:
      writer.append(row, to: &text)
      text.append(UInt8(ascii: "\n"))
    case .table(let usesColour, let width):
      writer.withEvent(row) { event in
        let line = EventTable(width: width, usesColour: usesColour).row(event, time: row.time)
        text.append(contentsOf: (line + "\n").utf8)
      }
    }
  }

  public func endUnit(_ sequence: Int) async throws {
    try await output.write(text, sequence: sequence)
    text.removeAll(keepingCapacity: true)
  }

  /// How many events matched.
  public func finish() -> Int { found }
}
