import Events

/// The alerts of a rule that may take in others, as its executions are replayed one after the other.
struct SuppressionState {
  /// An alert that an execution would make.
  struct Candidate {
    var terms: SuppressionTerms
    /// The times of its first and its last event.
    var start: Int64
    var end: Int64
    /// How many it stands for beside itself.
    var count = 0
    /// True where there is the very alert.
    var isThere = false
    var finding: Finding
    /// The events that it stands for beside those that it is made of.
    var others: [Sighting] = []

    var events: [Sighting] { finding.events + others }
  }

  /// What became of a candidate.
  enum Fate { case known, created, counted, cut }

  /// An alert that is there.
  private struct Standing {
    enum Place { case found(Int), kept(Int) }

    var place: Place
    /// When it was made, by which its window goes, and up to when its events have been counted.
    var tick: Int64
    var end: Int64
    var closedAt: Int64?

    func isOpen(at tick: Int64) -> Bool { closedAt.map { $0 > tick } ?? true }
  }

  private let suppression: Suppression
  /// By what makes alerts alike, in the order in which they were made.
  private var standing: [String: [Standing]] = [:]
  private var closings: [String: [Timestamp: Timestamp]] = [:]
  private var instances: [SuppressionTerms: String] = [:]

  /// - Parameter first: the first execution that is run; alerts of earlier ones are there.
  init(_ suppression: Suppression, first: Timestamp) {
    self.suppression = suppression
    for (place, alert) in suppression.kept.enumerated() {
      guard let instance = alert.instance else { continue }
      if let closed = alert.closedAt { closings[instance, default: [:]][alert.tick] = closed }
      guard alert.tick < first else { continue }
      standing[instance, default: []].append(
        Standing(
          place: .kept(place), tick: alert.tick.milliseconds, end: alert.end(before: first).milliseconds,
          closedAt: alert.closedAt?.milliseconds))
    }
    for instance in standing.keys { standing[instance]?.sort { $0.tick < $1.tick } }
  }

  /// What stands for terms, in short.
  mutating func instance(_ terms: SuppressionTerms) -> String {
    if let known = instances[terms] { return known }
    let instance = terms.instance(of: suppression.ruleID)
    instances[terms] = instance
    return instance
  }

  /// Folds the candidates of an execution into alerts that are there and into one another, and makes alerts of the first of
  /// each kind that is left.
  ///
  /// - Parameters:
  ///   - tick: when the execution was scheduled, not before the one of the call before.
  ///   - from: where its window begins.
  ///   - most: how many alerts it may still make.
  mutating func take(
    _ candidates: [Candidate], at tick: Timestamp, from: Int64, most: Int, _ outcome: inout Outcome
  ) -> [Fate] {
    let now = tick.milliseconds
    let window = suppression.duration.map { now - $0 } ?? from
    var fates = [Fate](repeating: .known, count: candidates.count)
    var kinds: [(instance: String, members: [Int])] = []
    var places: [String: Int] = [:]
    let order = candidates.indices.sorted { (candidates[$0].start, $0) < (candidates[$1].start, $1) }
    for at in order where !candidates[at].isThere {
      let instance = instance(candidates[at].terms)
      // What is not younger than the last event of an alert that is there was counted when that was.
      if let there = alert(instance, since: window, at: now), candidates[at].end <= there.end { continue }
      if let place = places[instance] {
        kinds[place].members.append(at)
      } else {
        places[instance] = kinds.count
        kinds.append((instance, [at]))
      }
    }
    var made = 0
    for (instance, members) in kinds {
      let first = candidates[members[0]]
      let count = members.reduce(-1) { $0 + 1 + candidates[$1].count }
      let end = members.reduce(first.end) { max($0, candidates[$1].end) }
      if suppression.duration != nil, let place = place(instance, since: window, at: now) {
        let growth = SuppressedAlert.Growth(tick: tick, count: count + 1, end: Timestamp(milliseconds: end))
        grow(instance, place, growth, members.flatMap { candidates[$0].events }, &outcome)
        for member in members { fates[member] = .counted }
      } else if made < most {
        made += 1
        var finding = first.finding
        finding.suppressed = FoundSuppression(
          terms: first.terms, instance: instance, start: Timestamp(milliseconds: first.start),
          end: Timestamp(milliseconds: end), count: count,
          events: first.others + members.dropFirst().flatMap { candidates[$0].events })
        let closed = closings[instance]?[tick]?.milliseconds
        standing[instance, default: []].removeAll { $0.tick < window }
        standing[instance, default: []].append(
          Standing(place: .found(outcome.found.count), tick: now, end: end, closedAt: closed))
        outcome.found.append(finding)
        fates[members[0]] = .created
        for member in members.dropFirst() { fates[member] = .counted }
      } else {
        for member in members { fates[member] = .cut }
      }
    }
    return fates
  }

  private func alert(_ instance: String, since window: Int64, at now: Int64) -> Standing? {
    place(instance, since: window, at: now).flatMap { standing[instance]?[$0] }
  }

  /// The latest alert that was made in a window and is not closed.
  private func place(_ instance: String, since window: Int64, at now: Int64) -> Int? {
    standing[instance]?.lastIndex { $0.tick >= window && $0.isOpen(at: now) }
  }

  private mutating func grow(
    _ instance: String, _ place: Int, _ growth: SuppressedAlert.Growth, _ events: [Sighting], _ outcome: inout Outcome
  ) {
    guard let alert = standing[instance]?[place] else { return }
    standing[instance]?[place].end = max(alert.end, growth.end.milliseconds)
    switch alert.place {
    case .found(let at):
      outcome.found[at].suppressed?.growth.append(growth)
      outcome.found[at].suppressed?.events += events
    case .kept(let at):
      let kept = suppression.kept[at]
      outcome.grown[kept.id, default: GrownAlert(alert: kept)].growth.append(growth)
      outcome.grown[kept.id]?.events += events
    }
  }
}
