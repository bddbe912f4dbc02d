import Events

/// Which of some events are to be stored, and which stored ones they replace.
///
/// An event's identity is its id within data stream and account. Of two texts under one identity the one counts that has the
/// precedence; an event that names no id has the identity of its delivery.
public struct Deduplication {
  /// Rows of the new events that are to be stored, ascending.
  public private(set) var kept: [Int]
  /// Stored rows that the new events replace.
  public private(set) var replaced: [(segment: Int64, row: Int)] = []

  /// All of so many events are to be stored: no two of them are the same, and none is there.
  public init(keepingAll count: Int) { kept = Array(0..<count) }

  /// - Parameters:
  ///   - parts: where stored events lie.
  ///   - precedence: which of several texts counts.
  ///   - mayBeStored: false where no part has an event of an id; true in doubt.
  ///   - lookedThrough: is told of every part that was asked, once it was.
  public init<Part: EventPart>(
    _ heads: [EventHead], storedIn parts: [Part], _ precedence: Precedence = .lowest,
    mayBeStored: (EventID) -> Bool = { _ in true },
    lookedThrough: (Part) -> Void = { _ in }
  ) throws {
    let met = MetIDs(heads)
    // By identity, so that segments are looked through in one pass. Most are new, and no other has their id.
    let candidates = heads.indices.filter {
      let id = heads[$0].identity.id
      return met.mayBeRepeated(id) || mayBeStored(id)
    }
    let order = candidates.sorted { left, right in
      let (one, other) = (heads[left], heads[right])
      if one.identity.id != other.identity.id { return one.identity.id < other.identity.id }
      if one.identity.scope != other.identity.scope { return one.identity.scope < other.identity.scope }
      return (precedence.rank(one.content), left) < (precedence.rank(other.content), right)
    }
    var isKept = [Bool](repeating: true, count: heads.count)
    // Of equals among the new ones the first by rank and row is kept.
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
        if precedence.rank(heads[at].content) < precedence.rank(stored[row].content) {
          replaced.append((part.number, row))
        } else {
          isKept[at] = false
        }
      }
    }
    kept = heads.indices.filter { isKept[$0] }
  }
}

/// Tells of most ids that no other event has them: by a hash that is cheap and that anyone can make collide, which costs no more
/// than a look.
private struct MetIDs {
  /// By hash: that an event was met, and that another was.
  private var met: [UInt64]
  private var again: [UInt64]
  private let shift: UInt64

  init(_ heads: [EventHead]) {
    // Of 64 places one is taken.
    var bits = 6
    while 1 << bits < heads.count * 64 { bits += 1 }
    shift = UInt64(64 - bits)
    met = [UInt64](repeating: 0, count: 1 << (bits - 6))
    again = met
    for head in heads {
      let (word, bit) = place(head.identity.id)
      again[word] |= met[word] & bit
      met[word] |= bit
    }
  }

  func mayBeRepeated(_ id: EventID) -> Bool {
    let (word, bit) = place(id)
    return again[word] & bit != 0
  }

  @inline(__always)
  private func place(_ id: EventID) -> (word: Int, bit: UInt64) {
    let mixed = (id.high ^ id.high >> 31) &* 0x9E37_79B9_7F4A_7C15 ^ id.low
    let hash = ((mixed ^ mixed >> 32) &* 0xD6E8_FEB8_6659_FD93) >> shift
    return (Int(truncatingIfNeeded: hash >> 6), 1 << (hash & 63))
  }
}
