import Events
import Rules

/// A rule of type `threshold`: a group of events of one combination of values gives an alert when an execution counts enough
/// of them, and where asked enough different values of a field among them.
///
/// What was counted for an alert does not count again: executions whose windows overlap would else raise it again and again.
struct ThresholdRule: RuleProgram {
  let parameters: ThresholdParameters
  /// The fields that events are grouped by, and behind them the one whose values are counted, where there is one.
  let fields: [HuntRule.TermField]

  init(_ rule: Rule, _ fields: [HuntRule.TermField]) {
    parameters = rule.threshold ?? ThresholdParameters(fields: [], value: 1)
    self.fields = fields
  }

  var noting: Noting { .combinations(fields, optional: fields.count - parameters.fields.count) }

  /// Whether a last field is one to group by or one whose values are counted.
  var signature: [UInt8] { [UInt8(fields.count - parameters.fields.count)] }

  func findings() -> any RuleFindings { ThresholdCounts(rule: self) }
}

/// A group of events that an execution counted.
struct CountedGroup: Sendable {
  /// The value of each field that events are grouped by, in the order of the fields.
  var terms: [NewTerm]
  /// The events, in order.
  var events: [Sighting]
  /// How many different values the field to count had; nil where none is counted.
  var distinct: Int?
}

/// What a threshold rule has matched.
struct ThresholdCounts: NotedFindings {
  static let matchBytes = 480

  private let rule: ThresholdRule
  var noted = NotedMatches()
  private var notes: ValueDictionary { noted.notes }

  init(rule: ThresholdRule) { self.rule = rule }

  mutating func add(_ sighting: Sighting, _ notes: some NoteSource, _ room: MatchRoom) throws -> Bool {
    // Without fields every event is in the one group; else what lacks a field is in none, and counts for the evidence.
    try noted.add(sighting, notes, room, keepsAll: rule.parameters.fields.isEmpty)
  }

  func sightings(with sighting: Sighting) -> [(terms: [NewTerm], sightings: [Sighting])] {
    let groups = Groups(self)
    guard let place = matches.firstIndex(where: { $0.sighting == sighting }) else { return [] }
    return groups.ofMatch[place].map { group in
      (
        groups.terms[group.number],
        matches.indices.filter { groups.ofMatch[$0].contains { $0.number == group.number } }.map {
          matches[$0].sighting
        }
      )
    }
  }

  // MARK: Executions

  /// The groups that matches belong to, numbered in the order of their values.
  private struct Groups {
    var terms: [[NewTerm]]
    /// Of each match its groups, each once, with the numbers of the values to count that it has there.
    var ofMatch: [[(number: Int, values: [UInt32])]]

    init(_ counts: ThresholdCounts) {
      let width = counts.rule.parameters.fields.count
      let isCounting = counts.rule.fields.count > width
      let all = (0..<counts.notes.count).map { place in
        counts.notes.withValue(UInt32(place + 1)) { TermCombination.terms($0.bytes) }
      }
      var values: [NewTerm: UInt32] = [:]
      var known: Set<[NewTerm]> = []
      for note in all { known.insert(Array(note.prefix(width))) }
      // Without fields there is one group.
      if width == 0 { known = [[]] }
      let types = counts.rule.fields.prefix(width).map(\.type)
      let order = known.sorted { TermOrder.precedes($0, $1, types) }
      let numbers = Dictionary(uniqueKeysWithValues: order.enumerated().map { ($1, $0) })
      let ofNote = all.map { note -> (number: Int, value: UInt32?) in
        guard let number = numbers[Array(note.prefix(width))] else { preconditionFailure("every group has a number") }
        guard isCounting, note.count > width else { return (number, nil) }
        let value = values[note[width]] ?? UInt32(values.count)
        values[note[width]] = value
        return (number, value)
      }
      terms = order
      ofMatch = counts.matches.map { match in
        if width == 0, match.notes.isEmpty { return [(0, [])] }
        var groups: [(number: Int, values: [UInt32])] = []
        var places: [Int: Int] = [:]
        for note in match.notes {
          let (number, value) = ofNote[Int(note) - 1]
          let place = places[number] ?? groups.count
          if place == groups.count {
            places[number] = place
            groups.append((number, []))
          }
          if let value { groups[place].values.append(value) }
        }
        return groups
      }
    }
  }

