import CloudTrail
import Events

/// Puts the context of alerts together.
struct ContextBuilder {
  private let plan: ContextPlan
  private let log: ActivityLog
  /// What is shown of each alert, in the alerts' order.
  private let alerts: [AlertContext.Related]
  /// For each facet the place of each value in the order of their texts, by its code.
  private let ranks: [[UInt32]]

  init(plan: ContextPlan, log: ActivityLog, alerts: [AlertContext.Related]) {
    self.plan = plan
    self.log = log
    self.alerts = alerts
    ranks = log.dictionaries.map { dictionary in
      let texts = (0...dictionary.count).map { $0 == 0 ? "" : dictionary.text(UInt32($0)) }
      var ranks = [UInt32](repeating: 0, count: texts.count)
      for (rank, code) in texts.indices.sorted(by: { texts[$0] < texts[$1] }).enumerated() {
        ranks[code] = UInt32(rank)
      }
      return ranks
    }
  }

  /// The context of each alert, in the alerts' order; nil where the event names nobody.
  func contexts() -> [AlertContext?] {
    var contexts = [AlertContext?](repeating: nil, count: alerts.count)
    let byPrincipal = Dictionary(grouping: plan.principals.indices.filter { plan.principals[$0] != nil }) {
      plan.principals[$0]
    }
    for (principal, members) in byPrincipal {
      guard let principal else { continue }
      let ordered = members.sorted { (plan.times[$0], $0) < (plan.times[$1], $1) }
      let window = Window(log.parts[principal] ?? ActivityLog.Part())
      let before = activities(of: ordered, from: -ContextPlan.activityBefore, to: 0, window)
      let after = activities(of: ordered, from: 0, to: ContextPlan.activityAfter + 1, window)
      for (at, (before, after)) in zip(ordered, zip(before, after)) {
        let (related, count) = related(to: at, among: ordered)
        let time = plan.times[at]
        let end = min(time + ContextPlan.activityAfter, plan.inputEnd ?? .max)
        contexts[at] = AlertContext(
          principal: principal, time: Timestamp(milliseconds: time), related: related, relatedCount: count,
          activity: before, activityAfter: end > time ? after : nil, afterEnd: Timestamp(milliseconds: end),
          beforeStart: Timestamp(
            milliseconds: min(time, max(time - ContextPlan.activityBefore, plan.inputStart ?? .min))))
      }
    }
    return contexts
  }

  /// The other alerts of a principal near one of them, out of all of them in the order of time.
  private func related(to at: Int, among ordered: [Int]) -> ([AlertContext.Related], Int) {
    let time = plan.times[at]
    let first = ordered.partition { plan.times[$0] >= time - ContextPlan.relatedWithin }
    let end = ordered.partition { plan.times[$0] > time + ContextPlan.relatedWithin }
    // Those next to it in the order of time hold the nearest.
    let own = ordered[first..<end].partition { (plan.times[$0], $0) >= (time, at) }
    let near = max(first, own - AlertContext.mostShown)..<min(end, own + AlertContext.mostShown + 1)
    let others = ordered[near].filter { $0 != at }.sorted { left, right in
      (abs(plan.times[left] - time), left) < (abs(plan.times[right] - time), right)
    }
    return (others.prefix(AlertContext.mostShown).map { alerts[$0] }, end - first - 1)
  }

  /// The activity around each of some alerts, whose times ascend: what lies between two distances from it, the second
  /// excluded, without the alert's own event. A window that moves over the events, so that each is counted once when it
  /// comes in and once when it leaves.
  private func activities(
    of alerts: [Int], from start: Int64, to end: Int64, _ events: Window
  ) -> [AlertContext.Activity] {
    var window = events
    return alerts.map { alert in
      let time = plan.times[alert]
      window.move(from: time + start, to: time + end)
      let own = window.place(of: plan.ids[alert], at: time)
      if let own { window.count(own, by: -1) }
      defer { if let own { window.count(own, by: 1) } }
      return summary(window.events, window.failures, window.counts)
    }
  }

  /// The events of one principal between two times, and what there is of each value.
  private struct Window {
    private let part: ActivityLog.Part
    private let order: [Int]
    private var first = 0
    private var end = 0
    private(set) var events = 0
    private(set) var failures = 0
    private(set) var counts = [[UInt32: Int]](repeating: [:], count: ActivityFacet.allCases.count)

    init(_ part: ActivityLog.Part) {
      self.part = part
      order = part.entries.indices.sorted {
        (part.entries[$0].time, part.entries[$0].id) < (part.entries[$1].time, part.entries[$1].id)
      }
    }

    /// Counts what lies from one time up to another, that one excluded; neither may go back.
    mutating func move(from start: Int64, to stop: Int64) {
      while end < order.count, part.entries[order[end]].time < stop {
        count(end, by: 1)
        end += 1
      }
      while first < end, part.entries[order[first]].time < start {
        count(first, by: -1)
        first += 1
      }
    }

    /// Where an event stands, if it is counted.
    func place(of id: EventID, at time: Int64) -> Int? {
      var place = order[first..<end].partition { part.entries[$0].time >= time }
      // Many events may share a time, but they are in the order of their ids.
      place = order[place..<end].partition { part.entries[$0].time > time || part.entries[$0].id >= id }
      return place < end && part.entries[order[place]].id == id ? place : nil
    }

    mutating func count(_ place: Int, by step: Int) {
      let at = order[place]
      events += step
      if part.entries[at].isFailure { failures += step }
      for value in part.values[(at == 0 ? 0 : part.entries[at - 1].valuesEnd)..<part.entries[at].valuesEnd] {
        let count = (counts[value.facet.rawValue][value.code] ?? 0) + step
        counts[value.facet.rawValue][value.code] = count == 0 ? nil : count
      }
    }
  }

  private func summary(_ events: Int, _ failures: Int, _ counts: [[UInt32: Int]]) -> AlertContext.Activity {
    AlertContext.Activity(
      events: events, failures: failures,
      counts: ActivityFacet.allCases.map { facet in
        let counts = counts[facet.rawValue]
        let values = mostFrequent(counts, ranks[facet.rawValue]).map { code, count in
          (log.text(ActivityValue(facet: facet, code: code)), count)
        }
        return (facet, values, counts.count - values.count)
      })
  }

  /// The most frequent values, those with the lower text first among equals; out of many only these are put in order.
  private func mostFrequent(_ counts: [UInt32: Int], _ ranks: [UInt32]) -> [(code: UInt32, count: Int)] {
    func precedes(_ left: (code: UInt32, count: Int), _ right: (code: UInt32, count: Int)) -> Bool {
      left.count != right.count ? left.count > right.count : ranks[Int(left.code)] < ranks[Int(right.code)]
    }
    var best: [(code: UInt32, count: Int)] = []
    for (code, count) in counts {
      let value = (code: code, count: count)
      if best.count == AlertContext.mostShown {
        guard precedes(value, best[best.count - 1]) else { continue }
        best.removeLast()
      }
      best.insert(value, at: best.firstIndex { precedes(value, $0) } ?? best.count)
    }
    return best
  }
}

extension RandomAccessCollection where Index == Int {
  /// The first place from which on a condition holds, in a list where it holds from some place on.
  fileprivate func partition(_ holds: (Element) -> Bool) -> Int {
    var low = startIndex
    var high = endIndex
    while low < high {
      let middle = (low + high) / 2
      if holds(self[middle]) { high = middle } else { low = middle + 1 }
    }
    return low
  }
}
