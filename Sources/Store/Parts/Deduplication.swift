import Events

/// Which of some events are to be stored, and which stored ones they replace.
///
/// An event's identity is its id within data stream and account. Of two texts under one identity the one with the lower
/// content counts, whichever comes first; an event that names no id has the identity of its delivery.
public struct Deduplication {
  /// Rows of the new events that are to be stored, ascending.
  public private(set) var kept: [Int]
  /// Stored rows that the new events replace.
  public private(set) var replaced: [(segment: Int64, row: Int)] = []

  /// - Parameters:
  ///   - parts: where stored events lie.
  ///   - mayBeStored: false where no part has an event of an id; true in doubt.
  ///   - lookedThrough: is told of every part that was asked, once it was.
  public init<Part: EventPart>(
    _ heads: [EventHead], storedIn parts: [Part], mayBeStored: (EventID) -> Bool = { _ in true },
    lookedThrough: (Part) -> Void = { _ in }
  ) throws {
    let repeated = Self.repeatedIDs(heads)
    // By identity, so that segments are looked through in one pass. Most are new, and no other has their id.
    let candidates = heads.indices.filter {
      let id = heads[$0].identity.id
      return mayBeStored(id) || repeated.contains(id)
    }
    let order = candidates.sorted { left, right in
      let (one, other) = (heads[left], heads[right])
      if one.identity.id != other.identity.id { return one.identity.id < other.identity.id }
      if one.identity.scope != other.identity.scope { return one.identity.scope < other.identity.scope }
      return (one.content, left) < (other.content, right)
    }
    var isKept = [Bool](repeating: true, count: heads.count)
    // Of equals among the new ones the first by content and row is kept.
    for (place, at) in order.enumerated().dropFirst()
    where heads[at].identity == heads[order[place - 1]].identity { isKept[at] = false }
    var inDoubt = parts.isEmpty ? [] : order.filter { mayBeStored(heads[$0].identity.id) }
    for part in parts {
      inDoubt.removeAll { !isKept[$0] }
      let wanted = inDoubt
      guard !wanted.isEmpty else { break }
      defer { lookedThrough(part) }
      let found = try part.rows(of: wanted.map { heads[$0].identity })
      guard !found.isEmpty else { continue }
      let hidden = Set(part.hidden)
      let stored = try part.heads()
      for (place, row) in found where !hidden.contains(row) {
        let at = wanted[place]
        if heads[at].content < stored[row].content {
          replaced.append((part.number, row))
        } else {
          isKept[at] = false
        }
      }
    }
    kept = heads.indices.filter { isKept[$0] }
  }
  /// Ids that several events have.
  private static func repeatedIDs(_ heads: [EventHead]) -> Set<EventID> {
    var (met, repeated): (Set<EventID>, Set<EventID>) = ([], [])
    met.reserveCapacity(heads.count)
    for head in heads where !met.insert(head.identity.id).inserted { repeated.insert(head.identity.id) }
    return repeated
  }
}
