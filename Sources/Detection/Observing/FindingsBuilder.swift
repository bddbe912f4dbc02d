import CloudTrail
import Events
import Query
import Rules

/// Gathers what rules match into their findings, within the memory that there is for it. One worker's own.
final class FindingsBuilder: MatchSink {
  private let plan: HuntPlan
  private(set) var findings: [RuleFindings]
  private(set) var matched = 0
  private var memory: MemoryShare
  private var hasRunOut = false
  /// The first and last time that a rule with a timestamp of its own went by.
  private(set) var overriddenTimes: ClosedRange<Int64>?
  /// Of what kinds the values of rules' doubtful fields were.
  private(set) var kinds: [Int: [String: FieldKinds]] = [:]
  /// Where the events begin that rules with a history can see.
  var starts: HistoryStarts

  /// Gives what an alert on an event of the batch will be made of; asked at most once for each match.
  var keep: (Int) throws -> KeptReference
  /// Tells that a rule's match found no room, by the row of the batch.
  var noteNoRoom: (Int, HuntRule) -> Void = { _, _ in }

  /// Combinations of new terms that one event may give: beyond that they are cut off and told of, since a few hundred
  /// values in each of three fields make millions.
  static let mostCombinations = 10_000

  init(_ plan: HuntPlan, keep: @escaping (Int) throws -> KeptReference) {
    self.plan = plan
    self.keep = keep
    memory = MemoryShare(plan.memory)
    starts = HistoryStarts(rules: plan.rules.count, now: plan.context.readAt)
    findings = plan.rules.map { rule in
      rule.rule.type == .newTerms
        ? .newTerms(NewTermsHistory(alwaysOldWithin: rule.alwaysOldWithin)) : .query([])
    }
  }

  var memoryLimit: Int { memory.limit }

  /// Takes memory for what is kept beside findings; false when there is none left.
  func take(_ bytes: Int) -> Bool { memory.take(bytes) }

  func note(start time: Int64, of place: Int) { starts.note(time, rule: place) }

  func note(_ kinds: FieldKinds, in path: String, of place: Int) {
    self.kinds[place, default: [:]][path, default: []].insert(kinds)
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

  func add(
    _ sighting: Sighting, of rule: HuntRule, at place: Int, row: Int, _ combinations: some CombinationSource
  ) throws {
    if rule.overrideColumn != nil, !sighting.lacksOverride {
      let range = overriddenTimes ?? sighting.time...sighting.time
      overriddenTimes = min(range.lowerBound, sighting.time)...max(range.upperBound, sighting.time)
    }
    matched += 1
    let conditionBytes = sighting.condition == ExecutionConditions.always ? 0 : Self.conditionBytes
    guard memory.take(conditionBytes + (rule.rule.type == .newTerms ? Self.logBytes : Self.matchBytes)) else {
      return noteNoRoom(row, rule)
    }
    switch findings[place] {
    case .query(var sightings):
      findings[place] = .query([])
      var sighting = sighting
      sighting.kept = try keep(row)
      sightings.append(sighting)
      findings[place] = .query(sightings)
    case .newTerms(var history):
      findings[place] = .newTerms(NewTermsHistory(alwaysOldWithin: nil))
      try add(combinations, sighting, row, to: &history)
      findings[place] = .newTerms(history)
    }
    guard hasRunOut else { return }
    hasRunOut = false
    noteNoRoom(row, rule)
  }

  private func add(
    _ combinations: some CombinationSource, _ sighting: Sighting, _ row: Int, to history: inout NewTermsHistory
  ) throws {
    let logged = history.log.count
    var left = Self.mostCombinations
    try combinations.forEach { combination in
      left -= 1
      guard left >= 0 else { return false }
      guard !memory.isUsedUp else {
        hasRunOut = true
        return false
      }
      let known = history.combinations.count
      try history.add(combination, sighting: sighting) { try keep(row) }
      let isNew = history.combinations.count > known
      // When that was the last of the memory, the next one is told of.
      _ = memory.take(isNew ? Self.combinationBytes + 2 * combination.count : Self.logBytes)
      return true
    }
    if history.log.count == logged { history.addWithout(sighting) }
    if left < 0 || combinations.isCut, !hasRunOut { history.noteCutEvent() }
  }
}
