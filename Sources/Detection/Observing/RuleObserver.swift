import CloudTrail
import Events
import Query
import Rules

/// Asks the rules of a plan about batches of events, whoever made them: a hunt out of records, or a store out of columns.
/// One worker's own.
///
/// A batch has the columns of `plan.queries.plan`, and heads.
final class RuleObserver {
  private let plan: HuntPlan
  private let evaluator: QueryEvaluator
  private var readers: [Int: EQLReader] = [:]
  private var rowReaders: [Int: ESQLReader] = [:]

  init(_ plan: HuntPlan) {
    self.plan = plan
    evaluator = QueryEvaluator(plan.queries)
  }

  /// Makes a batch the one that is asked about.
  func begin(_ events: EventBatch) { evaluator.begin(events) }

  /// Lets go of the batch, so that its room can be used again.
  func end() {
    for reader in readers.values { reader.end() }
    for reader in rowReaders.values { reader.end() }
    evaluator.end()
  }

  /// Reads a batch for the rule at a place, where candidates of a query in EQL are noted of its matches.
  private func candidates(of place: Int, _ events: EventBatch) -> EQLReader? {
    guard case .candidates(let binding) = plan.rules[place].noting else { return nil }
    let reader = readers[place] ?? EQLReader(binding)
    readers[place] = reader
    reader.begin(events, evaluator)
    return reader
  }

  /// Reads a batch for the rule at a place, where rows of ES|QL are noted of its matches, and leaves out of `rows` what single
  /// events tell to be none.
  private func rowReader(of place: Int, _ events: EventBatch, _ rows: inout RowSet) -> ESQLReader? {
    guard case .rows(let binding) = plan.rules[place].noting else { return nil }
    let reader = rowReaders[place] ?? ESQLReader(binding)
    rowReaders[place] = reader
    rows = reader.begin(events, rows, evaluator)
    return reader
  }

  /// The rows that satisfy a query of the plan.
  func rows(_ query: BoundQuery) -> RowSet { evaluator.rows(query) }

  /// Hands what rules match to a sink.
  ///
  /// - Parameters:
  ///   - rules: places of rules in the plan.
  ///   - isRead: whether a rule, by its place, reads a row's data stream and was not ruled out for the row before.
  func observe(
    _ events: EventBatch, _ rules: [Int], isRead: (Int, Int) -> Bool, into sink: some MatchSink
  ) throws {
    for at in rules {
      let rule = plan.rules[at]
      noteKinds(events, rule, at, isRead, sink)
      var rows = evaluator.rows(rule.query)
      noteFaults(rule, at, isRead, sink)
      guard !rows.isEmpty else { continue }
      let asked = rows
      let rowReader = rowReader(of: at, events, &rows)
      notePassedOver(rowReader, rule: at, asked, events, isRead, sink)
      guard !rows.isEmpty else { continue }
      var notes = RowNotes(rule.noting, events, candidates(of: at, events), rowReader)
      try rows.forEach(rowCount: events.rowCount) { row in
        guard isRead(at, row), var sighting = sighting(events, rule, row) else { return }
        // Of records of CloudTrail that are not mapped nothing is known but their `@timestamp`.
        if events.heads[row].kind == .cloudTrail, rule.program.hasHistory, !rule.seesRecordsAtTimestamp {
          sink.note(start: sighting.time, of: at)
        }
        guard let condition = condition(rule, row) else { return }
        sighting.condition = condition
        notes.row = row
        try sink.add(sighting, of: rule, at: at, row: row, notes)
      }
    }
  }

  /// Notes of what kinds the values of a rule's doubtful fields are, in the rows that it reads.
  private func noteKinds(
    _ events: EventBatch, _ rule: HuntRule, _ at: Int, _ isRead: (Int, Int) -> Bool, _ sink: some MatchSink
  ) {
    for (path, place) in rule.doubtful {
      let column = events.columns[place]
      for row in 0..<events.rowCount where isRead(at, row) {
        for code in column.codes(row: row) {
          sink.note(column.dictionary.withValue(code) { FieldKinds($0) }, in: path, of: at)
        }
      }
    }
  }

