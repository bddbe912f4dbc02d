import Events
import Rules

/// What the matches of a rule amount to, however its type looks at them.
enum RuleFindings: Sendable {
  case query([Sighting])
  case newTerms(NewTermsHistory)

  mutating func merge(_ other: RuleFindings) {
    switch (self, other) {
    case (.query(var mine), .query(let more)):
      self = .query([])
      mine += more
      self = .query(mine)
    case (.newTerms(var mine), .newTerms(let more)):
      self = .newTerms(NewTermsHistory(alwaysOldWithin: nil))
      mine.merge(more)
      self = .newTerms(mine)
    default: preconditionFailure("the findings of one rule are of one type")
    }
  }

  /// Events that have more combinations of new terms than count.
  var cutEvents: Int {
    if case .newTerms(let history) = self { history.cutEvents } else { 0 }
  }

  /// Ends the gathering, once the findings of all workers have been merged.
  mutating func finish() {
    guard case .newTerms(var history) = self else { return }
    self = .query([])
    history.finish()
    self = .newTerms(history)
  }

  /// Gives the sources of all events that are kept later places.
  mutating func moveSources(by count: UInt32) {
    guard count > 0 else { return }
    switch self {
    case .query(var sightings):
      self = .query([])
      for at in sightings.indices { sightings[at].kept?.source += count }
      self = .query(sightings)
    case .newTerms(var history):
      self = .newTerms(NewTermsHistory(alwaysOldWithin: nil))
      history.mapSightings { $0.kept?.source += count }
      self = .newTerms(history)
    }
  }

  /// The combinations that an event has, each with all its sightings in order; for a rule without combinations one entry.
  func sightings(with sighting: Sighting) -> [(terms: [NewTerm], sightings: [Sighting])] {
    switch self {
    case .query(let sightings): return [([], sightings.sorted())]
    case .newTerms(let history):
      return history.sightings.indices.dropFirst().filter { history.sightings[$0].contains(sighting) }.map { code in
        (history.terms(UInt32(code)), history.sightings[code])
      }
    }
  }

  /// The evidence of alerts, in their order.
  func evidence(_ alerts: [(tick: Timestamp, pending: Pending)], _ rule: HuntRule) -> [Evidence] {
    guard !alerts.isEmpty else { return [] }
    switch self {
    case .query(let sightings):
      let finder = EvidenceFinder(sightings, rule.windows)
      return alerts.map { finder.evidence($0.tick, hasHistory: false) }
    case .newTerms(let history):
      let log = history.log.sorted()
      let finder = EvidenceFinder(log, rule.windows)
      let seen = TermSightings(log, history, rule.windows.conditions, wanted: alerts.map(\.pending.terms))
      return alerts.map { tick, pending in
        var evidence = finder.evidence(tick, hasHistory: true)
        let start = evidence.historyFrom?.milliseconds ?? .min
        evidence.terms = zip(rule.terms, pending.terms).enumerated().map { place, pair in
          Evidence.Term(
            field: pair.0.path, term: pair.1,
            lastSeen: seen.lastSeen(pair.1, field: place, before: pending.sighting, since: start, at: tick))
        }
        return evidence
      }
    }
  }

  /// The alerts that executions may create, in no particular order.
  func pending(_ windows: TickWindows, in ticks: ClosedRange<Int64>) -> [Pending] {
    switch self {
    case .query(let sightings): QueryRule.pending(sightings, windows, in: ticks)
    case .newTerms(let history): NewTermsRule.pending(history, windows, in: ticks)
    }
  }
}
