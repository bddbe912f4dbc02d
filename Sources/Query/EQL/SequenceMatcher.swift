/// Finds the hits of an EQL query among its candidates, in one pass in their order: a state machine for each join key.
public struct SequenceMatcher {
  let plan: EQLPlan
  private let samplesPerKey: Int

  /// The most samples that a key may have.
  public static let mostSamplesPerKey = 10_000

  /// - Parameters:
  ///   - plan: of the binding that gave the candidates.
  ///   - samplesPerKey: so many samples of each key at most.
  public init(_ plan: EQLPlan, samplesPerKey: Int = 1) {
    self.plan = plan
    self.samplesPerKey = min(samplesPerKey, Self.mostSamplesPerKey)
  }

  /// The hits, in Elasticsearch's order, pipes applied.
  ///
  /// - Parameters:
  ///   - order: the places of the candidates that take part, in their order (`EQLCandidates.ordered`).
  ///   - limit: so many hits at most; see `kept`.
  public func hits(_ candidates: EQLCandidates, in order: [Int], limit: Int? = nil) -> [EQLHit] {
    let hits = allHits(candidates, order)
    return Array(limit.map { kept(hits, limit: $0) } ?? hits[...])
  }

  /// The hits that a search of so many gives: the last ones, or the first of samples and where the query ends in `head`.
  public func kept(_ hits: [EQLHit], limit: Int) -> ArraySlice<EQLHit> {
    keepsFirst ? hits.prefix(limit) : hits.suffix(limit)
  }

  /// Whether a search gives the first hits, and others when those are out of sight; else it gives the last ones.
  public var keepsFirst: Bool {
    switch (plan.form, plan.pipes.last) {
    case (.sample, _), (_, .head?): true
    default: false
    }
  }

