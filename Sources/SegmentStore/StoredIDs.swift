import Events
import Segments
import Store
import Synchronization

/// The ids of stored events, as far as a filter keeps them: nearly every event that is new is told so without a look into
/// any segment, however many there are. It is filled when events are first stored, by reading the ids of all segments once.
final class StoredIDs: Sendable {
  private struct State {
    var filter = EventIDFilter()
    /// The files whose ids are in the filter. No name comes again.
    var covered: Set<String> = []
  }

  private let state = Mutex(State())

  func covers(_ segment: Segment) -> Bool { state.withLock { $0.covered.contains(segment.path) } }

  /// Takes note of a segment whose ids are in the filter.
  func add(_ segment: Segment) { state.withLock { _ = $0.covered.insert(segment.path) } }

  /// Forgets the names of segments that are no longer there: as long as a service runs they would gather. Their ids stay.
  func forget(_ segments: some Sequence<Segment>) {
    state.withLock { state in for segment in segments { state.covered.remove(segment.path) } }
  }

  /// Takes the ids of segments into the filter that are not in it yet. To look for those takes as long as there are segments.
  func cover(_ parts: [SegmentPart]) throws {
    try state.withLock { state in
      for part in parts where !state.covered.contains(part.segment.path) {
        state.filter.reserve(part.segment.summary.rowCount)
        defer { part.segment.letGo() }
        try part.segment.forEachID { state.filter.insert($0) }
        state.covered.insert(part.segment.path)
      }
    }
  }

  /// Which events are to be stored, and which stored ones they replace.
  ///
  /// - Parameters:
  ///   - parts: covered, all of them.
  ///   - stream: the data stream of the events, whose parts are asked first: the others are not, where they have what is looked for.
  func deduplicate(
    _ heads: [EventHead], storedIn parts: [SegmentPart], nearest stream: String, _ precedence: Precedence
  ) throws -> Deduplication {
    let doubtful = state.withLock { state in
      var doubtful: Set<EventID> = []
      for head in heads where state.filter.mayHold(head.identity.id) { doubtful.insert(head.identity.id) }
      return doubtful
    }
    var near: [SegmentPart] = []
    if !doubtful.isEmpty {
      var far: [SegmentPart] = []
      for part in parts {
        if part.summary.dataStream == stream { near.append(part) } else { far.append(part) }
      }
      near += far
    }
    return try Self.deduplicate(heads, storedIn: near, precedence) { doubtful.contains($0) }
  }

  /// The same of events of which no two are the same, and which are in no other parts than these: those that others have stored since
  /// all were looked through, mostly none or few. Their ids are asked for in a filter that is small enough to be near.
  func deduplicate(
    _ heads: [EventHead], storedSince parts: [SegmentPart], _ precedence: Precedence
  ) throws -> Deduplication {
    guard !parts.isEmpty else { return Deduplication(keepingAll: heads.count) }
    let count = parts.reduce(0) { $0 + $1.segment.summary.rowCount }
    // To read more ids than are asked for costs more than the filter of all of them, which has to take them only once.
    guard count <= 2 * heads.count else {
      try cover(parts)
      return try deduplicate(heads, storedIn: parts, nearest: parts[0].summary.dataStream, precedence)
    }
    var filter = EventIDFilter(room: count)
    for part in parts {
      defer { part.segment.letGo() }
      try part.segment.forEachID { filter.insert($0) }
    }
    return try Self.deduplicate(heads, storedIn: parts, precedence) { filter.mayHold($0) }
  }

  private static func deduplicate(
    _ heads: [EventHead], storedIn parts: [SegmentPart], _ precedence: Precedence, mayBeStored: (EventID) -> Bool
  ) throws -> Deduplication {
    // At once, since a few ids touch most pages with ids of a segment, and there may be hundreds.
    try Deduplication(heads, storedIn: parts, precedence, mayBeStored: mayBeStored) { $0.segment.letGo() }
  }
}
