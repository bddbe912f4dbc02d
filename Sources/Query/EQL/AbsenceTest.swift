/// Tells of completed sequences whether events that must be missing are missing; on times alone.
struct AbsenceTest {
  private let items: [Int]
  private let plan: EQLPlan
  private let candidates: EQLCandidates
  private let maxspan: Int64
  /// The events of a missing item and key: their times, ascending, and their places among the candidates.
  private var found: [Place: (times: [Int64], events: [Int])] = [:]

  private struct Place: Hashable {
    var item: Int
    var key: UInt32
  }

  /// - Parameter order: the candidates that take part, in their order.
  init(_ plan: EQLPlan, items: [Int], _ candidates: EQLCandidates, _ order: [Int], maxspan: Int64) {
    (self.plan, self.items, self.candidates, self.maxspan) = (plan, items, candidates, maxspan)
    for at in order {
      for entry in candidates.entries(at) where plan.items[Int(entry.item)].isMissing {
        let place = Place(item: Int(entry.item), key: entry.key)
        found[place, default: ([], [])].times.append(candidates.times[at])
        found[place]?.events.append(at)
      }
    }
  }

  /// - Parameter events: the positive events in their order.
  func accepts(_ key: UInt32, _ events: [Int]) -> Bool { !events.isEmpty && intruder(key, events) == nil }

  /// An event that must be missing and is not, by its place among the candidates; nil where there is none.
  ///
  /// - Parameter events: the positive events in their order.
  func intruder(_ key: UInt32, _ events: [Int]) -> Int? { intruders(key, events).first }

  /// Whether an event keeps a sequence from being a hit, alone or with another one.
  func forbids(_ event: Int, _ key: UInt32, _ events: [Int]) -> Bool {
    intruders(key, events).contains(event)
      || AbsenceTest(plan, items: items, candidates, [event], maxspan: maxspan).intruder(key, events) == event
  }

  /// The event that is in the way of a sequence and, where it takes two, the other one.
  private func intruders(_ key: UInt32, _ events: [Int]) -> [Int] {
    let times = events.map { candidates.times[$0] }
    guard let first = times.first, let last = times.last else { return [] }
    var before = 0
    var leading: (time: Int64, event: Int)?
    var trailing: (time: Int64, event: Int)?
    var (begins, ends) = (false, false)
    for item in items {
      guard plan.items[item].isMissing else {
        before += 1
        continue
      }
      let found = self.found[Place(item: item, key: key)] ?? ([], [])
      if before == 0 {
        begins = true
        let place = found.times.firstPlace { $0 >= first }
        if place > 0, leading.map({ found.times[place - 1] > $0.time }) ?? true {
          leading = (found.times[place - 1], found.events[place - 1])
        }
      } else if before == times.count {
        ends = true
        let place = found.times.firstPlace { $0 > last }
        if place < found.times.count, trailing.map({ found.times[place] < $0.time }) ?? true {
          trailing = (found.times[place], found.events[place])
        }
      } else {
        let place = found.times.firstPlace { $0 > times[before - 1] }
        if place < found.times.count, found.times[place] < times[before] { return [found.events[place]] }
      }
    }
    switch (begins, ends) {
    case (false, false): return []
    case (true, true):
      guard let leading, let trailing else { return [] }
      let isIn = EQLCandidates.distance(from: leading.time, to: trailing.time) <= maxspan
      return isIn ? [trailing.event, leading.event] : []
    case (true, false):
      guard let leading, EQLCandidates.distance(from: leading.time, to: last) <= maxspan else { return [] }
      return [leading.event]
    case (false, true):
      guard let trailing, EQLCandidates.distance(from: first, to: trailing.time) <= maxspan else { return [] }
      return [trailing.event]
    }
  }
}
