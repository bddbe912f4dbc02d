import Events
import Rules

/// Finds the evidence of a rule's alerts in what its query matched.
struct EvidenceFinder {
  private let windows: TickWindows
  /// The matching events, each once, in order.
  private let events: [Event]
  private let hasHidden: Bool

  private struct Event {
    var time: Int64
    var condition: UInt32
  }

  /// For a rule without a history.
  init(_ sightings: [Sighting], _ windows: TickWindows) {
    self.windows = windows
    var events: [Event] = []
    var previous: Sighting?
    for sighting in sightings.sorted() where sighting != previous {
      events.append(Event(time: sighting.time, condition: sighting.condition))
      previous = sighting
    }
    self.events = events
    hasHidden = events.contains { $0.condition != ExecutionConditions.always }
  }

  /// For a rule with a history; `log` is sorted.
  init(_ log: MatchLog, _ windows: TickWindows) {
    self.windows = windows
    var events: [Event] = []
    for at in 0..<log.count
    where at == 0 || log.times[at] != log.times[at - 1] || log.ids[at] != log.ids[at - 1] {
      events.append(Event(time: log.times[at], condition: log.condition(at)))
    }
    self.events = events
    hasHidden = events.contains { $0.condition != ExecutionConditions.always }
  }

  /// The evidence of an alert that the execution at a tick creates.
  func evidence(_ tick: Timestamp, hasHistory: Bool) -> Evidence {
    let number = windows.lastTick(atOrBefore: tick)
    let from = windows.from(number)
    let to = windows.to(number)
    var evidence = Evidence(
      scheduled: tick, from: Timestamp(milliseconds: from), to: Timestamp(milliseconds: to),
      matched: count(from, to + 1, at: tick))
    if hasHistory {
      let history = windows.history(number)
      evidence.historyFrom = Timestamp(milliseconds: history)
      evidence.matchedInHistory = count(history, from, at: tick)
    }
    return evidence
  }

  /// How many events between two times, the second excluded, an execution sees.
  private func count(_ from: Int64, _ end: Int64, at tick: Timestamp) -> Int {
    let first = place(of: from)
    let last = max(first, place(of: end))
    guard hasHidden else { return last - first }
    return events[first..<last].count { windows.conditions.holds($0.condition, at: tick) }
  }

  /// The first event at or after a time.
  private func place(of time: Int64) -> Int {
    var low = 0
    var high = events.count
    while low < high {
      let middle = (low + high) / 2
      if events[middle].time < time { low = middle + 1 } else { high = middle }
    }
    return low
  }
}
