import CloudTrail
import Events
import Policies
import Query
import Rules

/// Runs the rules of a plan over batches of records and gathers what the replay needs. One worker's own.
public final class HuntCollector: RecordConsumer {
  private let plan: HuntPlan
  private let leanEvaluator: QueryEvaluator
  private let identityEvaluator: QueryEvaluator
  private let identityMapper: IdentityMapper
  private let evaluator: QueryEvaluator
  private let mapper: EventMapper
  private var findings: [RuleFindings]
  private var kept = KeptRecords()
  private let policyReader = PolicyReader()
  private var policies = PolicyLog()
  /// Which rules read a data stream.
  private var readers: [String: [Bool]] = [:]
  /// Which rules read some event's data stream.
  private var isReading: [Bool]
  private var streams: Set<String> = []
  private var hasReadRecords = false
  /// Fields that rules name, that the catalog does not know and that no event had so far, with their columns.
  private var unmet: [(path: String, column: Int)]
  private var metFields: Set<String> = []
  /// Patterns that rules name, that no known field matches and that no event's field matched so far.
  private var unmetPatterns: [(text: String, matcher: WildcardMatcher)]
  /// Events that no rule reads, by data stream.
  private var unread: [String: Int] = [:]
  private let isReadingRecords: Bool
  /// What each rule that reads CloudTrail asks of the lean fields.
  private let leanOfRule: [(rule: Int, query: BoundQuery)]
  /// The rules that may still match some record of the batch, ascending.
  private var candidates: [Int] = []
  /// The CloudTrail records of the batch that each rule may still match.
  private var leanRows: [RowSet]
  private var combination: [UInt8] = []
  /// Combinations of new terms that one event may give: beyond that they are cut off and told of, since a few hundred
  /// values in each of three fields make millions.
  public static let mostCombinations = 10_000
  private var combinationsLeft = 0
  /// What was done beside reading.
  private(set) var work = HuntWork()
  /// The first and last time that a rule with a timestamp of its own went by.
  private var overriddenTimes: ClosedRange<Int64>?
  /// Of what kinds the values of rules' doubtful fields were.
  private var kinds: [Int: [String: FieldKinds]] = [:]

  /// Where the events begin that rules with a history can see.
  private var starts: HistoryStarts
  /// Rules with a history, which reach back behind what is searched.
  private let historical: [Int]
  /// Those of them that see CloudTrail records at their `@timestamp`.
  private let historicalOfRecords: [Int]

  /// Events that set policies and were not remembered for want of memory.
  private var policiesLeft = 0
  /// What was left out for want of memory.
  private var overlooked = ProblemLog()
  private var hasRunOut = false
  private var memory: MemoryShare

  private let notesPolicies: Bool
  /// Reads who opened sessions; nil where nobody asks.
  private let sessionReader: SessionReader?
  private var sessions: SessionLog

  /// - Parameter isForAlerts: remember what events do to policies and who opened sessions, for alerts that tell of it.
  public convenience init(_ plan: HuntPlan, isForAlerts: Bool = true) {
    self.init(plan, isForAlerts: isForAlerts, holdsSessions: true)
  }

