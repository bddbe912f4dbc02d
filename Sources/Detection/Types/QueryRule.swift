/// A rule of type `query`: every event that matches gives an alert.
enum QueryRule {
  static func pending(_ sightings: [Sighting], _ windows: TickWindows, in ticks: ClosedRange<Int64>) -> [Pending] {
    // An event that names no id is met as often as it is delivered.
    var previous: Sighting?
    return sightings.sorted().compactMap { sighting in
      defer { previous = sighting }
      guard sighting != previous else { return nil }
      var runs = windows.ticks(holding: sighting.time, forgetting: nil, in: ticks)
      if sighting.condition != ExecutionConditions.always {
        runs = windows.runs(of: runs) { windows.sees(sighting.condition, $0) }
      }
      return runs.isEmpty ? nil : Pending(runs: runs, sighting: sighting)
    }
  }
}
