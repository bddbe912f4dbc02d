import Events
import Synchronization

/// Which events have been met, so that an event delivered twice counts once. Shared by all workers.
///
/// Each entry is an event's 128-bit id and a hash of its text: about 34 bytes an event. Two texts under one id (a
/// delivery of another form) are decided by their hashes, never by which came first: the loser is remembered, and a
/// reader that had taken it already is told to read again without it.
public final class EventRegistry: Sendable {
  public enum Verdict: Sendable {
    /// Not met before.
    case new
    /// Met before, or it loses against another text under the same id.
    case duplicate
  }

  private static let shardCount = 64
  private let shards: [Shard]
  /// Texts that lost, by id: skipped wherever they come up in the next reading.
  private let losers: [EventID: Set<UInt64>]
  private struct Conflicts {
    var losers: [EventID: Set<UInt64>] = [:]
    /// A text was used before the one that wins over it came.
    var winnerCameLate = false
  }

  private let conflicts = Mutex(Conflicts())

  /// A registry for one reading; `losers` are the conflicts that an earlier reading of the same input found.
  public init(losers: [EventID: Set<UInt64>] = [:]) {
    self.losers = losers
    shards = (0..<Self.shardCount).map { _ in Shard() }
  }

  /// Takes note of an event and says whether it is to be used.
  public func register(_ id: EventID, content: UInt64) -> Verdict {
    if !losers.isEmpty, losers[id]?.contains(content) == true { return .duplicate }
    let key = ByteHash.mix(id.high ^ 0x9E37_79B9_7F4A_7C15, id.low ^ ByteHash.processSeed)
    let known = shards[Int(truncatingIfNeeded: key & UInt64(Self.shardCount - 1))].table.withLock {
      $0.insert(id, key: key, content: content)
    }
    guard let known else { return .new }
    if known != content {
      conflicts.withLock {
        _ = $0.losers[id, default: []].insert(max(known, content))
        if content < known { $0.winnerCameLate = true }
      }
    }
    return .duplicate
  }

  /// The texts that must not be used, as far as this reading found any.
  public var conflictingLosers: [EventID: Set<UInt64>] { conflicts.withLock { $0.losers } }

  /// True when a losing text was used before the winner came: the reading has to be done again without the losers.
  public var needsAnotherReading: Bool { conflicts.withLock { $0.winnerCameLate } }

  /// How many duplicates are not needed: distinct events met.
  public var count: Int { shards.reduce(0) { $0 + $1.table.withLock { $0.count } } }

  private final class Shard: Sendable {
    let table = Mutex(Table())
  }

  /// Open addressing with linear probing; grows by half, so that memory stays near its need.
  private struct Table {
    struct Entry {
      var id = EventID(high: 0, low: 0)
      var content: UInt64 = 0
    }

    var entries: [Entry] = []
    var used: [UInt64] = []
    var count = 0

    /// Inserts an id that is new and returns nil; else returns the text hash that it is kept with.
    mutating func insert(_ id: EventID, key: UInt64, content: UInt64) -> UInt64? {
      if count * 20 >= entries.count * 17 { grow() }
      var slot = Self.slot(key, entries.count)
      while used[slot >> 6] >> UInt64(slot & 63) & 1 == 1 {
        if entries[slot].id == id { return entries[slot].content }
        slot += 1
        if slot == entries.count { slot = 0 }
      }
      put(Entry(id: id, content: content), at: slot)
      return nil
    }

    private mutating func put(_ entry: Entry, at slot: Int) {
      entries[slot] = entry
      used[slot >> 6] |= 1 << UInt64(slot & 63)
      count += 1
    }

    private static func slot(_ key: UInt64, _ size: Int) -> Int {
      Int(key.multipliedFullWidth(by: UInt64(size)).high)
    }

    private mutating func grow() {
      let old = entries
      let oldUsed = used
      let size = max(256, old.count + old.count / 2)
      entries = [Entry](repeating: Entry(), count: size)
      used = [UInt64](repeating: 0, count: (size + 63) / 64)
      count = 0
      for at in old.indices where oldUsed[at >> 6] >> UInt64(at & 63) & 1 == 1 {
        let id = old[at].id
        let key = ByteHash.mix(id.high ^ 0x9E37_79B9_7F4A_7C15, id.low ^ ByteHash.processSeed)
        var slot = Self.slot(key, size)
        while used[slot >> 6] >> UInt64(slot & 63) & 1 == 1 {
          slot += 1
          if slot == size { slot = 0 }
        }
        put(old[at], at: slot)
      }
    }
  }
}