  private func allHits(_ candidates: EQLCandidates, _ order: [Int]) -> [EQLHit] {
    var hits: [EQLHit]
    switch plan.form {
    case .events: hits = order.map { EQLHit(joinKey: JoinKey([]), events: [$0]) }
    case .sequence(let maxspan, let hasUntil): hits = sequences(candidates, order, maxspan, hasUntil: hasUntil)
    case .sample: hits = samples(candidates, order)
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

  /// A sequence that has begun: its first and its latest event, and of three and more how it came there.
  private struct Begun {
    var first: Int
    var last: Int
    /// The place in `steps` of what was before the latest event; -1 behind the first.
    var former = -1
  }

  /// What happens to sequences that have begun, as candidates pass by. Events are told by their places in the order.
  enum Happening {
    /// An event takes a stage; what waited there, by the events that it was made of, gives way.
    case taken(stage: Int, key: UInt32, events: [Int], former: [Int]?)
    /// An event for a stage finds nothing that waits for it.
    case missed(stage: Int, key: UInt32, event: Int)
    /// It finds something that began too long ago.
    case late(stage: Int, key: UInt32, events: [Int], event: Int, by: Int64)
    /// It finds something that an event of `until` has ended.
    case stopped(stage: Int, key: UInt32, events: [Int], event: Int, by: Int)
    case completed(key: UInt32, events: [Int])
    /// An event of `until` ends what waits, by the events that it was made of.
    case ended(key: UInt32, event: Int, waiting: [[Int]])
  }

  /// - Parameter note: is told what happens.
  func sequences(
    _ candidates: EQLCandidates, _ order: [Int], _ maxspan: Int64?, hasUntil: Bool, note: ((Happening) -> Void)? = nil
  ) -> [EQLHit] {
    let until = hasUntil ? plan.items.count - 1 : nil
    let items = plan.items.indices.dropLast(hasUntil ? 1 : 0)
    let absence = absence(in: candidates, order)
    let positive = items.filter { !plan.items[$0].isMissing }
    var stageOfItem = [Int?](repeating: nil, count: plan.items.count)
    for (stage, item) in positive.enumerated() { stageOfItem[item] = stage }
    let lastStage = positive.count - 1
    var pending = [[UInt32: Begun]](repeating: [:], count: positive.count)
    var steps: [Begun] = []
    // By rank: the place of an event in `order`.
    var untils: [UInt32: Int] = [:]
    var completed: [(key: UInt32, events: [Int])] = []
    func events(_ begun: Begun, _ last: Int) -> [Int] {
      var events = [last, begun.last]
      var former = begun.former
      while former >= 0 {
        events.append(steps[former].last)
        former = steps[former].former
      }
      return events.reversed()
    }
    func waiting(_ begun: Begun) -> [Int] { Array(events(begun, -1).dropLast()) }
    for (rank, at) in order.enumerated() {
      let time = candidates.times[at]
      let entries = candidates.entries(at)
      // The last stage first: an event never follows itself.
      var end = entries.endIndex
      while end > entries.startIndex {
        let item = Int(entries[end - 1].item)
        var start = end - 1
        while start > entries.startIndex, Int(entries[start - 1].item) == item { start -= 1 }
        defer { end = start }
        guard let stage = stageOfItem[item] else { continue }
        for entry in entries[start..<end] {
          let key = entry.key
          if stage == 0 {
            if lastStage == 0 {
              completed.append((key, [rank]))
              note?(.completed(key: key, events: [rank]))
            } else {
              note?(.taken(stage: 0, key: key, events: [rank], former: pending[0][key].map(waiting)))
              pending[0][key] = Begun(first: rank, last: rank)
            }
            continue
          }
          guard let begun = pending[stage - 1].removeValue(forKey: key) else {
            note?(.missed(stage: stage, key: key, event: rank))
            continue
          }
          if let maxspan {
            let span = EQLCandidates.distance(from: candidates.times[order[begun.first]], to: time)
            guard span <= maxspan else {
              note?(.late(stage: stage, key: key, events: waiting(begun), event: rank, by: span - maxspan))
              continue
            }
          }
          if let stop = untils[key], stop >= begun.last {
            note?(.stopped(stage: stage, key: key, events: waiting(begun), event: rank, by: stop))
            continue
          }
          if stage == lastStage {
            completed.append((key, events(begun, rank)))
            note?(.completed(key: key, events: events(begun, rank)))
          } else {
            note?(.taken(stage: stage, key: key, events: events(begun, rank), former: pending[stage][key].map(waiting)))
            steps.append(begun)
            pending[stage][key] = Begun(first: begun.first, last: rank, former: steps.count - 1)
          }
        }
      }
      if let until {
        for entry in entries where Int(entry.item) == until {
          if let note {
            let begun = pending.compactMap { $0[entry.key] }.filter { begun in
              untils[entry.key].map { $0 < begun.last } ?? true
            }
            note(.ended(key: entry.key, event: rank, waiting: begun.map(waiting)))
          }
          untils[entry.key] = rank
        }
      }
    }
    return completed.compactMap { found in
      let places = found.events.map { order[$0] }
      guard let absence else { return EQLHit(joinKey: candidates.key(found.key), events: places) }
      guard absence.accepts(found.key, places) else { return nil }
      var events = places[...]
      return EQLHit(
        joinKey: candidates.key(found.key), events: items.map { plan.items[$0].isMissing ? nil : events.popFirst() })
    }
  }

  /// Tells whether events are missing that must be; nil where the query asks for none.
  func absence(in candidates: EQLCandidates, _ order: [Int]) -> AbsenceTest? {
    guard case .sequence(let maxspan, let hasUntil) = plan.form else { return nil }
    let items = plan.items.indices.dropLast(hasUntil ? 1 : 0)
    guard items.contains(where: { plan.items[$0].isMissing }) else { return nil }
    return AbsenceTest(plan, items: Array(items), candidates, order, maxspan: maxspan ?? .max)
  }

  /// What tells of sequences that were hits once which event has come since that must be missing: each of them is given as the places of
  /// its events, in the order of the items that have one, and an event is given by its place. Nil where the query asks for no missing
  /// event.
  public func intruders(in candidates: EQLCandidates) -> (([Int]) -> Int?)? {
    guard let absence = absence(in: candidates, candidates.ordered()) else { return nil }
    let positive = plan.items.indices.filter { !plan.items[$0].isMissing }
    return { events in
      guard let first = events.first, events.count <= positive.count else { return nil }
      let keys = candidates.entries(first).filter { Int($0.item) == positive[0] }.map(\.key)
      return keys.lazy.filter { key in
        zip(events, positive).allSatisfy { event, item in
          candidates.entries(event).contains { Int($0.item) == item && $0.key == key }
        }
      }.compactMap { absence.intruder($0, events) }.first
    }
  }

  // MARK: Samples

  private func samples(_ candidates: EQLCandidates, _ order: [Int]) -> [EQLHit] {
    let count = plan.items.count
    // Of each item as many events as others may take away, and one for each sample.
    let most = count - 1 + samplesPerKey
    var eventsOfKey: [UInt32: [[Int]]] = [:]
    for at in order {
      for entry in candidates.entries(at) {
        var lists = eventsOfKey[entry.key] ?? [[Int]](repeating: [], count: count)
        if lists[Int(entry.item)].count < most {
          lists[Int(entry.item)].append(at)
          eventsOfKey[entry.key] = lists
        }
      }
    }
    var samples: [(key: JoinKey, found: [[Int]])] = []
    for (key, lists) in eventsOfKey {
      let found = distinct(lists)
      if !found.isEmpty { samples.append((candidates.key(key), found)) }
    }
    return samples.sorted { JoinKey.precedes($0.key, $1.key) }.flatMap { sample in
      sample.found.map { EQLHit(joinKey: sample.key, events: $0) }
    }
  }

  /// One event of each list, no event twice: the first such choices in the order of the lists.
  private func distinct(_ lists: [[Int]]) -> [[Int]] {
    var all: [[Int]] = []
    func extend(_ chosen: [Int]) {
      guard chosen.count < lists.count else { return all.append(chosen) }
      let rest = lists[(chosen.count + 1)...]
      for event in lists[chosen.count] {
        let next = chosen + [event]
        guard !chosen.contains(event), Self.canChoose(rest, without: next) else { continue }
        extend(next)
        if all.count >= samplesPerKey { return }
      }
    }
    if lists.allSatisfy({ !$0.isEmpty }) { extend([]) }
    return all
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
