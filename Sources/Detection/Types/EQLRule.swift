/// A rule of type `eql` whose query is of single events: as a query rule, save that an execution's search gives the latest
/// `max_signals` events of its window, those with an alert among them.
enum EQLRule {
  /// - Parameter pending: by their first ticks.
  static func run(_ pending: [Pending], _ windows: TickWindows, maxSignals: Int, _ outcome: inout Replay.Outcome) {
    var inWindow: [(item: Pending, isCreated: Bool)] = []
    var next = 0
    var tick = pending.first?.firstTick ?? 0
    while next < pending.count || inWindow.contains(where: { !$0.isCreated }) {
      if inWindow.isEmpty { tick = pending[next].firstTick }
      while next < pending.count, pending[next].firstTick == tick {
        inWindow.append((pending[next], false))
        next += 1
      }
      inWindow.removeAll { entry in
        guard entry.item.lastTick < tick else { return false }
        if !entry.isCreated { outcome.lost += 1 }
        return true
      }
      inWindow.sort { Replay.order($0.item, $1.item) }
      let found = inWindow.indices.filter { inWindow[$0].item.isFound(by: tick) }
      for at in found.suffix(maxSignals) where !inWindow[at].isCreated {
        inWindow[at].isCreated = true
        outcome.alerts.append((windows.time(tick), inWindow[at].item))
      }
      let left = found.dropLast(maxSignals).count { !inWindow[$0].isCreated }
      if left > 0 { outcome.cuts.append(Replay.Cut(tick: windows.time(tick), count: left)) }
      tick += 1
    }
  }
}
