/// A rule of type `new_terms`: a combination of values gives an alert when an execution sees it in its window and nowhere
/// before in its history.
enum NewTermsRule {
  static func pending(_ history: NewTermsHistory, _ windows: TickWindows, in ticks: ClosedRange<Int64>) -> [Pending] {
    var pending: [Pending] = []
    for code in 1..<max(1, history.sightings.count) {
      var terms: [NewTerm]?
      var before: Sighting?
      let hidesSome = history.sightings[code].contains { $0.condition != ExecutionConditions.always }
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

  /// The runs of executions that see a sighting and none of those before it, where some sightings are not seen by all
  /// executions: each execution is asked.
  private static func runs(
    _ sighting: Sighting, after earlier: ArraySlice<Sighting>, _ windows: TickWindows, in ticks: ClosedRange<Int64>
  ) -> [ClosedRange<Int64>] {
    windows.runs(of: windows.ticks(holding: sighting.time, forgetting: nil, in: ticks)) { tick in
      guard windows.sees(sighting.condition, tick) else { return false }
      let start = windows.history(tick)
      for before in earlier.reversed() {
        guard before.time >= start else { return true }
        if windows.sees(before.condition, tick) { return false }
      }
      return true
    }
  }
}