  /// - Parameter holdsSessions: read calls that opened sessions only when they are asked for.
  init(_ plan: HuntPlan, isForAlerts: Bool = true, holdsSessions: Bool) {
    notesPolicies = isForAlerts
    sessionReader = isForAlerts ? SessionReader(plan.context, catalog: plan.catalog, holds: holdsSessions) : nil
    sessions = SessionLog(plan.sessionMemory)
    self.plan = plan
    memory = MemoryShare(plan.memory)
    leanEvaluator = QueryEvaluator(plan.leanQueries)
    identityEvaluator = QueryEvaluator(plan.identityQueries)
    identityMapper = IdentityMapper(
      paths: plan.identityQueries.plan.paths.filter { LeanField.named($0) == nil }, context: plan.context)
    evaluator = QueryEvaluator(plan.queries)
    mapper = EventMapper(plan.queries.plan, context: plan.context, flattenedRoots: plan.catalog.flattenedRoots)
    leanOfRule = plan.rules.enumerated().filter(\.element.readsCloudTrail).map { ($0, $1.lean) }
    leanRows = [RowSet](repeating: .none, count: plan.rules.count)
    isReading = [Bool](repeating: false, count: plan.rules.count)
    var seen: Set<String> = []
    unmet = plan.rules.flatMap(\.unknownColumns).filter { seen.insert($0.path).inserted }
    unmetPatterns = plan.rules.flatMap(\.unknownPatterns).filter { seen.insert($0.text).inserted }
      .map { ($0.text, WildcardMatcher($0)) }
    isReadingRecords = plan.rules.contains(where: \.readsCloudTrail)
    starts = HistoryStarts(rules: plan.rules.count, now: plan.context.readAt)
    historical = plan.rules.indices.filter { plan.rules[$0].rule.type == .newTerms }
    historicalOfRecords = historical.filter { plan.rules[$0].readsCloudTrail && plan.rules[$0].seesRecordsAtTimestamp }
    findings = plan.rules.map { rule in
      rule.rule.type == .newTerms
        ? .newTerms(NewTermsHistory(alwaysOldWithin: rule.alwaysOldWithin)) : .query([])
    }
  }

  public var leanFields: [LeanField] { plan.leanFields }

  public func consume(_ batch: RecordBatch) throws {
    if !historicalOfRecords.isEmpty, let earliest = starts.earliest(in: batch) {
      for at in historicalOfRecords { starts.note(earliest, rule: at) }
    }
    leanEvaluator.begin(
      EventBatch(columns: batch.lean, paths: plan.leanFields.map(\.field.path), rowCount: batch.rows.count))
    defer { leanEvaluator.end() }
    if let sessionReader, let action = batch.leanFields.firstIndex(of: .action) {
      sessionReader.read(batch, action: batch.lean[action], into: &sessions)
    }
    if notesPolicies {
      leanEvaluator.rows(plan.settingPolicies.lean).forEach(rowCount: batch.rows.count) { notePolicies(batch.rows[$0]) }
    }
    for at in candidates { leanRows[at] = .none }
    candidates.removeAll(keepingCapacity: true)
    for (at, query) in leanOfRule {
      let rows = leanEvaluator.rows(query)
      guard !rows.isEmpty else { continue }
      candidates.append(at)
      leanRows[at] = rows
    }
    askByIdentity(batch)
    lookIntoText(batch)
    candidates.removeAll { leanRows[$0].isEmpty }
    var wanted = RowSet.none
    // The rows that need each group of fields.
    var needs: [FieldGroup: RowSet] = [:]
    for at in candidates {
      wanted.unite(leanRows[at])
      needs[plan.rules[at].groups, default: .none].unite(leanRows[at])
    }
    var others = Bitmap(count: batch.rows.count)
    for (at, row) in batch.rows.enumerated() where row.kind != .cloudTrail { others.insert(at) }
    if !others.isEmpty {
      // Nothing is known of these yet, so every rule has to look at them.
      wanted.unite(.some(others))
      candidates = Array(plan.rules.indices)
    }
    if !hasReadRecords, others.cardinality < batch.rows.count {
      hasReadRecords = true
      note(readers: readers(of: plan.context.dataStream), of: plan.context.dataStream)
    }
    if !isReadingRecords { noteUnread(plan.context.dataStream, batch.rows.count - others.cardinality) }
    guard !wanted.isEmpty else { return }
    var chosen: [Int] = []
    wanted.forEach(rowCount: batch.rows.count) { chosen.append($0) }
    var groups = [FieldGroup](repeating: .plain, count: batch.rows.count)
    // What other rows need is not told apart.
    others.forEach { groups[$0] = .all }
    for (group, rows) in needs { rows.forEach(rowCount: batch.rows.count) { groups[$0].formUnion(group) } }
    try mapper.forEachBatch(of: batch, rows: chosen, groups: chosen.map { groups[$0] }) { events, rows in
      try evaluate(batch, events, rows)
    }
  }

