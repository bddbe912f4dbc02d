/// Finds the hits of an EQL query among its candidates, in one pass in their order: a state machine for each join key.
public struct SequenceMatcher {
  private let plan: EQLPlan

  public init(_ plan: EQLPlan) { self.plan = plan }

  /// The hits, in Elasticsearch's order, pipes applied.
  ///
  /// - Parameters:
  ///   - candidates: in their order (`EQLCandidate.precedes`).
  ///   - limit: so many hits at most; see `kept`.
  public func hits(_ candidates: [EQLCandidate], limit: Int? = nil) -> [EQLHit] {
    let hits = allHits(candidates)
    return Array(limit.map { kept(hits, limit: $0) } ?? hits[...])
  }

  /// The hits that a search of so many gives: the last ones, or the first of samples and where the query ends in `head`.
  public func kept(_ hits: [EQLHit], limit: Int) -> ArraySlice<EQLHit> {
    switch (plan.form, plan.pipes.last) {
    case (.sample, _), (_, .head?): hits.prefix(limit)
    default: hits.suffix(limit)
    }
  }

  private func allHits(_ candidates: [EQLCandidate]) -> [EQLHit] {
    var hits: [EQLHit]
    switch plan.form {
    case .events: hits = candidates.indices.map { EQLHit(joinKey: JoinKey([]), events: [$0]) }
    case .sequence(let maxspan, let hasUntil): hits = sequences(candidates, maxspan, hasUntil: hasUntil)
    case .sample: hits = samples(candidates)
    }
    for pipe in plan.pipes {
      switch pipe {
      case .head(let count): hits = Array(hits.prefix(count))
      case .tail(let count): hits = Array(hits.suffix(count))
      }
    }
    return hits
  }

  // MARK: Sequences

  private func sequences(_ candidates: [EQLCandidate], _ maxspan: Int64?, hasUntil: Bool) -> [EQLHit] {
    let until = hasUntil ? plan.items.count - 1 : nil
    let items = plan.items.indices.dropLast(hasUntil ? 1 : 0)
    let positive = items.filter { !plan.items[$0].isMissing }
    var stageOfItem = [Int?](repeating: nil, count: plan.items.count)
    for (stage, item) in positive.enumerated() { stageOfItem[item] = stage }
    var pending = [[JoinKey: [Int]]](repeating: [:], count: positive.count)
    var untils: [JoinKey: Int] = [:]
    var completed: [(key: JoinKey, events: [Int])] = []
    for (at, event) in candidates.enumerated() {
      // The last stage first: an event never follows itself.
      for (item, keys) in event.items.reversed() {
        guard let stage = stageOfItem[item] else { continue }
        for key in keys {
          if stage == 0 {
            if positive.count == 1 { completed.append((key, [at])) } else { pending[0][key] = [at] }
            continue
          }
          guard let begun = pending[stage - 1].removeValue(forKey: key) else { continue }
          if let maxspan, event.time - candidates[begun[0]].time > maxspan { continue }
          if let stop = untils[key], stop >= begun[begun.count - 1] { continue }
          if stage == positive.count - 1 {
            completed.append((key, begun + [at]))
          } else {
            pending[stage][key] = begun + [at]
          }
        }
      }
      if let until, let keys = event.keys(until) { for key in keys { untils[key] = at } }
    }
    guard positive.count < items.count else {
      return completed.map { EQLHit(joinKey: $0.key, events: $0.events) }
    }
    let absence = AbsenceTest(plan, items: Array(items), candidates, maxspan: maxspan ?? .max)
    return completed.compactMap { found in
      guard absence.accepts(found.key, found.events) else { return nil }
      var events = found.events[...]
      return EQLHit(joinKey: found.key, events: items.map { plan.items[$0].isMissing ? nil : events.popFirst() })
    }
  }

  // MARK: Samples

  private func samples(_ candidates: [EQLCandidate]) -> [EQLHit] {
    let count = plan.items.count
    // Of each item as many events as others may take away, and one.
    var eventsOfKey: [JoinKey: [[Int]]] = [:]
    for (at, event) in candidates.enumerated() {
      for (item, keys) in event.items {
        for key in keys {
          var lists = eventsOfKey[key] ?? [[Int]](repeating: [], count: count)
          if lists[item].count < count { lists[item].append(at) }
          eventsOfKey[key] = lists
        }
      }
    }
    var hits: [EQLHit] = []
    for (key, lists) in eventsOfKey {
      guard let events = Self.distinct(lists) else { continue }
      hits.append(EQLHit(joinKey: key, events: events))
    }
    return hits.sorted { JoinKey.precedes($0.joinKey, $1.joinKey) }
  }

  /// One event of each list, no event twice: the earliest that leaves the later lists one of their own.
  private static func distinct(_ lists: [[Int]]) -> [Int]? {
    guard lists.allSatisfy({ !$0.isEmpty }) else { return nil }
    var chosen: [Int] = []
    for at in lists.indices {
      let rest = lists[(at + 1)...]
      guard let event = lists[at].first(where: { !chosen.contains($0) && canChoose(rest, without: chosen + [$0]) })
      else { return nil }
      chosen.append(event)
    }
    return chosen
  }

  /// Whether each list can have an event of its own: augmenting paths of a matching.
  private static func canChoose(_ lists: ArraySlice<[Int]>, without taken: [Int]) -> Bool {
    var owner: [Int: Int] = [:]
    func assign(_ list: Int, _ tried: inout Set<Int>) -> Bool {
      for event in lists[list] where !taken.contains(event) && tried.insert(event).inserted {
        if let other = owner[event], !assign(other, &tried) { continue }
        owner[event] = list
        return true
      }
      return false
    }
    return lists.indices.allSatisfy { list in
      var tried: Set<Int> = []
      return assign(list, &tried)
    }
  }
}