  func run(_ executions: Executions) -> Outcome {
    var outcome = Outcome()
    let windows = executions.windows
    let groups = Groups(self)
    let times = matches.map(\.sighting.time)
    let movesWithTime = matches.contains { $0.sighting.condition != ExecutionConditions.always }
    /// Up to when events of a group have been counted for an alert.
    var counted: [Int: Int64] = [:]
    if !executions.counted.isEmpty {
      let numbers = Dictionary(groups.terms.enumerated().map { ($1.map(\.text), $0) }) { first, _ in first }
      for earlier in executions.counted {
        if let number = numbers[earlier.group] {
          counted[number] = max(counted[number] ?? .min, earlier.to.milliseconds)
        }
      }
    }
    // Groups that a cap held back and that have not alerted since.
    var waiting: Set<Int> = []
    var former: (tick: Int64, end: Int, isSettled: Bool) = (.min, 0, false)
    var state = executions.suppression.map { SuppressionState($0, first: windows.time(executions.ticks.lowerBound)) }
    if let suppression = executions.suppression, !suppression.kept.isEmpty {
      let first = windows.time(executions.ticks.lowerBound)
      let ends = suppression.ends(before: first)
      for (number, terms) in groups.terms.enumerated() where !ends.isEmpty {
        guard let instance = state?.instance(self.terms(terms)), let end = ends[instance] else { continue }
        counted[number] = max(counted[number] ?? .min, end.milliseconds)
      }
    }
    executions.forEachWindow(of: times) { tick, range in
      if tick != former.tick &+ 1 {
        outcome.lost += waiting.count
        waiting.removeAll()
      }
      let from = windows.from(tick)
      let forgotten = counted.count
      counted = counted.filter { $0.value >= from }
      // Nothing came, nothing was forgotten: what went makes no group larger.
      if former.isSettled, counted.count == forgotten, former.end == range.upperBound, !movesWithTime {
        former.tick = tick
        return
      }
      let passing = passing(range, groups, counted, windows, tick)
      let large = Set(passing.map(\.number))
      outcome.lost += waiting.subtracting(large).count
      waiting.formIntersection(large)
      var candidates: [SuppressionState.Candidate] = []
      for group in passing.prefix(executions.maxSignals) {
        let events = group.matches.map { matches[$0].sighting }
        guard let last = events.last else { continue }
        counted[group.number] = last.time
        waiting.remove(group.number)
        let found = CountedGroup(terms: groups.terms[group.number], events: events, distinct: group.distinct)
        let finding = Finding(tick: windows.time(tick), sighting: last, basis: .group(found))
        if state != nil {
          candidates.append(
            SuppressionState.Candidate(
              terms: terms(found.terms), start: events.first?.time ?? last.time, end: last.time, finding: finding))
        } else {
          outcome.found.append(finding)
        }
      }
      _ = state?.take(candidates, at: windows.time(tick), from: from, most: executions.maxSignals, &outcome)
      let left = passing.dropFirst(executions.maxSignals)
      if !left.isEmpty {
        outcome.cuts.append(Replay.Cut(tick: windows.time(tick), count: left.count))
        waiting.formUnion(left.map(\.number))
      }
      former = (tick, range.upperBound, left.isEmpty)
    }
    outcome.lost += waiting.count
    return outcome
  }

  /// What makes the alerts of a group alike.
  private func terms(_ group: [NewTerm]) -> SuppressionTerms {
    SuppressionTerms(fields: rule.parameters.fields, values: group.map { .one($0) })
  }

  /// A group of an execution that is large enough.
  private struct Passing {
    var number: Int
    var matches: [Int]
    var distinct: Int?
  }

  /// The groups of the matches of a window that are large enough, in the order of their values.
  private func passing(
    _ range: Range<Int>, _ groups: Groups, _ counted: [Int: Int64], _ windows: TickWindows, _ tick: Int64
  ) -> [Passing] {
    var members: [Int: (matches: [Int], values: Set<UInt32>)] = [:]
    for at in range {
      let sighting = matches[at].sighting
      guard windows.sees(sighting.condition, tick) else { continue }
      // What was counted for one group is out for all that it belongs to.
      let isCounted = groups.ofMatch[at].contains { group in counted[group.number].map { sighting.time <= $0 } ?? false
      }
      if isCounted { continue }
      for (number, values) in groups.ofMatch[at] {
        members[number, default: ([], [])].matches.append(at)
        members[number]?.values.formUnion(values)
      }
    }
    let least = rule.parameters.cardinality.first?.value
    return members.compactMap { number, found in
      guard found.matches.count >= rule.parameters.value, least.map({ found.values.count >= $0 }) ?? true else {
        return nil
      }
      return Passing(number: number, matches: found.matches, distinct: least == nil ? nil : found.values.count)
    }.sorted { $0.number < $1.number }
  }
}

/// The order in which Elasticsearch gives combinations of values: by the first field, then by the next.
enum TermOrder {
  static func precedes(_ left: [NewTerm], _ right: [NewTerm], _ types: [FieldType]) -> Bool {
    for ((one, other), type) in zip(zip(left, right), types) where one != other {
      if let smaller = smaller(one, other, type) { return smaller }
    }
    return left.count < right.count
  }

  /// Nil for values that are equal in order.
  private static func smaller(_ left: NewTerm, _ right: NewTerm, _ type: FieldType) -> Bool? {
    if type == .ip, let one = IPAddress(left.text), let other = IPAddress(right.text), one != other {
      return one < other
    }
    if left.kind == .number, right.kind == .number, let one = Double(left.text), let other = Double(right.text),
      one != other
    {
      return one < other
    }
    if left.text != right.text { return left.text.utf8.lexicographicallyPrecedes(right.text.utf8) }
    return left.kind.rawValue == right.kind.rawValue ? nil : left.kind.rawValue < right.kind.rawValue
  }
}