  /// Narrows the rows of rules that also ask who it was: reading the principal is cheaper than mapping a whole record.
  private func askByIdentity(_ batch: RecordBatch) {
    let asking = candidates.filter { plan.rules[$0].byIdentity != nil }
    var asked = RowSet.none
    for at in asking { asked.unite(leanRows[at]) }
    guard !asked.isEmpty else { return }
    var chosen: [Int] = []
    asked.forEach(rowCount: batch.rows.count) { chosen.append($0) }
    let principals = identityMapper.columns(of: batch, rows: chosen)
    var next = 0
    let columns = plan.identityQueries.plan.paths.map { path in
      if let lean = plan.leanFields.firstIndex(where: { $0.field.path == path }) {
        return batch.lean[lean].selecting(chosen)
      }
      next += 1
      return principals[next - 1]
    }
    identityEvaluator.begin(
      EventBatch(columns: columns, paths: plan.identityQueries.plan.paths, rowCount: chosen.count))
    defer { identityEvaluator.end() }
    for at in asking {
      guard let query = plan.rules[at].byIdentity else { continue }
      var rows = Bitmap(count: batch.rows.count)
      identityEvaluator.rows(query).forEach(rowCount: chosen.count) { rows.insert(chosen[$0]) }
      // Of these it is not known who it was.
      for place in identityMapper.unread { rows.insert(chosen[place]) }
      leanRows[at].intersect(rows.isEmpty ? .none : .some(rows))
    }
  }

  /// Narrows the rows of rules that name values of the request or the response to records whose text holds them.
  private func lookIntoText(_ batch: RecordBatch) {
    let looking = candidates.filter { plan.rules[$0].looksIntoText }
    narrow(batch, looking.filter { plan.rules[$0].raw.isInRequest }, \.requestText)
    narrow(batch, looking.filter { !plan.rules[$0].raw.isInRequest }, \.parametersText)
  }

  /// Narrows the rows of rules to those where a part of the record's text holds what they name.
  private func narrow(
    _ batch: RecordBatch, _ rules: [Int], _ text: (RecordRow) -> UnsafeBufferPointer<UInt8>
  ) {
    guard !rules.isEmpty else { return }
    // What is known of a row's text: whether it is escaped.
    var isEscaped = [Bool?](repeating: nil, count: batch.rows.count)
    batch.rows.withUnsafeBufferPointer { records in
      for at in rules {
        let condition = plan.rules[at].raw
        var rows = Bitmap(count: records.count)
        leanRows[at].forEach(rowCount: records.count) { row in
          if condition.holds(in: records.baseAddress! + row) { return rows.insert(row) }
          guard records[row].mayBeEscaped else { return }
          if isEscaped[row] == nil { isEscaped[row] = RawCondition.isEscaped(text(records[row])) }
          if isEscaped[row] == true { rows.insert(row) }
        }
        leanRows[at].intersect(rows.isEmpty ? .none : .some(rows))
      }
    }
  }