  /// Notes which values of a query in ES|QL are null for their length, where the rule reads some of the rows.
  private func notePassedOver(
    _ reader: ESQLReader?, rule at: Int, _ rows: RowSet, _ events: EventBatch, _ isRead: (Int, Int) -> Bool,
    _ sink: some MatchSink
  ) {
    guard let reader, !reader.passedOver.isEmpty else { return }
    guard (0..<events.rowCount).contains(where: { rows.contains($0) && isRead(at, $0) }) else { return }
    for text in reader.passedOver { sink.note(fault: text, of: at) }
  }

  /// Notes what failed in the rule's conditions, in the rows that it reads. A query in ES|QL tells of its own.
  private func noteFaults(_ rule: HuntRule, _ at: Int, _ isRead: (Int, Int) -> Bool, _ sink: some MatchSink) {
    guard rule.rule.type != .esql else { return }
    // An event may meet one item of a sequence, and fail another.
    var queries = [rule.query]
    if case .candidates(let binding) = rule.noting { queries = binding.conditions }
    for query in queries {
      _ = evaluator.rows(query)
      for fault in evaluator.faults(of: query) where isRead(at, fault.row) {
        sink.note(fault: fault.fault.message, of: at)
      }
    }
  }

  /// Which executions see a row that the rule's query may match; nil when none does.
  private func condition(_ rule: HuntRule, _ row: Int) -> UInt32? {
    guard rule.openQuery != nil || !rule.expiringExceptions.isEmpty else { return ExecutionConditions.always }
    var parts = rule.openQuery.map { [evaluator.condition($0, row: row)] } ?? []
    for exception in rule.expiringExceptions {
      let excepted = evaluator.condition(exception.query, row: row)
      let ended = TimeCondition.notBefore(Timestamp(milliseconds: exception.unknownFrom))
      parts.append(.some([excepted.opposite, ended]))
    }
    let condition = TimeCondition.every(parts)
    return condition == .never ? nil : rule.windows.conditions.code(condition)
  }

  /// The event at its time as the rule sees it; nil when the rule passes over events without its own timestamp field.
  private func sighting(_ events: EventBatch, _ rule: HuntRule, _ row: Int) -> Sighting? {
    let head = events.heads[row]
    var sighting = Sighting(time: head.time.milliseconds, id: head.identity.id)
    guard let column = rule.overrideColumn else { return head.time == .missing ? nil : sighting }
    // Without `@timestamp` an event comes behind those that have it.
    sighting.timestamp = head.time == .missing ? .max : head.time.milliseconds
    if let value = Self.ownTime(of: rule, in: events, column: column, row: row) {
      sighting.time = value
      return sighting
    }
    sighting.lacksOverride = true
    return rule.rule.timestampOverrideFallbackDisabled || head.time == .missing ? nil : sighting
  }

  /// The first time in the column of the rule's own timestamp field, in milliseconds since the epoch.
  private static func ownTime(of rule: HuntRule, in events: EventBatch, column: Int, row: Int) -> Int64? {
    let format = rule.overrideFormat
    for code in events.columns[column].codes(row: row) {
      if let time = events.columns[column].dictionary.withValue(code, { $0.timestamp(format) }) {
        return time.milliseconds
      }
    }
    return nil
  }

  /// The time at which a rule with a history sees an event that is no record of CloudTrail, whether it matches or not; nil
  /// where it does not see it.
  static func seenTime(of rule: HuntRule, in events: EventBatch, row: Int) -> Int64? {
    let own = rule.overrideColumn.flatMap { ownTime(of: rule, in: events, column: $0, row: row) }
    let isSeen = rule.overrideColumn == nil || !rule.rule.timestampOverrideFallbackDisabled
    let time = events.heads[row].time
    return own ?? (isSeen && time != .missing ? time.milliseconds : nil)
  }
}
