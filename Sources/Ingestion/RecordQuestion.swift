import CloudTrail
import Events
import Query
import Store

/// What a query that asks for ids of documents asks of stored records of CloudTrail: their columns say what they are called, so that
/// only texts of other events, and of those that match, need be unpacked.
public struct RecordQuestion: Sendable {
  private let queries: QuerySet
  private let query: BoundQuery
  /// The records whose columns say it.
  private let named: BoundQuery

  /// Nil for a query that asks records for what no column has.
  public init?(_ predicate: Query.Predicate, catalog: FieldCatalog, now: Timestamp) {
    guard let asked = predicate.onRecords else { return nil }
    var queries = QuerySet(catalog: catalog, now: now)
    query = queries.add(asked)
    named = queries.add(.exists(.named("event.id")))
    guard !queries.plan.goesBeyondColumns else { return nil }
    self.queries = queries
  }

  /// Those of a part's rows whose events may match. Where columns cannot be read, texts are asked.
  func rows<Part: EventPart>(_ rows: [Int], of part: Part) throws -> [Int] {
    do {
      let forms = try part.forms()
      guard rows.contains(where: { EventHead.isRecord(forms[$0]) }) else { return rows }
      return try part.withColumns(queries.plan) { events in
        let evaluator = QueryEvaluator(queries)
        evaluator.begin(events)
        defer { evaluator.end() }
        let (matching, named) = (evaluator.rows(query), evaluator.rows(named))
        return rows.filter { !EventHead.isRecord(forms[$0]) || !named.contains($0) || matching.contains($0) }
      }
    } catch is Part.Fault {
      return rows
    }
  }
}
