/// Tells of completed sequences whether events that must be missing are missing; on times alone.
struct AbsenceTest {
  private let items: [Int]
  private let plan: EQLPlan
  private let candidates: EQLCandidates
  private let maxspan: Int64
  /// The times, ascending, of the events of a missing item and key.
  private var times: [Place: [Int64]] = [:]

  private struct Place: Hashable {
    var item: Int
    var key: UInt32
  }

  /// - Parameter order: the candidates that take part, in their order.
  init(_ plan: EQLPlan, items: [Int], _ candidates: EQLCandidates, _ order: [Int], maxspan: Int64) {
    (self.plan, self.items, self.candidates, self.maxspan) = (plan, items, candidates, maxspan)
    for at in order {
      for entry in candidates.entries(at) where plan.items[Int(entry.item)].isMissing {
        times[Place(item: Int(entry.item), key: entry.key), default: []].append(candidates.times[at])
      }
    }
  }

  /// - Parameter events: the positive events in their order.
  func accepts(_ key: UInt32, _ events: [Int]) -> Bool {
    let times = events.map { candidates.times[$0] }
    guard let first = times.first, let last = times.last else { return false }
    var before = 0
    var leading: Int64?
    var trailing: Int64?
    var (begins, ends) = (false, false)
    for item in items {
      guard plan.items[item].isMissing else {
        before += 1
        continue
      }
      let found = self.times[Place(item: item, key: key)] ?? []
      if before == 0 {
        begins = true
        if let time = Self.latest(found, before: first) { leading = max(leading ?? time, time) }
      } else if before == times.count {
        ends = true
        if let time = Self.earliest(found, after: last) { trailing = min(trailing ?? time, time) }
      } else if let next = Self.earliest(found, after: times[before - 1]), next < times[before] {
        return false
      }
    }
    switch (begins, ends) {
    case (false, false): return true
    case (true, true):
      guard let leading, let trailing else { return true }
      return trailing - leading > maxspan
    case (true, false): return leading.map { last - $0 > maxspan } ?? true
    case (false, true): return trailing.map { $0 - first > maxspan } ?? true
    }
  }

  private static func latest(_ times: [Int64], before time: Int64) -> Int64? {
    let place = times.firstPlace { $0 >= time }
    return place > 0 ? times[place - 1] : nil
  }

  private static func earliest(_ times: [Int64], after time: Int64) -> Int64? {
    let place = times.firstPlace { $0 > time }
    return place < times.count ? times[place] : nil
  }
}