  private func evaluate(_ records: RecordBatch, _ events: EventBatch, _ chosen: [Int]) throws {
    work.mapped += chosen.count
    evaluator.begin(events)
    defer { evaluator.end() }
    // Of records the lean fields have told already.
    if notesPolicies {
      evaluator.rows(plan.settingPolicies.mapped).forEach(rowCount: events.rowCount) { row in
        if records.rows[chosen[row]].kind == .ecs { notePolicies(records.rows[chosen[row]]) }
      }
    }
    let streams = (0...events.dataStream.dictionary.count).map { code in
      code == 0 ? [] : readers(of: events.dataStream.dictionary.text(UInt32(code)))
    }
    noteStarts(records, events, chosen, streams)
    for code in streams.indices.dropFirst() {
      note(readers: streams[code], of: events.dataStream.dictionary.text(UInt32(code)))
    }
    unmet.removeAll { field in
      guard !events.columns[field.column].isEmpty else { return false }
      metFields.insert(field.path)
      return true
    }
    noteUnread(records, events, chosen, streams)
    notePatterns(events)
    var numbers: [Int: UInt32] = [:]
    for at in candidates {
      let rule = plan.rules[at]
      if !rule.doubtful.isEmpty { noteKinds(rule, at, events) { streams[Int(events.dataStream.code(row: $0))][at] } }
      try evaluator.rows(rule.query).forEach(rowCount: events.rowCount) { row in
        guard streams[Int(events.dataStream.code(row: row))][at] else { return }
        let record = records.rows[chosen[row]]
        // A record that only other rules asked for lacks the fields that this one looks at.
        guard record.kind != .cloudTrail || leanRows[at].contains(chosen[row]) else { return }
        guard var sighting = sighting(of: record, rule, events, row) else { return }
        // Other records are not mapped, so of those by another time than `@timestamp` only what matches is known.
        if record.kind == .cloudTrail, rule.rule.type == .newTerms, !rule.seesRecordsAtTimestamp {
          starts.note(sighting.time, rule: at)
        }
        guard let condition = condition(rule, row) else { return }
        sighting.condition = condition
        work.matched += 1
        let conditionBytes = condition == ExecutionConditions.always ? 0 : Self.conditionBytes
        guard memory.take(conditionBytes + (rule.rule.type == .newTerms ? Self.logBytes : Self.matchBytes)) else {
          return noteNoRoom(records, chosen[row], rule)
        }
        func keep() throws -> KeptReference {
          if let number = numbers[row] { return KeptReference(number: number) }
          let number = try kept.keep(record)
          numbers[row] = number
          return KeptReference(number: number)
        }
        try add(sighting, rule, at, events, row, keep: keep)
        if hasRunOut { noteNoRoom(records, chosen[row], rule) }
      }
    }
  }

  /// Notes the times of events other than CloudTrail records for the rules with a history that read them.
  private func noteStarts(_ records: RecordBatch, _ events: EventBatch, _ chosen: [Int], _ streams: [[Bool]]) {
    for row in 0..<events.rowCount where records.rows[chosen[row]].kind != .cloudTrail {
      let readers = streams[Int(events.dataStream.code(row: row))]
      guard !readers.isEmpty else { continue }
      let record = records.rows[chosen[row]]
      for at in historical where readers[at] {
        let rule = plan.rules[at].rule
        let own = plan.rules[at].overrideColumn.flatMap { ownTime(in: events, column: $0, row: row) }
        let isSeen = plan.rules[at].overrideColumn == nil || !rule.timestampOverrideFallbackDisabled
        if let time = own ?? (isSeen ? record.ownTime?.milliseconds : nil) { starts.note(time, rule: at) }
      }
    }
  }

  /// The first time in a column of times, in milliseconds since the epoch.
  private func ownTime(in events: EventBatch, column: Int, row: Int) -> Int64? {
    for code in events.columns[column].codes(row: row) {
      if let time = events.columns[column].dictionary.withValue(code, { $0.timestamp }) { return time.milliseconds }
    }
    return nil
  }

  /// About what a match of a query rule takes from its finding to its alert, and the place of its record.
  private static let matchBytes = 400
  /// About what one in the log of a new terms rule takes: it stands twice while logs are put together, and while they are
  /// sorted.
  private static let logBytes = 96
  /// About what it takes to remember which executions see an event, where not all do.
  private static let conditionBytes = 500
  /// About what a combination takes beside its own bytes: its sightings, and its terms when it gives an alert.
  private static let combinationBytes = 700

