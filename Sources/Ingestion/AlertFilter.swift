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

  private let lookedFor: [String]
  private let patterns: [WildcardPattern]

  private static let id = "kibana.alert.uuid"

  /// - Parameters:
  ///   - lookedFor: fields of which it is told whether some alert has them.
  ///   - patterns: patterns of the query of which it is told whether some alert has a field that they match.
  public init(
    _ predicate: Query.Predicate, lookedFor: [String] = [], patterns: [WildcardPattern] = [], catalog: FieldCatalog,
    now: Timestamp
  ) {
    var queries = QuerySet(catalog: catalog, now: now)
    query = queries.add(predicate)
    for field in [Self.id] + lookedFor { _ = queries.addField(field) }
    self.lookedFor = lookedFor
    self.patterns = patterns
    self.queries = queries
    self.catalog = catalog
    context = EventContext(readAt: now)
  }

  /// The ids of those that match, and the fields and patterns that were looked for and that some of all have.
  ///
  /// - Parameter documents: JSON objects, each on one line.
  public func ids(in documents: [[UInt8]]) throws -> (ids: Set<String>, met: Set<String>) {
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
    private let lookedFor: [String]
    private let patterns: [(text: String, matcher: WildcardMatcher)]
    private var (ids, met): (Set<String>, Set<String>) = ([], [])

    init(_ filter: AlertFilter) {
      query = filter.query
      lookedFor = filter.lookedFor
      patterns = filter.patterns.map { ($0.text, WildcardMatcher($0)) }
      evaluator = QueryEvaluator(filter.queries)
      mapper = EventMapper(
        filter.queries.plan, context: filter.context, flattenedRoots: filter.catalog.flattenedRoots)
    }

    func consume(_ batch: RecordBatch) {
      mapper.forEachBatch(of: batch, rows: Array(batch.rows.indices)) { events, _ in
        for field in lookedFor where !met.contains(field) && events.column(field)?.isEmpty == false {
          met.insert(field)
        }
        for (text, matcher) in patterns where !met.contains(text) {
          let isMet = events.columnByPath.keys.contains {
            matcher.matches($0) && (events.column($0)?.dictionary.count ?? 0) > 0
          }
          if isMet { met.insert(text) }
        }
        evaluator.begin(events)
        defer { evaluator.end() }
        guard let id = events.column(AlertFilter.id) else { return }
        evaluator.rows(query).forEach(rowCount: events.rowCount) { row in
          let code = id.code(row: row)
          if code != 0 { ids.insert(id.dictionary.text(code)) }
        }
      }
    }

    func finish() -> (ids: Set<String>, met: Set<String>) { (ids, met) }
  }
}
