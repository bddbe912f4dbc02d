import Events
import Query
import Rules

/// A rule of type `eql` whose hits are sequences or samples of events, or are cut by pipes: an execution finds the hits among the
/// events of its window, and gives an alert for each that no execution before has found.
struct SequenceRule: RuleProgram {
  let binding: EQLBinding
  let signature: [UInt8]
  /// Whether alike hits are folded into one alert.
  private let folds: Bool

  init(_ rule: Rule, _ binding: EQLBinding) {
    self.binding = binding
    folds = rule.alertSuppression != nil
    let fields = Self.fields(of: rule)
    let parts = [rule.query ?? "", fields.timestamp, fields.tiebreaker ?? "", rule.eql?.eventCategoryOverride ?? ""]
    signature = parts.flatMap { Array($0.utf8) + [0] }
  }

  /// The fields by which a rule's events are ordered: those that it names, else those of every search in EQL.
  static func fields(of rule: Rule) -> EQLBinding.Fields {
    let usual = EQLBinding.Fields()
    return EQLBinding.Fields(
      timestamp: rule.eql?.timestampField ?? usual.timestamp, tiebreaker: rule.eql?.tiebreakerField ?? usual.tiebreaker)
  }

  var noting: Noting { .candidates(binding) }
  /// A hit that was folded into an alert is found by further executions, and is told by none but those before.
  var formerExecutions: Int64 { folds ? 1 : 0 }
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
struct SequenceMatches: NotedFindings {
  static let matchBytes = 600

  let rule: SequenceRule
  /// A note is what the query looks at of an event, as `EQLCandidate` writes it; what takes part in no item has none, and counts
  /// for the evidence.
  var noted = NotedMatches()

  init(rule: SequenceRule) { self.rule = rule }

  // MARK: Executions

  /// What matches are to the query, in their order.
  struct Gathered {
    var candidates = EQLCandidates()
    /// The matches of candidates.
    var matchOf: [Int] = []
    /// From which candidate on those of a match and of later ones lie.
    var firstFrom: [Int] = []

    /// The candidates of a range of matches that an execution sees.
    func seen(_ range: Range<Int>, _ sees: (Int) -> Bool) -> [Int] {
      candidates.ordered((firstFrom[range.lowerBound]..<firstFrom[range.upperBound]).filter { sees(matchOf[$0]) })
    }
  }

  func gathered() -> Gathered {
    var taking: [(match: Int, candidate: EQLCandidate)] = []
    let needsTime = if case .sequence = rule.binding.plan.form { true } else { false }
    for at in matches.indices {
      guard let note = matches[at].notes.first else { continue }
      let candidate = noted.notes.withValue(note) {
        EQLCandidate(UnsafeRawBufferPointer($0.bytes), order: 0, itemCount: rule.binding.plan.items.count)
      }
      guard let candidate, !needsTime || candidate.time != .max else { continue }
      taking.append((at, candidate))
    }
    for (place, at) in tieOrder(taking).enumerated() { taking[at].candidate.order = place }
    var gathered = Gathered()
    var next = 0
    for at in matches.indices {
      gathered.firstFrom.append(gathered.matchOf.count)
      guard next < taking.count, taking[next].match == at else { continue }
      gathered.candidates.append(taking[next].candidate)
      gathered.matchOf.append(at)
      next += 1
    }
    gathered.firstFrom.append(gathered.matchOf.count)
    return gathered
  }

  /// The order of events that the query's fields leave tied: those for earlier items come first, then ids decide.
  ///
  /// Elasticsearch goes by the order in which it stores events, which is nothing that an event tells, so that alerts would depend on
  /// how events came. A sequence within one millisecond, or one second of CloudTrail, is to be found whichever came first; an
  /// `until`, the last of the items, ends only what was not whole by then.
  private func tieOrder(_ taking: [(match: Int, candidate: EQLCandidate)]) -> [Int] {
    struct Key {
      var last: Int
      var first: Int
      var id: EventID
      var time: Int64
      var place: Int
    }
    var keys = taking.indices.map { place in
      let (match, candidate) = taking[place]
      let sighting = matches[match].sighting
      return Key(
        last: candidate.items.last?.item ?? 0, first: candidate.items.first?.item ?? 0, id: sighting.id,
        time: sighting.time, place: place)
    }
    keys.sort { ($0.last, $0.first, $0.id, $0.time) < ($1.last, $1.first, $1.id, $1.time) }
    return keys.map(\.place)
  }

