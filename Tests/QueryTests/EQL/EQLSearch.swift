import CloudTrail
import Events
import Query

/// Runs EQL over events given as JSON texts.
struct EQLSearch {
  /// The hits as lists of places of events, nil for a missing one; throws `QuerySyntaxError`.
  static func hits(
    _ text: String, _ batches: EventBatches, categoryField: String = "event.category",
    fields: EQLCollector.Fields = EQLCollector.Fields(), catalog: FieldCatalog = .standard,
    samplesPerKey: Int = 1
  ) throws -> [EQLHit] {
    let plan = try EQL.parse(text).plan(catalog, categoryField: categoryField)
    let queries = EQLCollector.queries(plan, fields, catalog: catalog, now: Timestamp(milliseconds: 0))
    let collector = EQLCollector(queries)
    let mapper = EventBatches.mapper(collector.queries.plan)
    var candidates = EQLCandidates()
    collector.collect(batches.batch(mapper), into: &candidates) { row, _ in row }
    return SequenceMatcher(collector.plan, samplesPerKey: samplesPerKey).hits(candidates, in: candidates.ordered()).map
    { hit in
      EQLHit(joinKey: hit.joinKey, events: hit.events.map { $0.map { candidates.orders[$0] } })
    }
  }
}
