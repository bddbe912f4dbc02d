import Events

/// Puts the context of alerts together.
struct ContextBuilder {
  let plan: ContextPlan
  let log: ActivityLog
  /// What is shown of each alert, in the alerts' order.
  let alerts: [AlertContext.Related]

  /// The context of each alert, in the alerts' order; nil where the event names nobody.
  func contexts() -> [AlertContext?] {
    var contexts = [AlertContext?](repeating: nil, count: alerts.count)
    let byPrincipal = Dictionary(grouping: plan.principals.indices.filter { plan.principals[$0] != nil }) {
      plan.principals[$0]
    }
    for (principal, members) in byPrincipal {
      guard let principal else { continue }
      let ordered = members.sorted { (plan.times[$0], $0) < (plan.times[$1], $1) }
      for (at, activity) in zip(ordered, activities(of: principal, before: ordered.map { plan.times[$0] })) {
        let (related, count) = related(to: at, among: ordered)
        contexts[at] = AlertContext(
          principal: principal, time: Timestamp(milliseconds: plan.times[at]), related: related, relatedCount: count,
          activity: activity)
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

  /// The activity before each of some ascending times: a window that moves over the events, so that each is counted once
  /// when it comes in and once when it leaves.
  private func activities(of principal: Principal, before times: [Int64]) -> [AlertContext.Activity] {
    guard let part = log.parts[principal] else { return times.map { _ in summary(0, 0, [:]) } }
    let order = part.entries.indices.sorted {
      (part.entries[$0].time, part.entries[$0].id) < (part.entries[$1].time, part.entries[$1].id)
    }
    var counts: [ActivityValue: Int] = [:]
    var failures = 0
    var first = 0
    var end = 0
    func move(_ place: Int, by step: Int) {
      let at = order[place]
      if part.entries[at].isFailure { failures += step }
      for value in part.values[(at == 0 ? 0 : part.entries[at - 1].valuesEnd)..<part.entries[at].valuesEnd] {
        counts[value, default: 0] += step
      }
    }
    return times.map { time in
      while end < order.count, part.entries[order[end]].time < time {
        move(end, by: 1)
        end += 1
      }
      while first < end, part.entries[order[first]].time < time - ContextPlan.activityBefore {
        move(first, by: -1)
        first += 1
      }
      return summary(end - first, failures, counts)
    }
  }

  private func summary(_ events: Int, _ failures: Int, _ counts: [ActivityValue: Int]) -> AlertContext.Activity {
    var ofFacet = [[(value: String, count: Int)]](repeating: [], count: ActivityFacet.allCases.count)
    for (value, count) in counts where count > 0 { ofFacet[value.facet.rawValue].append((log.text(value), count)) }
    return AlertContext.Activity(
      events: events, failures: failures,
      counts: ActivityFacet.allCases.map { facet in
        let values = ofFacet[facet.rawValue].sorted { ($1.count, $0.value) < ($0.count, $1.value) }
        return (facet, Array(values.prefix(AlertContext.mostShown)), max(0, values.count - AlertContext.mostShown))
      })
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
