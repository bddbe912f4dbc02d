/// A rule of type `new_terms`: a combination of values gives an alert when an execution sees it in its window and nowhere
/// before in its history.
enum NewTermsRule {
  static func pending(_ history: NewTermsHistory, _ windows: TickWindows, in ticks: ClosedRange<Int64>) -> [Pending] {
    var pending: [Pending] = []
    for code in 1..<max(1, history.sightings.count) {
      var terms: [NewTerm]?
      var before: Sighting?
      for sighting in history.sightings[code] {
        defer { before = sighting }
        // The execution must have forgotten the sighting before; then this one is the earliest that it sees.
        let runs = windows.ticks(holding: sighting.time, forgetting: before?.time, in: ticks)
        guard !runs.isEmpty else { continue }
        if terms == nil {
          terms = history.combinations.withValue(UInt32(code)) {
            TermCombination.values($0.bytes).map { NewTerm(kind: $0.kind, text: $0.text) }
          }
        }
        pending.append(Pending(runs: runs, sighting: sighting, terms: terms ?? []))
      }
    }
    return pending
  }
}
