/// What became of an event that meets a step of a sequence, or its `until`, with a join key, and is in no hit by it.
public struct SequenceFate: Hashable, Sendable {
  /// Events are told by their places among the candidates; steps count from 1, those that must be missing with them, and each of
  /// those that `runs` asks for by itself.
  public enum Reason: Hashable, Sendable {
    /// Nothing of its key waited for it: no event for the step before, or one that had gone on with another.
    case noneBefore(step: Int, takenBy: Int?)
    /// A later event for the same step took its place before the next step came.
    case replaced(by: Int)
    /// The next event for a step came so much after the span had ended, in the unit of the candidates' times; the event itself may be
    /// that one.
    case late(step: Int, event: Int, by: Int64)
    /// An event of `until` came before the one for a step.
    case stopped(by: Int, step: Int, event: Int)
    /// No event for a step came after it; one may have come with another key.
    case noneAfter(step: Int, withOtherKey: Int?)
    /// The sequence was whole, and an event was there that must be missing by a step.
    case forbidden(by: Int, step: Int)
    /// The sequence was whole, and pipes took the hit away.
    case cut
    /// The sequence was whole, and is a hit: whoever searched took no more of them.
    case unkept
    /// As an event of `until` it ended what had begun by then: the events of each sequence.
    case ended([[Int]])
    /// As one that must be missing it forbade sequences that were whole: the events of each.
    case forbade([[Int]])

    /// True of an event that can be in no hit by what it meets, but keep others from being one.
    public var isOfOpponent: Bool {
      switch self {
      case .ended, .forbade: true
      default: false
      }
    }
  }

  /// That of `until` comes behind the last.
  public var step: Int
  public var key: JoinKey
  public var reason: Reason
}

extension SequenceMatcher {
  /// Why a candidate is in no hit, by each step and key that it has; nothing where the query is no sequence.
  ///
  /// - Parameter order: the places of the candidates that take part, in their order.
  public func fates(of place: Int, _ candidates: EQLCandidates, in order: [Int]) -> [SequenceFate] {
    guard case .sequence(let maxspan, let hasUntil) = plan.form, let event = order.firstIndex(of: place) else {
      return []
    }
    let until = hasUntil ? plan.items.count - 1 : nil
    let absence = self.absence(in: candidates, order)
    // What was whole, and what the event ended by each of its keys.
    var whole: [(key: UInt32, events: [Int])] = []
    var ended: [UInt32: [[Int]]] = [:]
    let steps = plan.items.indices.dropLast(hasUntil ? 1 : 0).filter { !plan.items[$0].isMissing }
    struct Key: Hashable {
      var stage: Int
      var key: UInt32
    }
    struct Path: Hashable {
      var own: Int
      var key: UInt32
    }
    // Who took on what waited behind a stage.
    var takers: [Key: Int] = [:]
    // Of each way into a sequence the stage that it has come to, and what became of it.
    var ways: [Path: Int] = [:]
    var ends: [Path: SequenceFate.Reason] = [:]
    func way(_ events: [Int], _ key: UInt32) -> Path? { events.firstIndex(of: event).map { Path(own: $0, key: key) } }
    _ = sequences(candidates, order, maxspan, hasUntil: hasUntil) { happening in
      switch happening {
      case .taken(let stage, let key, let events, let former):
        if stage > 0, let last = events.last { takers[Key(stage: stage - 1, key: key)] = last }
        if let former, let way = way(former, key), let last = events.last { ends[way] = .replaced(by: order[last]) }
        if let way = way(events, key) {
          ways[way] = stage
          ends[way] = nil
        }
      case .missed(let stage, let key, let rank):
        guard rank == event else { return }
        let taker = takers[Key(stage: stage - 1, key: key)]
        ends[Path(own: stage, key: key)] = .noneBefore(step: steps[stage - 1] + 1, takenBy: taker.map { order[$0] })
      case .late(let stage, let key, let events, let rank, let over):
        takers[Key(stage: stage - 1, key: key)] = rank
        if let way = way(events + [rank], key) {
          ends[way] = .late(step: steps[stage] + 1, event: order[rank], by: over)
        }
      case .stopped(let stage, let key, let events, let rank, let stop):
        takers[Key(stage: stage - 1, key: key)] = rank
        if let way = way(events + [rank], key) {
          ends[way] = .stopped(by: order[stop], step: steps[stage] + 1, event: order[rank])
        }
      case .completed(let key, let events):
        if events.count > 1, let last = events.last { takers[Key(stage: events.count - 2, key: key)] = last }
        let places = events.map { order[$0] }
        whole.append((key, places))
        guard let way = way(events, key) else { return }
        if let intruder = absence.flatMap({ $0.intruder(key, places) }) {
          let entry = candidates.entries(intruder).first { plan.items[Int($0.item)].isMissing && $0.key == key }
          ends[way] = .forbidden(by: intruder, step: Int(entry?.item ?? 0) + 1)
        } else {
          ends[way] = plan.pipes.isEmpty ? .unkept : .cut
        }
      case .ended(let key, let rank, let waiting):
        if rank == event { ended[key, default: []] += waiting.map { $0.map { order[$0] } } }
      }
    }
    for (way, stage) in ways where ends[way] == nil {
      let next = steps[stage + 1]
      let other = order[(event + 1)...].first { at in
        candidates.entries(at).contains { Int($0.item) == next && $0.key != way.key }
      }
      ends[way] = .noneAfter(step: next + 1, withOtherKey: other)
    }
    let fates = ends.sorted { ($0.key.own, $0.key.key) < ($1.key.own, $1.key.key) }.map { way, reason in
      SequenceFate(step: steps[way.own] + 1, key: candidates.key(way.key), reason: reason)
    }
    let opponents = candidates.entries(place).compactMap { entry -> SequenceFate? in
      let item = Int(entry.item)
      let reason: SequenceFate.Reason
      if item == until {
        reason = .ended(ended[entry.key] ?? [])
      } else if let absence, plan.items[item].isMissing {
        let forbidden = whole.filter { $0.key == entry.key && absence.forbids(place, $0.key, $0.events) }
        reason = .forbade(forbidden.map(\.events))
      } else {
        return nil
      }
      return SequenceFate(step: item + 1, key: candidates.key(entry.key), reason: reason)
    }
    return fates + opponents
  }
}
