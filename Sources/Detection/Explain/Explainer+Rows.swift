import CloudTrail
import Events
import Query
import Rules

extension Explainer {
  private struct RowKey: Hashable {
    var tick: Timestamp
    var number: Int
  }

  /// What each execution that has the event in its window made of it, for a rule in ES|QL.
  func executions(
    _ sighting: Sighting, _ row: RecordRow, _ own: ESQLMatches, _ outcome: Outcome, _ huntRule: HuntRule,
    _ seeing: [ClosedRange<Int64>], _ found: ExplainFindings
  ) throws -> [Explanation.ExecutionOutcome] {
    let windows = huntRule.windows
    let place = own.matches.firstIndex { $0.sighting == sighting }
    let events = own.events(found.findings.metadata(plan.context))
    let times = own.matches.map(\.sighting.time)
    let alerts = outcome.found.compactMap { found -> (finding: Finding, row: FoundRow)? in
      guard case .row(let row) = found.basis, row.events.contains(where: { $0 == sighting }) else { return nil }
      return (found, row)
    }
    let ids = outcome.found.isEmpty ? [:] : try rowIDs(huntRule, found.result)
    return try seeing.joined().map { tick in
      let now = windows.time(tick)
      let (from, to) = (windows.from(tick), windows.to(tick))
      func result() throws -> Explanation.ExecutionOutcome.Result {
        guard let place else { return try alone(row, own.rule.query, at: now) }
        if !windows.sees(own.matches[place].sighting.condition, tick) { return .excepted }
        if let failure = outcome.failures.first(where: { $0.tick == now }) { return .failed(failure.message) }
        if let alert = alerts.first(where: { $0.finding.tick == now }) {
          let id = ids[RowKey(tick: now, number: alert.row.number)] ?? ""
          return alert.row.isEvent ? .created(id: id) : .partOf(id: id, now)
        }
        if let before = alerts.last(where: { $0.finding.tick < now && $0.row.isEvent }) {
          return .createdBefore(before.finding.tick)
        }
        if let alert = outcome.found.first(where: { $0.suppressed?.events.contains(sighting) ?? false }),
          case .row(let row) = alert.basis
        {
          return .foldedInto(id: ids[RowKey(tick: alert.tick, number: row.number)] ?? "", alert.tick)
        }
        let range = times.firstPlace { $0 >= from }..<max(times.firstPlace { $0 >= from }, times.firstPlace { $0 > to })
        let places = own.places(range, windows, tick)
        if let end = try events.end(of: place, among: places, at: now) {
          return .leftOut(line: end.line, command: end.text)
        }
        return .capped
      }
      return Explanation.ExecutionOutcome(
        scheduled: now, from: Timestamp(milliseconds: from), to: Timestamp(milliseconds: to), historyFrom: nil,
        terms: [], result: try result())
    }
  }

  /// What the query makes of an event by itself, that it leaves out whatever other events there are.
  private func alone(
    _ row: RecordRow, _ query: ESQLRuleQuery, at now: Timestamp
  ) throws -> Explanation.ExecutionOutcome.Result {
    var queries = QuerySet(catalog: plan.catalog, now: now)
    let binding = ESQLBinding(query, to: &queries)
    let mapper = EventMapper(queries.plan, context: plan.context, flattenedRoots: plan.catalog.flattenedRoots)
    let batch = mapper.batch(of: RecordBatch(leanFields: [], rows: [row]), rows: [0])
    let evaluator = QueryEvaluator(queries)
    evaluator.begin(batch)
    defer { evaluator.end() }
    let reader = ESQLReader(binding, narrows: false)
    _ = reader.begin(batch, .all, evaluator)
    defer { reader.end() }
    let note = reader.encoded(0)
    let events = ESQLEvents(query, count: 1) { _, read in
      note.withUnsafeBytes(read)
    } metadata: { _, _ in
      .none
    }
    guard let end = try events.end(of: 0, among: [0], at: now) else { return .unmatched }
    return .leftOut(line: end.line, command: end.text)
  }

  /// The ids of the rule's alerts.
  private func rowIDs(_ huntRule: HuntRule, _ result: HuntResult) throws -> [RowKey: String] {
    guard let place = plan.rules.firstIndex(where: { $0 === huntRule }) else { return [:] }
    var ids: [RowKey: String] = [:]
    try result.forEachAlert(ofRule: place) { alert, made in
      guard case .row(let row) = alert.finding.basis else { return }
      ids[RowKey(tick: alert.tick, number: row.number)] = made.id
    }
    return ids
  }
}
