import Events
import JSON

extension Executions {
  /// Creates alerts of which those that are alike are folded into one.
  ///
  /// - Parameter looksAtLatest: whether each execution looks at the latest events of its window only.
  func createFolded(_ pending: [Pending], _ suppression: Suppression, looksAtLatest: Bool) -> Outcome {
    struct Entry {
      var item: Pending
      var terms: SuppressionTerms
      var isThere: Bool
      var isSettled = false
    }
    let pending = pending.sortedByFirstTick()
    var outcome = Outcome()
    var state = SuppressionState(suppression, first: windows.time(ticks.lowerBound))
    let known = suppression.alerts(before: windows.time(ticks.lowerBound))
    var inWindow: [Entry] = []
    var next = 0
    var tick = pending.first?.firstTick ?? 0
    while next < pending.count || !inWindow.isEmpty {
      if inWindow.isEmpty { tick = pending[next].firstTick }
      while next < pending.count, pending[next].firstTick == tick {
        let item = pending[next]
        inWindow.append(Entry(item: item, terms: suppression.terms(of: item.sighting), isThere: known.contains(item)))
        next += 1
      }
      inWindow.removeAll { entry in
        guard entry.item.lastTick < tick else { return false }
        if !entry.isSettled { outcome.lost += 1 }
        return true
      }
      inWindow.sort { Pending.order($0.item, $1.item) }
      let time = windows.time(tick)
      let found = inWindow.indices.filter { inWindow[$0].item.isFound(by: tick) }
      let looked = looksAtLatest ? found.suffix(maxSignals) : found[...]
      var cut = found.dropLast(looked.count).count { !inWindow[$0].isSettled }
      var made = 0
      var alike: [Int] = []
      for at in looked {
        guard suppression.setsMissingApart, !inWindow[at].terms.isWhole else {
          alike.append(at)
          continue
        }
        if inWindow[at].isThere { continue }
        guard made < maxSignals else {
          cut += 1
          continue
        }
        made += 1
        outcome.found.append(inWindow[at].item.finding(time))
        inWindow[at].isThere = true
        inWindow[at].isSettled = true
      }
      let candidates = alike.map { at in
        let entry = inWindow[at]
        return SuppressionState.Candidate(
          terms: entry.terms, start: entry.item.sighting.time, end: entry.item.sighting.time, isThere: entry.isThere,
          finding: entry.item.finding(time))
      }
      let fates = state.take(candidates, at: time, from: windows.from(tick), most: maxSignals - made, &outcome)
      for (at, fate) in zip(alike, fates) {
        switch fate {
        case .cut: if !inWindow[at].isSettled { cut += 1 }
        case .created:
          inWindow[at].isThere = true
          inWindow[at].isSettled = true
        case .known, .counted: inWindow[at].isSettled = true
        }
      }
      if cut > 0 { outcome.cuts.append(Replay.Cut(tick: time, count: cut)) }
      tick += 1
    }
    return outcome
  }

