import Events
import Query
import Rules

/// A rule of type `threat_match`: an event gives an alert when an indicator has all the values that some group of entries asks for.
///
/// What is noted of an event is its values in the fields that are compared; which indicators match them is found out once for equal
/// ones, and what of that an execution sees depends on when it runs.
struct IndicatorRule: RuleProgram {
  /// The fields of events, in the order of the set's.
  let fields: [HuntRule.TermField]
  let set: IndicatorSet
  /// Which executions see what, of the rule's own windows.
  let conditions: ExecutionConditions

  var noting: Noting { .values(fields) }
  func findings() -> any RuleFindings { IndicatorMatches(rule: self) }
}

/// The indicators that an execution found for an event.
struct FoundMatch: Sendable {
  var set: IndicatorSet
  /// What is told, by group, entry and indicator; a bounded number.
  var equal: [IndicatorSet.Equal]
  /// How many indicators match the event.
  var indicators: Int

  /// So much is told of one event.
  static let mostTold = 200
}

/// What an indicator match rule has matched.
struct IndicatorMatches: NotedFindings {
  static let matchBytes = 480

  let rule: IndicatorRule
  var noted = NotedMatches()
  /// The events that some indicator matches, as executions see them.
  private var sightings: [Sighting] = []
  /// Of each sighting the number of its note.
  private var notes: [UInt32] = []

  init(rule: IndicatorRule) { self.rule = rule }

  /// The first note of a source.
  private struct Only: NoteSource {
    var bytes: [UInt8]
    func forEach(_ body: (UnsafeBufferPointer<UInt8>) throws -> Bool) rethrows {
      _ = try bytes.withUnsafeBufferPointer(body)
    }
    var isCut: Bool { false }
  }

  mutating func add(_ sighting: Sighting, _ notes: some NoteSource, _ room: MatchRoom) throws -> Bool {
    var bytes: [UInt8]?
    notes.forEach { note in
      bytes = Array(note)
      return false
    }
    guard let bytes else { return true }
    // What no indicator matches by a whole group is not remembered.
    let code = bytes.withUnsafeBufferPointer { noted.notes.code(of: Scalar(.string, $0)) }
    if code == 0, condition(bytes) == .never { return true }
    return try noted.add(sighting, Only(bytes: bytes), room)
  }

  private func condition(_ note: [UInt8]) -> TimeCondition {
    note.withUnsafeBufferPointer { values($0).map { rule.set.condition(of: $0) } ?? .never }
  }

  private func values(_ note: UnsafeBufferPointer<UInt8>) -> IndicatorValues? {
    IndicatorValues(note, fields: rule.fields.count)
  }

  private func values(_ note: UInt32) -> IndicatorValues? { noted.notes.withValue(note) { values($0.bytes) } }

  mutating func finish() {
    noted.finish()
    // Findings that were finished may have taken over others since: all is told anew.
    sightings.removeAll(keepingCapacity: true)
    notes.removeAll(keepingCapacity: true)
    // An execution sees an event when it sees an indicator that matches it.
    let shared = rule.conditions
    var ofNote: [UInt32: TimeCondition] = [:]
    for match in noted.all {
      guard let note = match.notes.first else { continue }
      let own = ofNote[note] ?? values(note).map { rule.set.condition(of: $0) } ?? .never
      ofNote[note] = own
      guard own != .never else { continue }
      var sighting = match.sighting
      if own != .always { sighting.condition = shared.code(.every([shared.condition(sighting.condition), own])) }
      sightings.append(sighting)
      notes.append(note)
    }
  }

  mutating func moveSources(by count: UInt32) {
    noted.moveSources(by: count)
    for at in sightings.indices { sightings[at].kept?.source += count }
  }

  func evidence(_ found: [Finding], _ rule: HuntRule) -> [Evidence] {
    let finder = EvidenceFinder(sightings, rule.windows)
    return found.map { finder.evidence($0.tick, hasHistory: false) }
  }

  func forEachMatch(_ body: (Sighting) -> Void) { for sighting in sightings { body(sighting) } }

  func sightings(with sighting: Sighting) -> [(terms: [NewTerm], sightings: [Sighting])] { [([], sightings)] }

  // MARK: Executions

  private struct Key: Hashable {
    var time: Int64
    var id: EventID
  }

  func run(_ executions: Executions) -> Outcome {
    let pending = sightings.compactMap { sighting -> Pending? in
      let runs = executions.windows.runs(seeing: sighting, in: executions.ticks)
      return runs.isEmpty ? nil : executions.withoutFailing(Pending(runs: runs, sighting: sighting))
    }
    var outcome =
      executions.suppression == nil
      ? executions.create(pending, order: Pending.newestFirst) : executions.create(pending)
    let ofEvent = Dictionary(zip(sightings.map { Key(time: $0.time, id: $0.id) }, notes)) { first, _ in first }
    for at in outcome.found.indices {
      let finding = outcome.found[at]
      guard let note = ofEvent[Key(time: finding.sighting.time, id: finding.sighting.id)], let values = values(note)
      else { continue }
      let (equal, indicators) = rule.set.found(values, at: finding.tick, limit: FoundMatch.mostTold)
      outcome.found[at].basis = .match(FoundMatch(set: rule.set, equal: equal, indicators: indicators))
    }
    outcome.failures = executions.failures
    return outcome
  }
}
