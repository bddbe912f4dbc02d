/// A rule of type `new_terms`: a combination of values gives an alert when an execution sees it in its window and nowhere
/// before in its history.
enum NewTermsRule {
  static func pending(_ history: NewTermsHistory, _ windows: TickWindows, in ticks: ClosedRange<Int64>) -> [Pending] {
    var pending: [Pending] = []
    for code in 1..<max(1, history.sightings.count) {
      var terms: [NewTerm]?
      var before: Sighting?
      let hidesSome = history.sightings[code].contains { $0.visibleFrom != .min }
      for (place, sighting) in history.sightings[code].enumerated() {
        defer { before = sighting }
        // The execution must have forgotten the sighting before; then this one is the earliest that it sees.
        let runs =
          hidesSome
          ? Self.runs(sighting, after: history.sightings[code][..<place], windows, in: ticks)
          : windows.ticks(holding: sighting.time, forgetting: before?.time, in: ticks)
        guard !runs.isEmpty else { continue }
        if terms == nil { terms = history.terms(UInt32(code)) }
        pending.append(Pending(runs: runs, sighting: sighting, terms: terms ?? []))
      }
    }
    return pending
  }

  /// The runs of executions that see a sighting and none of those before it, where exceptions that expire hide some from
  /// some executions: each execution is asked.
  private static func runs(
    _ sighting: Sighting, after earlier: ArraySlice<Sighting>, _ windows: TickWindows, in ticks: ClosedRange<Int64>
  ) -> [ClosedRange<Int64>] {
    var runs: [ClosedRange<Int64>] = []
    for tick in windows.ticks(holding: sighting.time, forgetting: nil, in: ticks).joined() {
      let now = windows.time(tick).milliseconds
      guard sighting.visibleFrom <= now else { continue }
      let start = windows.history(tick)
      var isOld = false
      for before in earlier.reversed() {
        guard before.time >= start, !isOld else { break }
        isOld = before.visibleFrom <= now
      }
      guard !isOld else { continue }
      if let run = runs.last, run.upperBound == tick - 1 {
        runs[runs.count - 1] = run.lowerBound...tick
      } else {
        runs.append(tick...tick)
      }
    }
    return runs
  }
}
