import CloudTrail
import Events
import Policies
import Query
import Rules

/// Runs the rules of a plan over batches of records and gathers what the replay needs. One worker's own.
///
/// Records are narrowed down by what is cheap to know of them, those that are left are mapped, and the rules are asked about
/// the events that they become.
public final class HuntCollector: RecordConsumer {
  private let plan: HuntPlan
  private let prefilter: RecordPrefilter
  private let observer: RuleObserver
  private let mapper: EventMapper
  private let findings: FindingsBuilder
  private var facts: InputFacts
  private var kept = KeptRecords()
  private let policyReader = PolicyReader()
  private var policies = PolicyLog()
  private var hasReadRecords = false
  private let isReadingRecords: Bool
  /// Events that were mapped.
  private var mapped = 0

  /// Rules with a history, which reach back behind what is searched.
  private let historical: [Int]
  /// Those of them that see CloudTrail records at their `@timestamp`.
  private let historicalOfRecords: [Int]

  /// Events that set policies and were not remembered for want of memory.
  private var policiesLeft = 0
  /// What was left out for want of memory.
  private var overlooked = ProblemLog()

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
    prefilter = RecordPrefilter(plan)
    observer = RuleObserver(plan)
    mapper = EventMapper(plan.queries.plan, context: plan.context, flattenedRoots: plan.catalog.flattenedRoots)
    findings = FindingsBuilder(plan) { _ in KeptReference(number: 0) }
    facts = InputFacts(plan.rules, lookedFor: plan.indicatorPatterns)
    isReadingRecords = plan.rules.contains(where: \.readsCloudTrail)
    historical = plan.rules.indices.filter { plan.rules[$0].program.hasHistory }
    historicalOfRecords = historical.filter { plan.rules[$0].readsCloudTrail && plan.rules[$0].seesRecordsAtTimestamp }
  }

  /// Combinations of new terms that one event may give.
  public static var mostNotes: Int { FindingsBuilder.mostNotes }

  /// What was done beside reading.
  var work: HuntWork { HuntWork(mapped: mapped, matched: findings.matched) }

  public var leanFields: [LeanField] { plan.leanFields }

  public func consume(_ batch: RecordBatch) throws {
    if !historicalOfRecords.isEmpty, let earliest = findings.starts.earliest(in: batch) {
      for at in historicalOfRecords { findings.note(start: earliest, of: at) }
    }
    prefilter.begin(batch)
    defer { prefilter.end() }
    if let sessionReader, let action = batch.leanFields.firstIndex(of: .action) {
      sessionReader.read(batch, action: batch.lean[action], into: &sessions)
    }
    if notesPolicies {
      prefilter.settingPolicies().forEach(rowCount: batch.rows.count) { notePolicies(batch.rows[$0]) }
    }
    prefilter.narrow(batch)
    var others = Bitmap(count: batch.rows.count)
    for (at, row) in batch.rows.enumerated() where row.kind != .cloudTrail { others.insert(at) }
    noteStream(of: batch.rows.count - others.cardinality)
    let (chosen, groups) = wanted(of: batch, others)
    guard !chosen.isEmpty else { return }
    // Nothing is known of others yet, so every rule has to look at them.
    let rules = others.isEmpty ? prefilter.candidates : Array(plan.rules.indices)
    try mapper.forEachBatch(of: batch, rows: chosen, groups: groups) { events, rows in
      try observe(batch, events, rows, rules)
    }
  }

  /// Notes so many records of CloudTrail.
  private func noteStream(of records: Int) {
    if !hasReadRecords, records > 0 {
      hasReadRecords = true
      facts.note(stream: plan.context.dataStream)
    }
    if !isReadingRecords { facts.noteUnread(plan.context.dataStream, records) }
  }

  /// The records that have to be mapped, ascending, and which groups of fields of each.
  private func wanted(of batch: RecordBatch, _ others: Bitmap) -> (rows: [Int], groups: [FieldGroup]) {
    var wanted = RowSet.none
    // The rows that need each group of fields.
    var needs: [FieldGroup: RowSet] = [:]
    for at in prefilter.candidates {
      wanted.unite(prefilter.rows[at])
      needs[plan.rules[at].groups, default: .none].unite(prefilter.rows[at])
    }
    if !others.isEmpty { wanted.unite(.some(others)) }
    guard !wanted.isEmpty else { return ([], []) }
    var chosen: [Int] = []
    wanted.forEach(rowCount: batch.rows.count) { chosen.append($0) }
    var groups = [FieldGroup](repeating: .plain, count: batch.rows.count)
    // What other rows need is not told apart.
    others.forEach { groups[$0] = .all }
    for (group, rows) in needs { rows.forEach(rowCount: batch.rows.count) { groups[$0].formUnion(group) } }
    return (chosen, chosen.map { groups[$0] })
  }

  private func observe(_ records: RecordBatch, _ events: EventBatch, _ chosen: [Int], _ rules: [Int]) throws {
    mapped += chosen.count
    observer.begin(events)
    defer { observer.end() }
    // Of records the lean fields have told already.
    if notesPolicies {
      observer.rows(plan.settingPolicies.mapped).forEach(rowCount: events.rowCount) { row in
        if records.rows[chosen[row]].kind == .ecs { notePolicies(records.rows[chosen[row]]) }
      }
    }
    let readers = (0...events.dataStream.dictionary.count).map { code in
      code == 0 ? [] : facts.readers(of: events.dataStream.dictionary.text(UInt32(code)))
    }
    noteFacts(events, readers)
    var numbers: [Int: UInt32] = [:]
    findings.keep = { [unowned self] row in
      if let number = numbers[row] { return KeptReference(number: number) }
      let number = try kept.keep(records.rows[chosen[row]])
      numbers[row] = number
      return KeptReference(number: number)
    }
    findings.noteNoRoom = { [unowned self] row, rule in noteNoRoom(records, chosen[row], rule) }
    defer {
      findings.keep = { _ in KeptReference(number: 0) }
      findings.noteNoRoom = { _, _ in }
    }
    try observer.observe(
      events, rules,
      isRead: { at, row in
        // A record that only other rules asked for lacks the fields that this one looks at.
        readers[Int(events.dataStream.code(row: row))][at]
          && (records.rows[chosen[row]].kind != .cloudTrail || prefilter.rows[at].contains(chosen[row]))
      }, into: findings)
  }

  /// Notes what the events tell of the input; of records of CloudTrail it is known already.
  private func noteFacts(_ events: EventBatch, _ readers: [[Bool]]) {
    var unread = [Int](repeating: 0, count: readers.count)
    for row in 0..<events.rowCount where events.heads[row].kind != .cloudTrail {
      let code = Int(events.dataStream.code(row: row))
      guard readers[code].contains(true) else {
        unread[code] += 1
        continue
      }
      for at in historical where readers[code][at] {
        if let time = RuleObserver.seenTime(of: plan.rules[at], in: events, row: row) {
          findings.note(start: time, of: at)
        }
      }
    }
    for code in readers.indices {
      let stream = code == 0 ? "" : events.dataStream.dictionary.text(UInt32(code))
      if code > 0 { facts.note(stream: stream) }
      facts.noteUnread(stream, unread[code])
    }
    facts.noteFields(of: events)
  }

  /// The memory for what is found is used up: says so, and that an event does not count for a rule.
  private func noteNoRoom(_ records: RecordBatch, _ row: Int, _ rule: HuntRule) {
    overlooked.note(
      records.problem(
        with: row, .noRoom,
        "an event that \(rule.rule.name) matches is not, or not wholly, remembered, since what is remembered has "
          + "\(findings.memoryLimit >> 20) MiB"))
  }

  public var problems: ProblemLog {
    var problems = mapper.problems
    problems.merge(overlooked)
    if policiesLeft > 0 {
      var problem = RecordProblem(
        file: "policies", cause: .noRoom,
        detail: "what a policy was before may be missing from alerts, since what is remembered has "
          + "\(findings.memoryLimit >> 20) MiB")
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
    guard findings.take(512 + 2 * row.length) else { return policiesLeft += 1 }
    policies.add(reading.settings, at: reading.event)
  }

  public func finish() -> HuntFindings {
    var found = HuntFindings(findings, facts)
    found.texts = [kept]
    found.policies = [policies]
    found.sessions = sessions
    return found
  }
}