  /// The memory for what is found is used up: says so, and that an event does not count for a rule.
  private func noteNoRoom(_ records: RecordBatch, _ row: Int, _ rule: HuntRule) {
    hasRunOut = false
    overlooked.note(
      records.problem(
        with: row, .noRoom,
        "an event that \(rule.rule.name) matches is not, or not wholly, remembered, since what is remembered has "
          + "\(memory.limit >> 20) MiB"))
  }

  public var problems: ProblemLog {
    var problems = mapper.problems
    problems.merge(overlooked)
    if policiesLeft > 0 {
      var problem = RecordProblem(
        file: "policies", cause: .noRoom,
        detail: "what a policy was before may be missing from alerts, since what is remembered has "
          + "\(memory.limit >> 20) MiB")
      problem.count = policiesLeft
      problems.note(problem)
    }
    return problems
  }

  /// Remembers what an event did to policies, for alerts on later ones.
  private func notePolicies(_ row: RecordRow) {
    let found: PolicyReader.Reading?
    do {
      found = try policyReader.read(row)
    } catch {
      return policiesLeft += 1
    }
    guard let reading = found else { return }
    // Of a text that stands in the record, at most two copies are kept.
    guard memory.take(512 + 2 * row.length) else { return policiesLeft += 1 }
    policies.add(reading.settings, at: reading.event)
  }

  /// Data streams of which it is remembered which rules read them, and bytes of their names; of others it is found out again.
  private static let mostStreams = 1024
  private static let longestStream = 256

  private func readers(of stream: String) -> [Bool] {
    if let known = readers[stream] { return known }
    let reading = plan.rules.map { $0.rule.indexPattern.matches(stream) }
    // Events in ECS name their streams themselves.
    if readers.count < Self.mostStreams, stream.utf8.count <= Self.longestStream { readers[stream] = reading }
    return reading
  }

  /// Names of data streams that are remembered to be told.
  private static let mostTold = 100

  private func note(readers: [Bool], of stream: String) {
    for at in readers.indices where readers[at] { isReading[at] = true }
    if streams.count < Self.mostTold, stream.utf8.count <= Self.longestStream { streams.insert(stream) }
  }

  private func noteUnread(_ stream: String, _ count: Int) {
    guard count > 0 else { return }
    let isTold = unread[stream] != nil || unread.count < Self.mostTold && stream.utf8.count <= Self.longestStream
    unread[isTold ? stream : "", default: 0] += count
  }

  /// Counts the events, CloudTrail records aside, whose data streams no rule reads.
  private func noteUnread(_ records: RecordBatch, _ events: EventBatch, _ chosen: [Int], _ streams: [[Bool]]) {
    let isRead = streams.map { $0.contains(true) }
    guard isRead.dropFirst().contains(false) || events.dataStream.dictionary.count == 0 else { return }
    var counts = [Int](repeating: 0, count: isRead.count)
    for row in 0..<events.rowCount where records.rows[chosen[row]].kind != .cloudTrail {
      let code = Int(events.dataStream.code(row: row))
      if !isRead[code] { counts[code] += 1 }
    }
    for (code, count) in counts.enumerated() where count > 0 {
      noteUnread(code == 0 ? "" : events.dataStream.dictionary.text(UInt32(code)), count)
    }
  }

  /// Notes which patterns fields of events match, until each has been met.
  private func notePatterns(_ events: EventBatch) {
    guard !unmetPatterns.isEmpty else { return }
    for path in events.columnByPath.keys where (events.column(path)?.dictionary.count ?? 0) > 0 {
      for pattern in unmetPatterns where pattern.matcher.matches(path) { metFields.insert(pattern.text) }
    }
    unmetPatterns.removeAll { metFields.contains($0.text) }
  }

