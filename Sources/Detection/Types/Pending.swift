import Events

/// An alert that executions may create: the events and ticks are known, the cap is not yet applied.
struct Pending: Sendable {
  /// The runs of executions that would create it, in order, at least one.
  var runs: [ClosedRange<Int64>]
  var sighting: Sighting
  /// The combination of new terms, in order; empty for other rules.
  var terms: [NewTerm] = []

  var firstTick: Int64 { runs.first?.lowerBound ?? .min }
  var lastTick: Int64 { runs.last?.upperBound ?? .min }

  func isFound(by tick: Int64) -> Bool { runs.contains { $0.contains(tick) } }
}