  /// Creates an alert for each group of events with the same values, on the oldest one of them.
  func createGrouped(_ pending: [Pending], _ suppression: Suppression) -> Outcome {
    struct Entry {
      var item: Pending
      /// The groups that it belongs to, and what stands for them.
      var groups: [(terms: SuppressionTerms, instance: String)]
      var isThere = false
      var isSettled = false
    }
    struct Group {
      var terms: SuppressionTerms
      var members: [Int]
    }
    /// What the id of an alert is made of.
    struct Identity: Hashable {
      var event: EventID
      var instance: String
      var start: Int64
      var end: Int64
    }
    let pending = pending.sortedByFirstTick()
    let first = windows.time(ticks.lowerBound)
    var outcome = Outcome()
    var state = SuppressionState(suppression, first: first)
    // Up to when events of a group have been counted.
    var counted = suppression.ends(before: first).mapValues(\.milliseconds)
    var made: Set<Identity> = []
    let known = suppression.alerts(before: first)
    for alert in suppression.kept where alert.tick < first {
      guard let instance = alert.instance else { continue }
      for event in alert.basis.eventIDs {
        made.insert(
          Identity(
            event: event, instance: instance, start: alert.start.milliseconds, end: alert.end.milliseconds))
      }
    }
    var inWindow: [Entry] = []
    var next = 0
    var tick = pending.first?.firstTick ?? 0
    while next < pending.count || !inWindow.isEmpty {
      if inWindow.isEmpty { tick = pending[next].firstTick }
      while next < pending.count, pending[next].firstTick == tick {
        let item = pending[next]
        let values = suppression.values(item.sighting)
        // What lacks a field and gives an alert of its own is in no group.
        let isApart = suppression.setsMissingApart && values.contains { $0.isEmpty }
        let groups = isApart ? [] : SuppressionTerms.groups(suppression.fields, values)
        inWindow.append(
          Entry(item: item, groups: groups.map { ($0, state.instance($0)) }, isThere: isApart && known.contains(item)))
        next += 1
      }
      inWindow.removeAll { entry in
        guard entry.item.lastTick < tick else { return false }
        if !entry.isSettled { outcome.lost += 1 }
        return true
      }
      inWindow.sort { Pending.order($0.item, $1.item) }
      let (time, from) = (windows.time(tick), windows.from(tick))
      counted = counted.filter { $0.value >= from }
      var groups: [String: Group] = [:]
      var apart: [Int] = []
      for at in inWindow.indices where inWindow[at].item.isFound(by: tick) {
        let entry = inWindow[at]
        // What was counted for one group is out for all that it belongs to.
        if entry.groups.contains(where: { counted[$0.instance].map { entry.item.sighting.time <= $0 } ?? false }) {
          inWindow[at].isSettled = true
          continue
        }
        if entry.groups.isEmpty { apart.append(at) }
        for (terms, instance) in entry.groups {
          groups[instance, default: Group(terms: terms, members: [])].members.append(at)
        }
      }
      let order = groups.sorted { left, right in
        SuppressionTerms.precedes(left.value.terms, right.value.terms, suppression.types)
      }
      // Kibana asks for one group more than there may be alerts, to know whether there are more, and makes that, too.
      let taken = order.prefix(maxSignals + 1)
      var cut = order.count - taken.count
      var left = max(0, maxSignals - taken.count)
      for at in apart where !inWindow[at].isThere {
        guard left > 0 else {
          cut += 1
          continue
        }
        left -= 1
        outcome.found.append(inWindow[at].item.finding(time))
        inWindow[at].isThere = true
        inWindow[at].isSettled = true
      }
      var candidates: [SuppressionState.Candidate] = []
      for (instance, group) in taken {
        let times = group.members.map { inWindow[$0].item.sighting.time }
        let (start, end) = (times.min() ?? 0, times.max() ?? 0)
        for at in group.members { inWindow[at].isSettled = true }
        counted[instance] = end
        // What ends where the window begins is counted again, and known by its id.
        let oldest = group.members.first { inWindow[$0].item.sighting.time == start } ?? group.members[0]
        let identity = Identity(event: inWindow[oldest].item.sighting.id, instance: instance, start: start, end: end)
        candidates.append(
          SuppressionState.Candidate(
            terms: group.terms, start: start, end: end, count: group.members.count - 1,
            isThere: made.contains(identity), finding: inWindow[oldest].item.finding(time),
            others: group.members.filter { $0 != oldest }.map { inWindow[$0].item.sighting }))
      }
      let fates = state.take(candidates, at: time, from: from, most: .max, &outcome)
      for (candidate, fate) in zip(candidates, fates) where fate == .created {
        made.insert(
          Identity(
            event: candidate.finding.sighting.id, instance: state.instance(candidate.terms), start: candidate.start,
            end: candidate.end))
      }
      if cut > 0 { outcome.cuts.append(Replay.Cut(tick: time, count: cut)) }
      tick += 1
    }
    return outcome
  }
}
