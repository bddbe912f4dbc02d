import Events
import Synchronization

/// A store that keeps its events in memory for as long as it is there.
///
/// It takes what its events take. It is what other stores are held to, and serves where events are few.
public final class MemoryStore: EventStore, AnswerKeeper {
  public typealias Part = MemoryPart

  private struct State {
    var parts: [MemoryPart] = []
    /// What events came from, by name.
    var objects: [String: SourceObject] = [:]
    var lastNumber: Int64 = 0
    var damage: [Int64: MemoryDamage] = [:]
  }

  private let state = Mutex(State())

  public init() {}

  public func append(
    _ batches: sending [SourcedBatch], from object: SourceObject?, _ precedence: Precedence, at now: Timestamp
  ) throws -> AppendOutcome {
    try state.withLock { current in
      // What fails half-way is not there.
      var state = current
      if let object, state.objects[object.origin] == object { return AppendOutcome(isRepeated: true) }
      var outcome = AppendOutcome()
      for batch in batches where !batch.heads.isEmpty {
        let found = try Deduplication(batch.heads, storedIn: state.parts, precedence)
        outcome.stored += found.kept.count
        outcome.duplicates += batch.heads.count - found.kept.count
        outcome.replaced += found.replaced.count
        for (number, row) in found.replaced {
          guard let at = state.parts.firstIndex(where: { $0.number == number }) else { continue }
          state.parts[at].hidden = (state.parts[at].hidden + [row]).sorted()
        }
        guard !found.kept.isEmpty else { continue }
        state.lastNumber += 1
        state.parts.append(MemoryPart(state.lastNumber, try batch.selecting(found.kept)))
      }
      if let object { state.objects[object.origin] = object }
      current = state
      return outcome
    }
  }

  public func snapshot() -> PartedSnapshot<MemoryPart> {
    state.withLock { state in
      var (parts, missing): ([MemoryPart], [MissingPart]) = ([], [])
      for var part in state.parts {
        part.damage = state.damage[part.number]
        if case .everything = part.damage {
          missing.append(MissingPart(part, reason: "\(part.name) is damaged"))
        } else {
          parts.append(part)
        }
      }
      return PartedSnapshot(parts, missing: missing)
    }
  }

  /// Has snapshots from now on meet damage in a part, for tests; what is appended and deleted does not.
  package func damage(_ part: Int64, _ damage: MemoryDamage) { state.withLock { $0.damage[part] = damage } }

  public func delete(before time: Timestamp, of index: IndexPattern?, at now: Timestamp) -> Int {
    state.withLock { state in
      var count = 0
      for at in state.parts.indices where index?.matches(state.parts[at].dataStream) ?? true {
        let times = state.parts[at].storedTimes
        let deleted = state.parts[at].rows.filter { times[$0] != .missing && times[$0] < time }
        count += deleted.count
        state.parts[at].hidden = (state.parts[at].hidden + deleted).sorted()
      }
      state.parts.removeAll { $0.eventCount == 0 }
      return count
    }
  }
}