  func run(_ executions: Executions) -> Outcome {
    var outcome = Outcome()
    let matcher = SequenceMatcher(rule.binding.plan)
    let windows = executions.windows
    let gathered = gathered()
    let movesWithTime = matches.contains { $0.sighting.condition != ExecutionConditions.always }
    let first = windows.time(executions.ticks.lowerBound)
    var state = executions.suppression.map { SuppressionState($0, first: first) }
    // Those that have an alert, or were folded into one: none counts a second time.
    var created: Set<[Int?]> = []
    var waiting: Set<[Int?]> = []
    /// The hits of an execution that looks at a range of matches; their events are matches.
    func hits(_ tick: Int64, _ range: Range<Int>) -> [EQLHit] {
      let seen = gathered.seen(range) { windows.sees(matches[$0].sighting.condition, tick) }
      return matcher.hits(gathered.candidates, in: seen).map { hit in
        EQLHit(joinKey: hit.joinKey, events: hit.events.map { $0.map { gathered.matchOf[$0] } })
      }
    }
    let earlier = executions.suppression?.alerts(before: first) ?? executions.earlier
    /// Whether executions before have made an alert of a hit.
    func isEarlier(_ hit: EQLHit) -> Bool {
      let events = hit.events.map { $0.map { matches[$0].sighting } }
      guard rule.binding.plan.isOfEvents else { return earlier.contains(events) }
      return events.last.flatMap(\.self).map { earlier.contains(Pending(runs: [], sighting: $0)) } ?? false
    }
    let times = matches.map(\.sighting.time)
    let before = executions.ticks.lowerBound - rule.formerExecutions
    if let suppression = executions.suppression, suppression.kept.contains(where: { $0.tick <= windows.time(before) }) {
      let range = times.firstPlace { $0 >= windows.from(before) }..<times.firstPlace { $0 > windows.to(before) }
      let found = hits(before, range)
      // Of the first hits those behind them come next; of the last ones those before them do not, and were the last ones once.
      let settled = matcher.keepsFirst ? matcher.kept(found, limit: executions.maxSignals) : found[...]
      created.formUnion(settled.map(\.events))
    }
    var former = 0..<0
    executions.forEachWindow(of: times) { tick, range in
      defer { former = range }
      if range == former, waiting.isEmpty, !movesWithTime { return }
      let hits = hits(tick, range)
      if !earlier.isEmpty { created.formUnion(hits.lazy.filter(isEarlier).map(\.events)) }
      let fresh = Set(hits.map(\.events)).subtracting(created)
      outcome.lost += waiting.subtracting(fresh).count
      waiting.formIntersection(fresh)
      var left = fresh
      var alike: [SuppressionState.Candidate] = []
      for hit in matcher.kept(hits, limit: executions.maxSignals) {
        guard created.insert(hit.events).inserted else { continue }
        left.remove(hit.events)
        waiting.remove(hit.events)
        let found = finding(hit, at: windows.time(tick))
        if let suppression = executions.suppression, let candidate = suppression.candidate(found) {
          alike.append(candidate)
        } else {
          outcome.found.append(found)
        }
      }
      _ = state?.take(alike, at: windows.time(tick), from: windows.from(tick), most: executions.maxSignals, &outcome)
      if !left.isEmpty {
        outcome.cuts.append(Replay.Cut(tick: windows.time(tick), count: left.count))
        waiting.formUnion(left)
      }
    }
    outcome.lost += waiting.count
    return outcome
  }

  /// What tells of sequences which event has come that must be missing, by the matches that they were made of; nil where the rule asks
  /// for no missing event.
  func intruders() -> (([Int]) -> Sighting?)? {
    let gathered = gathered()
    let (candidates, matchOf) = (gathered.candidates, gathered.matchOf)
    guard let intruder = SequenceMatcher(rule.binding.plan).intruders(in: candidates) else { return nil }
    let place = Dictionary(matchOf.enumerated().map { ($1, $0) }) { first, _ in first }
    return { events in
      let places = events.compactMap { place[$0] }
      guard places.count == events.count else { return nil }
      return intruder(places).map { matches[matchOf[$0]].sighting }
    }
  }

  private func finding(_ hit: EQLHit, at tick: Timestamp) -> Finding {
    let sightings = hit.events.map { $0.map { matches[$0].sighting } }
    guard let last = sightings.compactMap(\.self).last else { preconditionFailure("a hit has an event") }
    if rule.binding.plan.isOfEvents { return Finding(tick: tick, sighting: last) }
    let fields = rule.binding.plan.items.first.map { $0.keys.map(\.field) } ?? []
    let key = zip(fields, hit.joinKey.values).map { (field: $0, value: $1) }
    return Finding(tick: tick, sighting: last, basis: .sequence(FoundSequence(key: key, events: sightings)))
  }
}
