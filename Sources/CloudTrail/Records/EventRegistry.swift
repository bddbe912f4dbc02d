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
    let key = Self.key(id)
    let content = max(1, content)
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
  private struct Table: ~Copyable {
    struct Entry {
      var id: EventID
      /// 0 marks a free entry.
      var content: UInt64
    }

    private var entries: UnsafeMutablePointer<Entry>
    private var capacity: Int
    private(set) var count = 0

    init() {
      capacity = 1024
      entries = Self.allocate(capacity)
    }

    deinit { entries.deallocate() }

    private static func allocate(_ capacity: Int) -> UnsafeMutablePointer<Entry> {
      let entries = UnsafeMutablePointer<Entry>.allocate(capacity: capacity)
      entries.initialize(repeating: Entry(id: EventID(high: 0, low: 0), content: 0), count: capacity)
      return entries
    }

    /// Inserts an id that is new and returns nil; else returns the text hash that it is kept with.
    mutating func insert(_ id: EventID, key: UInt64, content: UInt64) -> UInt64? {
      if count * 20 >= capacity * 17 { grow() }
      let slot = slot(of: id, key: key)
      if entries[slot].content != 0 { return entries[slot].content }
      entries[slot] = Entry(id: id, content: content)
      count += 1
      return nil
    }

    /// The entry of an id, or the free one where it belongs.
    private func slot(of id: EventID, key: UInt64) -> Int {
      var slot = Int(key.multipliedFullWidth(by: UInt64(capacity)).high)
      while entries[slot].content != 0, entries[slot].id != id {
        slot += 1
        if slot == capacity { slot = 0 }
      }
      return slot
    }

    private mutating func grow() {
      let (old, oldCapacity) = (entries, capacity)
      capacity += capacity / 2
      entries = Self.allocate(capacity)
      for at in 0..<oldCapacity where old[at].content != 0 {
        entries[slot(of: old[at].id, key: EventRegistry.key(old[at].id))] = old[at]
      }
      old.deallocate()
    }
  }

  private static func key(_ id: EventID) -> UInt64 {
    ByteHash.mix(id.high ^ 0x9E37_79B9_7F4A_7C15, id.low ^ ByteHash.processSeed)
  }
}
