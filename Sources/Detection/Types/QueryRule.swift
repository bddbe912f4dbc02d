import Events
import Rules

/// A rule of type `query`: every event that matches gives an alert. Rules of type `eql` whose query is of single events are the
/// same, save that an execution's search gives the latest events of its window.
struct QueryRule: RuleProgram {
  /// An execution looks at the latest `max_signals` events of its window only, those with an alert among them, as the
  /// searches of EQL rules do.
  var keepsLatest = false

  var noting: Noting { .nothing }
  func findings() -> any RuleFindings { Matches(keepsLatest: keepsLatest) }

  /// Every event that matched.
  struct Matches: RuleFindings {
    static let matchBytes = 400

    let keepsLatest: Bool
    private var sightings: [Sighting] = []

    init(keepsLatest: Bool) { self.keepsLatest = keepsLatest }

    var cutEvents: Int { 0 }

    mutating func add(_ sighting: Sighting, _ notes: some NoteSource, _ room: MatchRoom) throws -> Bool {
      var sighting = sighting
      sighting.kept = try room.keep()
      sightings.append(sighting)
      return true
    }

    mutating func merge(_ other: any RuleFindings) {
      guard let other = other as? Matches else { preconditionFailure("the findings of one rule are of one type") }
      sightings += other.sightings
    }

    mutating func finish() { sightings.sortAndDeduplicate() }

    mutating func moveSources(by count: UInt32) {
      for at in sightings.indices { sightings[at].kept?.source += count }
    }

    func run(_ executions: Executions) -> Outcome {
      let pending = sightings.compactMap { sighting -> Pending? in
        let runs = executions.windows.runs(seeing: sighting, in: executions.ticks)
        return runs.isEmpty ? nil : Pending(runs: runs, sighting: sighting)
      }
      if keepsLatest { return executions.createLatest(pending) }
      return executions.suppression.map { executions.createGrouped(pending, $0) } ?? executions.create(pending)
    }

    func evidence(_ found: [Finding], _ rule: HuntRule) -> [Evidence] {
      let finder = EvidenceFinder(sightings, rule.windows)
      return found.map { finder.evidence($0.tick, hasHistory: false) }
    }

    func forEachMatch(_ body: (Sighting) -> Void) { for sighting in sightings { body(sighting) } }

    func sightings(with sighting: Sighting) -> [(terms: [NewTerm], sightings: [Sighting])] { [([], sightings)] }
  }
}

extension [Sighting] {
  /// Puts sightings in order; an event that names no id is met as often as it is delivered, and stays once.
  mutating func sortAndDeduplicate() {
    sort()
    var last: Sighting?
    removeAll { sighting in
      defer { last = sighting }
      return sighting == last
    }
  }
}

extension TickWindows {
  /// The runs of executions that see an event in their window.
  func runs(seeing sighting: Sighting, in ticks: ClosedRange<Int64>) -> [ClosedRange<Int64>] {
    let runs = self.ticks(holding: sighting.time, forgetting: nil, in: ticks)
    guard sighting.condition != ExecutionConditions.always else { return runs }
    return self.runs(of: runs) { sees(sighting.condition, $0) }
  }
}
