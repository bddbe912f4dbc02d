import Events
import Query
import Rules

/// A rule of type `eql` whose hits are sequences or samples of events, or are cut by pipes: an execution finds the hits among the
/// events of its window, and gives an alert for each that no execution before has found.
struct SequenceRule: RuleProgram {
  let binding: EQLBinding
  let signature: [UInt8]

  init(_ rule: Rule, _ binding: EQLBinding) {
    self.binding = binding
    let fields = Self.fields(of: rule)
    let parts = [rule.query ?? "", fields.timestamp, fields.tiebreaker ?? "", rule.eql?.eventCategoryOverride ?? ""]
    signature = parts.flatMap { Array($0.utf8) + [0] }
  }

  /// The fields by which a rule's events are ordered. There is no tiebreaker unless the rule names one.
  static func fields(of rule: Rule) -> EQLBinding.Fields {
    EQLBinding.Fields(timestamp: rule.eql?.timestampField ?? "@timestamp", tiebreaker: rule.eql?.tiebreakerField)
  }

  var noting: Noting { .candidates(binding) }
  func findings() -> any RuleFindings { SequenceMatches(rule: self) }
}

/// Events that an execution found to belong together.
struct FoundSequence: Sendable {
  /// The fields of the key that joins them and its values, nil for the place of an optional one that is missing.
  var key: [(field: String, value: Value?)]
  /// In the order of the query's items; nil for the place of an event that must be missing.
  var events: [Sighting?]
}

/// What a sequence rule has matched.
struct SequenceMatches: RuleFindings {
  static let matchBytes = 600

  private let rule: SequenceRule
  /// What the query looks at of each event, as `EQLCandidate` writes it.
  private var notes = ValueDictionary()
  private var matches: [(sighting: Sighting, note: UInt32)] = []

  init(rule: SequenceRule) { self.rule = rule }

  var cutEvents: Int { 0 }

  mutating func add(_ sighting: Sighting, _ notes: some NoteSource, _ room: MatchRoom) throws -> Bool {
    var match = (sighting: sighting, note: UInt32(0))
    var isWhole = true
    notes.forEach { note in
      let known = self.notes.count
      match.note = self.notes.insert(Scalar(.string, note))
      isWhole = self.notes.count == known || room.take(200 + 2 * note.count)
      return isWhole
    }
    // What takes part in no item counts for the evidence.
    match.sighting.kept = match.note == 0 ? nil : try room.keep()
    matches.append(match)
    return isWhole
  }

  mutating func merge(_ other: any RuleFindings) {
    guard let other = other as? SequenceMatches else { preconditionFailure("the findings of one rule are of one type") }
    let codes = (0..<other.notes.count).map { place in
      other.notes.withValue(UInt32(place + 1)) { notes.insert($0) }
    }
    for (sighting, note) in other.matches { matches.append((sighting, note == 0 ? 0 : codes[Int(note) - 1])) }
  }

  mutating func finish() {
    matches.sort { $0.sighting < $1.sighting }
    var last: Sighting?
    matches.removeAll { match in
      defer { last = match.sighting }
      return match.sighting == last
    }
  }

  mutating func moveSources(by count: UInt32) {
    for at in matches.indices { matches[at].sighting.kept?.source += count }
  }

  func evidence(_ found: [Finding], _ rule: HuntRule) -> [Evidence] {
    let finder = EvidenceFinder(matches.map(\.sighting), rule.windows)
    return found.map { finder.evidence($0.tick, hasHistory: false) }
  }

  func sightings(with sighting: Sighting) -> [(terms: [NewTerm], sightings: [Sighting])] {
    [([], matches.map(\.sighting))]
  }

  // MARK: Executions

  func run(_ executions: Executions) -> Outcome {
    var outcome = Outcome()
    let matcher = SequenceMatcher(rule.binding.plan)
    let windows = executions.windows
    let needsTime = if case .sequence = rule.binding.plan.form { true } else { false }
    // Ties that the query's fields leave are broken by the events' ids.
    let order = matches.indices.sorted { left, right in
      let (one, other) = (matches[left].sighting, matches[right].sighting)
      return (one.id, one.time) < (other.id, other.time)
    }
    var rank = [Int](repeating: 0, count: matches.count)
    for (place, at) in order.enumerated() { rank[at] = place }
    let candidates = matches.indices.map { at -> EQLCandidate? in
      guard matches[at].note != 0 else { return nil }
      let candidate = notes.withValue(matches[at].note) {
        EQLCandidate(UnsafeRawBufferPointer($0.bytes), order: rank[at], itemCount: rule.binding.plan.items.count)
      }
      return needsTime && candidate?.time == .max ? nil : candidate
    }
    let movesWithTime = matches.contains { $0.sighting.condition != ExecutionConditions.always }
    var created: Set<[Int?]> = []
    var waiting: Set<[Int?]> = []
    var former = 0..<0
    executions.forEachWindow(of: matches.map(\.sighting.time)) { tick, range in
      defer { former = range }
      if range == former, waiting.isEmpty, !movesWithTime { return }
      let places = range.filter { at in
        candidates[at] != nil && windows.sees(matches[at].sighting.condition, tick)
      }.sorted { left, right in
        guard let one = candidates[left], let other = candidates[right] else { return false }
        return EQLCandidate.precedes(one, other)
      }
      let hits = matcher.hits(places.compactMap { candidates[$0] })
      let fresh = Set(hits.map { hit in hit.events.map { $0.map { places[$0] } } }).subtracting(created)
      outcome.lost += waiting.subtracting(fresh).count
      waiting.formIntersection(fresh)
      var left = fresh
      for hit in matcher.kept(hits, limit: executions.maxSignals) {
        let events = hit.events.map { $0.map { places[$0] } }
        guard created.insert(events).inserted else { continue }
        left.remove(events)
        waiting.remove(events)
        outcome.found.append(finding(events, hit, at: windows.time(tick)))
      }
      if !left.isEmpty {
        outcome.cuts.append(Replay.Cut(tick: windows.time(tick), count: left.count))
        waiting.formUnion(left)
      }
    }
    outcome.lost += waiting.count
    return outcome
  }

  private func finding(_ events: [Int?], _ hit: EQLHit, at tick: Timestamp) -> Finding {
    let sightings = events.map { $0.map { matches[$0].sighting } }
    guard let last = sightings.compactMap(\.self).last else { preconditionFailure("a hit has an event") }
    if rule.binding.plan.isOfEvents { return Finding(tick: tick, sighting: last) }
    let fields = rule.binding.plan.items.first.map { $0.keys.map(\.field) } ?? []
    let key = zip(fields, hit.joinKey.values).map { (field: $0, value: $1) }
    return Finding(tick: tick, sighting: last, basis: .sequence(FoundSequence(key: key, events: sightings)))
  }
}