  /// Notes of what kinds the values of a rule's doubtful fields are, in the rows that it reads.
  private func noteKinds(
    _ rule: HuntRule, _ at: Int, _ events: EventBatch, _ isRead: (Int) -> Bool
  ) {
    for (path, place) in rule.doubtful {
      let column = events.columns[place]
      for row in 0..<events.rowCount where isRead(row) {
        for code in column.codes(row: row) {
          kinds[at, default: [:]][path, default: []].insert(column.dictionary.withValue(code) { FieldKinds($0) })
        }
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
  private func sighting(of record: RecordRow, _ rule: HuntRule, _ events: EventBatch, _ row: Int) -> Sighting? {
    var sighting = Sighting(time: record.time.milliseconds, id: record.id)
    guard let column = rule.overrideColumn else { return record.ownTime == nil ? nil : sighting }
    // Without `@timestamp` an event comes behind those that have it.
    sighting.timestamp = record.ownTime?.milliseconds ?? .max
    if let value = ownTime(in: events, column: column, row: row) {
      let range = overriddenTimes ?? value...value
      overriddenTimes = min(range.lowerBound, value)...max(range.upperBound, value)
      sighting.time = value
      return sighting
    }
    sighting.lacksOverride = true
    return rule.rule.timestampOverrideFallbackDisabled || record.ownTime == nil ? nil : sighting
  }

  private func add(
    _ sighting: Sighting, _ rule: HuntRule, _ at: Int, _ events: EventBatch, _ row: Int,
    keep: () throws -> KeptReference
  ) throws {
    switch findings[at] {
    case .query(var sightings):
      findings[at] = .query([])
      var sighting = sighting
      sighting.kept = try keep()
      sightings.append(sighting)
      findings[at] = .query(sightings)
    case .newTerms(var history):
      findings[at] = .newTerms(NewTermsHistory(alwaysOldWithin: nil))
      combination.removeAll(keepingCapacity: true)
      let known = history.log.count
      combinationsLeft = Self.mostCombinations
      try addCombinations(rule.terms[...], sighting, &history, events, row, keep: keep)
      if history.log.count == known { history.addWithout(sighting) }
      if combinationsLeft < 0, !hasRunOut { history.noteCutEvent() }
      findings[at] = .newTerms(history)
    }
  }

  /// Adds every combination of the values of the remaining fields behind those already in `combination`.
  private func addCombinations(
    _ fields: ArraySlice<HuntRule.TermField>, _ sighting: Sighting, _ history: inout NewTermsHistory,
    _ events: EventBatch, _ row: Int, keep: () throws -> KeptReference
  ) throws {
    guard combinationsLeft >= 0 else { return }
    guard let field = fields.first else {
      combinationsLeft -= 1
      guard combinationsLeft >= 0 else { return }
      guard !memory.isUsedUp else {
        hasRunOut = true
        combinationsLeft = -1
        return
      }
      let known = history.combinations.count
      try combination.withUnsafeBufferPointer {
        try history.add($0, sighting: sighting, keep: keep)
      }
      let isNew = history.combinations.count > known
      // When that was the last of the memory, the next one is told of.
      _ = memory.take(isNew ? Self.combinationBytes + 2 * combination.count : Self.logBytes)
      return
    }
    let column = events.columns[field.column]
    let length = combination.count
    for code in column.codes(row: row) {
      let term: Void? = column.dictionary.withValue(code) { value in
        value.withTerm(of: field.type) { TermCombination.append($0, to: &combination) }
      }
      guard term != nil else { continue }
      try addCombinations(fields.dropFirst(), sighting, &history, events, row, keep: keep)
      combination.removeSubrange(length...)
    }
  }

  public func finish() -> HuntFindings {
    var found = HuntFindings(rules: findings, kept: [kept], policies: [policies], overriddenTimes: overriddenTimes)
    found.kinds = kinds
    found.sessions = sessions
    found.starts = starts
    found.isReading = isReading
    found.streams = streams
    found.metFields = metFields
    found.unread = unread
    return found
  }
}
