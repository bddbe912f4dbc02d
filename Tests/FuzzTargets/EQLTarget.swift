import CloudTrail
import Events
import Query

extension QueryTargets {
  /// Reads an EQL query, binds it to the schema, and answers it over a few events.
  func eql(_ bytes: [UInt8]) {
    let plan: EQLPlan
    do {
      plan = try EQL.parse(String(decoding: bytes, as: UTF8.self)).plan()
    } catch {
      precondition(!error.rendered.isEmpty, "a refusal says why")
      return
    }
    let collector = EQLCollector(
      EQLCollector.queries(plan, EQLCollector.Fields(), catalog: .standard, now: Self.now))
    var candidates = EQLCandidates()
    collector.collect(Self.batch(collector.queries.plan, .standard), into: &candidates) { row, _ in row }
    let order = candidates.ordered()
    let matcher = SequenceMatcher(collector.plan)
    let hits = matcher.hits(candidates, in: order)
    let places = plan.isOfEvents ? 1 : plan.items.count - (hasUntil(plan) ? 1 : 0)
    for hit in hits {
      precondition(hit.events.count == places, "a hit has a place for each item")
      precondition(
        hit.events.allSatisfy { $0.map { (0..<candidates.count).contains($0) } ?? true }, "a hit is of candidates")
      precondition(hit.joinKey.values.count == plan.keyNames.count, "a hit has a value for each key")
    }
    precondition(
      matcher.hits(candidates, in: order, limit: 1).count == min(1, hits.count), "a limit keeps what there is")
  }

  private func hasUntil(_ plan: EQLPlan) -> Bool {
    if case .sequence(_, let hasUntil) = plan.form { hasUntil } else { false }
  }
}
