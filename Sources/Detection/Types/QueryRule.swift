/// A rule of type `query`: every event that matches gives an alert.
enum QueryRule {
  static func pending(_ sightings: [Sighting], _ windows: TickWindows, in ticks: ClosedRange<Int64>) -> [Pending] {
    sightings.compactMap { sighting in
      guard let first = windows.firstTick(reaching: sighting.time, in: ticks),
        let last = windows.lastTick(holding: sighting.time, in: ticks), first <= last
      else { return nil }
      return Pending(ticks: first...last, sighting: sighting)
    }
  }
}
