import Events
import Rules

/// A rule of type `new_terms`: a combination of values gives an alert when an execution sees it in its window and nowhere
/// before in its history.
struct NewTermsRule: RuleProgram {
  let fields: [HuntRule.TermField]
  /// Sightings of one combination that are this close are never both first; nil when all have to be kept.
  let alwaysOldWithin: Int64?

  var noting: Noting { .combinations(fields) }
  var hasHistory: Bool { true }
  func findings() -> any RuleFindings { NewTermsHistory(alwaysOldWithin: alwaysOldWithin) }
}

extension NewTermsHistory: RuleFindings {
  /// About what one in the log takes: it stands twice while logs are put together, and while they are sorted.
  static let matchBytes = 96
  /// About what a combination takes beside its own bytes: its sightings, and its terms when it gives an alert.
  private static let combinationBytes = 700

  mutating func add(_ sighting: Sighting, _ notes: some NoteSource, _ room: MatchRoom) throws -> Bool {
    var sighting = sighting
    // What makes no alert may contradict one, which then names it.
    sighting.kept = try room.reference()
    let logged = log.count
    var left = FindingsBuilder.mostNotes
    var isWhole = true
    try notes.forEach { combination in
      left -= 1
      guard left >= 0 else { return false }
      guard !room.isUsedUp else {
        isWhole = false
        return false
      }
      let known = combinations.count
      try add(combination, sighting: sighting) { try room.keep() }
      let isNew = combinations.count > known
      // When that was the last of the memory, the next one is told of.
      _ = room.take(isNew ? Self.combinationBytes + 2 * combination.count : Self.matchBytes)
      return true
    }
    if log.count == logged { addWithout(sighting) }
    if left < 0 || notes.isCut, isWhole { noteCutEvent() }
    return isWhole
  }

  mutating func merge(_ other: any RuleFindings) {
    guard let other = other as? NewTermsHistory else { preconditionFailure("the findings of one rule are of one type") }
    merge(other)
  }

  mutating func moveSources(by count: UInt32) { mapSightings { $0.kept?.source += count } }

  func run(_ executions: Executions) -> Outcome { executions.create(pending(executions.windows, in: executions.ticks)) }

  func evidence(_ found: [Finding], _ rule: HuntRule) -> [Evidence] {
    guard !found.isEmpty else { return [] }
    let log = log.sorted()
    let finder = EvidenceFinder(log, rule.windows)
    let seen = TermSightings(log, self, rule.windows.conditions, wanted: found.map(\.terms))
    return found.map { finding in
      var evidence = finder.evidence(finding.tick, hasHistory: true)
      let start = evidence.historyFrom?.milliseconds ?? .min
      evidence.terms = zip(rule.terms, finding.terms).enumerated().map { place, pair in
        Evidence.Term(
          field: pair.0.path, term: pair.1,
          lastSeen: seen.lastSeen(pair.1, field: place, before: finding.sighting, since: start, at: finding.tick))
      }
      return evidence
    }
  }

  func forEachMatch(_ body: (Sighting) -> Void) { for sighting in sightings.joined() { body(sighting) } }

  func sightings(with sighting: Sighting) -> [(terms: [NewTerm], sightings: [Sighting])] {
    sightings.indices.dropFirst().filter { sightings[$0].contains(sighting) }.map { code in
      (terms(UInt32(code)), sightings[code])
    }
  }

  private func pending(_ windows: TickWindows, in ticks: ClosedRange<Int64>) -> [Pending] {
    var pending: [Pending] = []
    for code in 1..<max(1, sightings.count) {
      var terms: [NewTerm]?
      var before: Sighting?
      let hidesSome = sightings[code].contains { $0.condition != ExecutionConditions.always }
      for (place, sighting) in sightings[code].enumerated() {
        defer { before = sighting }
        // The execution must have forgotten the sighting before; then this one is the earliest that it sees.
        let runs =
          hidesSome
          ? Self.runs(sighting, after: sightings[code][..<place], windows, in: ticks)
          : windows.ticks(holding: sighting.time, forgetting: before?.time, in: ticks)
        guard !runs.isEmpty else { continue }
        if terms == nil { terms = self.terms(UInt32(code)) }
        pending.append(Pending(runs: runs, sighting: sighting, terms: terms ?? []))
      }
    }
    return pending
  }

  /// The runs of executions that see a sighting and none of those before it, where some sightings are not seen by all
  /// executions: each execution is asked.
  private static func runs(
    _ sighting: Sighting, after earlier: ArraySlice<Sighting>, _ windows: TickWindows, in ticks: ClosedRange<Int64>
  ) -> [ClosedRange<Int64>] {
    windows.runs(of: windows.ticks(holding: sighting.time, forgetting: nil, in: ticks)) { tick in
      guard windows.sees(sighting.condition, tick) else { return false }
      let start = windows.history(tick)
      for before in earlier.reversed() {
        guard before.time >= start else { return true }
        if windows.sees(before.condition, tick) { return false }
      }
      return true
    }
  }
}
