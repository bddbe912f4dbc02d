import Events

/// Findings that are matched events with what was noted of each; taking, merging and ordering them is the same for all types that
/// keep them.
///
/// A type that keeps less than every match, or that knows more once all are there, adds or finishes in its own way.
protocol NotedFindings: RuleFindings {
  /// What was matched, from the first match on.
  var noted: NotedMatches { get set }
  /// What an execution has counted of a group of events once it has made a finding of it.
  func counted(_ group: CountedGroup, in finding: Finding) -> Evidence.Counted
}

extension NotedFindings {
  /// In the order of time, once they are all there.
  var matches: [NotedMatches.Match] { noted.all }

  var cutEvents: Int { noted.cutEvents }

  mutating func add(_ sighting: Sighting, _ notes: some NoteSource, _ room: MatchRoom) throws -> Bool {
    try noted.add(sighting, notes, room)
  }

  mutating func merge(_ other: any RuleFindings) {
    guard let other = other as? Self else { preconditionFailure("the findings of one rule are of one type") }
    noted.merge(other.noted)
  }

  mutating func finish() { noted.finish() }
  mutating func moveSources(by count: UInt32) { noted.moveSources(by: count) }

  /// All until the time of the last.
  func counted(_ group: CountedGroup, in finding: Finding) -> Evidence.Counted {
    Evidence.Counted(group: group.terms.map(\.text), to: Timestamp(milliseconds: finding.sighting.time))
  }

  /// Of a finding on a group of events, which group it is and up to when it was counted.
  func evidence(_ found: [Finding], _ rule: HuntRule) -> [Evidence] {
    let finder = EvidenceFinder(matches.map(\.sighting), rule.windows)
    return found.map { finding in
      var evidence = finder.evidence(finding.tick, hasHistory: false)
      if case .group(let group) = finding.basis {
        evidence.counted = counted(group, in: finding)
      }
      return evidence
    }
  }

  func forEachMatch(_ body: (Sighting) -> Void) { for match in matches { body(match.sighting) } }

  func sightings(with sighting: Sighting) -> [(terms: [NewTerm], sightings: [Sighting])] {
    [([], matches.map(\.sighting))]
  }
}
