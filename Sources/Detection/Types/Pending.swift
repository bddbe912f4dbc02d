import Events

/// An alert on one event that executions may create: the event and ticks are known, the cap is not yet applied.
struct Pending: Sendable {
  /// The runs of executions that would create it, in order, at least one.
  var runs: [ClosedRange<Int64>]
  var sighting: Sighting
  /// The combination of new terms, in order; empty for other rules.
  var terms: [NewTerm] = []

  var firstTick: Int64 { runs.first?.lowerBound ?? .min }
  var lastTick: Int64 { runs.last?.upperBound ?? .min }

  func isFound(by tick: Int64) -> Bool { runs.contains { $0.contains(tick) } }

  /// The earliest event first; the combinations of one event by their values, so that the order is always the same.
  static func order(_ left: Pending, _ right: Pending) -> Bool {
    if left.sighting != right.sighting {
      return left.terms.isEmpty ? left.sighting.isTaken(before: right.sighting) : left.sighting < right.sighting
    }
    return left.terms.lexicographicallyPrecedes(right.terms) { one, other in
      one.text != other.text ? one.text < other.text : one.kind.rawValue < other.kind.rawValue
    }
  }

  /// The latest event first, by the rule's own timestamp field; those that lack it last.
  static func newestFirst(_ left: Pending, _ right: Pending) -> Bool {
    let (one, other) = (left.sighting, right.sighting)
    if one.lacksOverride != other.lacksOverride { return other.lacksOverride }
    if !one.lacksOverride, one.time != other.time { return one.time > other.time }
    return one.timestamp != other.timestamp
      ? one.timestamp > other.timestamp : (one.time, one.id) > (other.time, other.id)
  }

  func finding(_ tick: Timestamp) -> Finding { Finding(tick: tick, sighting: sighting, terms: terms) }
}

extension [Pending] {
  func sortedByFirstTick() -> [Pending] {
    sorted { left, right in
      (left.firstTick, left.sighting.time, left.sighting.id) < (right.firstTick, right.sighting.time, right.sighting.id)
    }
  }
}

extension Executions {
  /// Creates alerts, the earliest events of each execution first unless another order is given. What an execution leaves because
  /// of the cap, the next one finds again while it is in the window. What has an alert already does not count.
  func create(_ pending: [Pending], order: (Pending, Pending) -> Bool = Pending.order) -> Outcome {
    if let suppression { return createFolded(pending, suppression, looksAtLatest: false) }
    let pending = pending.filter { !earlier.contains($0) }.sortedByFirstTick()
    var outcome = Outcome()
    var waiting: [Pending] = []
    var next = 0
    var tick = pending.first?.firstTick ?? 0
    while next < pending.count || !waiting.isEmpty {
      if waiting.isEmpty { tick = pending[next].firstTick }
      while next < pending.count, pending[next].firstTick == tick {
        waiting.append(pending[next])
        next += 1
      }
      let gone = waiting.count
      waiting.removeAll { $0.lastTick < tick }
      outcome.lost += gone - waiting.count
      waiting.sort(by: order)
      var created = 0
      var cut = 0
      waiting.removeAll { item in
        guard item.isFound(by: tick) else { return false }
        guard created < maxSignals else {
          cut += 1
          return false
        }
        created += 1
        outcome.found.append(item.finding(windows.time(tick)))
        return true
      }
      if cut > 0 { outcome.cuts.append(Replay.Cut(tick: windows.time(tick), count: cut)) }
      tick += 1
    }
    return outcome
  }

  /// Creates alerts where each execution looks at the latest events of its window only, those with an alert among them.
  func createLatest(_ pending: [Pending]) -> Outcome {
    if let suppression { return createFolded(pending, suppression, looksAtLatest: true) }
    let pending = pending.sortedByFirstTick()
    var outcome = Outcome()
    var inWindow: [(item: Pending, isCreated: Bool)] = []
    var next = 0
    var tick = pending.first?.firstTick ?? 0
    while next < pending.count || inWindow.contains(where: { !$0.isCreated }) {
      if inWindow.isEmpty { tick = pending[next].firstTick }
      while next < pending.count, pending[next].firstTick == tick {
        inWindow.append((pending[next], earlier.contains(pending[next])))
        next += 1
      }
      inWindow.removeAll { entry in
        guard entry.item.lastTick < tick else { return false }
        if !entry.isCreated { outcome.lost += 1 }
        return true
      }
      inWindow.sort { Pending.order($0.item, $1.item) }
      let found = inWindow.indices.filter { inWindow[$0].item.isFound(by: tick) }
      for at in found.suffix(maxSignals) where !inWindow[at].isCreated {
        inWindow[at].isCreated = true
        outcome.found.append(inWindow[at].item.finding(windows.time(tick)))
      }
      let left = found.dropLast(maxSignals).count { !inWindow[$0].isCreated }
      if left > 0 { outcome.cuts.append(Replay.Cut(tick: windows.time(tick), count: left)) }
      tick += 1
    }
    return outcome
  }
}
