import CloudTrail
import Events
import Query
import Rules

/// Gathers what rules match into their findings, within the memory that there is for it. One worker's own.
final class FindingsBuilder: MatchSink {
  private let plan: HuntPlan
  private(set) var findings: [any RuleFindings]
  /// About what a match of each rule takes.
  private let matchBytes: [Int]
  private(set) var matched = 0
  /// Of each rule the matches that lie in its counted times.
  private(set) var counts: [Int]
  private let countedTimes: [ClosedRange<Int64>?]
  private var memory: MemoryShare
  /// The first and last time that a rule with a timestamp of its own went by.
  private(set) var overriddenTimes: ClosedRange<Int64>?
  /// Of what kinds the values of rules' doubtful fields were.
  private(set) var kinds: [Int: [String: FieldKinds]] = [:]
  /// What failed in rules' conditions.
  private(set) var faults: [Int: Set<String>] = [:]
  /// Where the events begin that rules with a history can see.
  var starts: HistoryStarts

  /// By the place of a rule the first time, in milliseconds, that its executions look at: what it matches before is not remembered. Nil
  /// where all is.
  var firstTimes: [Int64]?
  /// Gives what an alert on an event of the batch will be made of; asked at most once for each match.
  var keep: (Int) throws -> KeptReference
  /// True where that only names a stored event.
  let refersToStored: Bool
  /// Tells that a rule's match found no room, by the row of the batch.
  var noteNoRoom: (Int, HuntRule) -> Void = { _, _ in }

  /// Notes that one event may give, such as combinations of new terms: beyond that they are cut off and told of, since a few
  /// hundred values in each of three fields make millions.
  static let mostNotes = 10_000

  init(_ plan: HuntPlan, refersToStored: Bool = false, keep: @escaping (Int) throws -> KeptReference) {
    self.plan = plan
    self.keep = keep
    self.refersToStored = refersToStored
    memory = MemoryShare(plan.memory)
    starts = HistoryStarts(rules: plan.rules.count, now: plan.context.readAt)
    findings = plan.rules.map { $0.program.findings() }
    matchBytes = findings.map { type(of: $0).matchBytes }
    counts = plan.rules.map { _ in 0 }
    countedTimes = plan.rules.map { rule in
      plan.countedTimes[rule.rule.ruleID].map { $0.lowerBound.milliseconds...$0.upperBound.milliseconds }
    }
  }

  var memoryLimit: Int { memory.limit }
  var isUsedUp: Bool { memory.isUsedUp }

  /// Takes memory for what is kept beside findings; false when there is none left.
  func take(_ bytes: Int) -> Bool { memory.take(bytes) }

  func note(start time: Int64, of place: Int) { starts.note(time, rule: place) }

  func note(_ kinds: FieldKinds, in path: String, of place: Int) {
    self.kinds[place, default: [:]][path, default: []].insert(kinds)
  }

  func note(fault: String, of place: Int) { faults[place, default: []].note(fault) }

  /// About what it takes to remember which executions see an event, where not all do.
  private static let conditionBytes = 500

  func add(_ sighting: Sighting, of rule: HuntRule, at place: Int, row: Int, _ notes: some NoteSource) throws {
    if rule.overrideColumn != nil, !sighting.lacksOverride {
      let range = overriddenTimes ?? sighting.time...sighting.time
      overriddenTimes = min(range.lowerBound, sighting.time)...max(range.upperBound, sighting.time)
    }
    matched += 1
    if let times = countedTimes[place], times.contains(sighting.time) { counts[place] += 1 }
    if let firstTimes, sighting.time < firstTimes[place] { return }
    let conditionBytes = sighting.condition == ExecutionConditions.always ? 0 : Self.conditionBytes
    guard memory.take(conditionBytes + matchBytes[place]) else { return noteNoRoom(row, rule) }
    if try !findings[place].add(sighting, notes, MatchRoom(self, row: row)) { noteNoRoom(row, rule) }
  }
}
