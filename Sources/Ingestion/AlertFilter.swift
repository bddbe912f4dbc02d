import CloudTrail
import Events
import Inputs
import Query

/// Finds the alerts among some documents that a query matches.
public struct AlertFilter: Sendable {
  private let queries: QuerySet
  private let query: BoundQuery
  private let catalog: FieldCatalog
  private let context: EventContext

  private static let id = "kibana.alert.uuid"

  public init(_ predicate: Query.Predicate, catalog: FieldCatalog, now: Timestamp) {
    var queries = QuerySet(catalog: catalog, now: now)
    query = queries.add(predicate)
    _ = queries.addField(Self.id)
    self.queries = queries
    self.catalog = catalog
    context = EventContext(readAt: now)
  }

  /// The ids of those that match.
  ///
  /// - Parameter documents: JSON objects, each on one line.
  public func ids(in documents: [[UInt8]]) throws -> Set<String> {
    var text: [UInt8] = []
    for document in documents {
      text.append(contentsOf: document)
      text.append(UInt8(ascii: "\n"))
    }
    return try InputReader.read(
      text, named: "alerts.ndjson", registry: EventRegistry(remembers: false), Matcher(self)
    ).result
  }

  private final class Matcher: RecordConsumer {
    private let query: BoundQuery
    private let mapper: EventMapper
    private let evaluator: QueryEvaluator
    private var ids: Set<String> = []

    init(_ filter: AlertFilter) {
      query = filter.query
      evaluator = QueryEvaluator(filter.queries)
      mapper = EventMapper(
        filter.queries.plan, context: filter.context, flattenedRoots: filter.catalog.flattenedRoots)
    }

    func consume(_ batch: RecordBatch) {
      mapper.forEachBatch(of: batch, rows: Array(batch.rows.indices)) { events, _ in
        evaluator.begin(events)
        defer { evaluator.end() }
        guard let id = events.column(AlertFilter.id) else { return }
        evaluator.rows(query).forEach(rowCount: events.rowCount) { row in
          let code = id.code(row: row)
          if code != 0 { ids.insert(id.dictionary.text(code)) }
        }
      }
    }

    func finish() -> Set<String> { ids }
  }
}
