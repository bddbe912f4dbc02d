import CMemory
import Events
import Foundation
import Synchronization

/// Which events have been met, so that an event delivered twice counts once. Shared by all workers.
///
/// Each entry is an event's 128-bit id and a hash of its text: about 40 bytes an event. Two texts under one id (a
/// delivery of another form) are decided by their hashes, never by which came first: the loser is remembered, and a
/// reader that had taken it already is told to read again without it.
public final class EventRegistry: Sendable {
  public enum Verdict: Sendable {
    /// Not met before.
    case new
    /// Met before, or it loses against another text under the same id.
    case duplicate
  }

  private static let shardCount = 256
  private let shards = Shards()
  /// Texts that lost, by id: skipped wherever they come up in the next reading.
  private let losers: [EventID: Set<UInt64>]
  private let hasLosers: Bool
  private struct Conflicts {
    var losers: [EventID: Set<UInt64>] = [:]
    /// A text was used before the one that wins over it came.
    var winnerCameLate = false
  }

  private let conflicts = Mutex(Conflicts())
  private let counted: EventID?
  private let countedDeliveries = Atomic<Int>(0)

  /// How often the event that is counted was met.
  public var deliveries: Int { countedDeliveries.load(ordering: .relaxed) }

  /// A registry for one reading; `losers` are the conflicts that an earlier reading of the same input found.
  ///
  /// - Parameter counting: an event whose deliveries are counted, for `deliveries`.
  public init(losers: [EventID: Set<UInt64>] = [:], counting: EventID? = nil) {
    self.losers = losers
    hasLosers = !losers.isEmpty
    counted = counting
  }

  /// Brings near the memory that `register` will look at, so that other work can be done until it is there.
  func prepare(_ id: EventID) {
    let key = Self.key(id)
    shards[key].pointee.withLock { $0.prefetch(key: key) }
  }

  /// Takes note of an event and says whether it is to be used.
  public func register(_ id: EventID, content: UInt64) -> Verdict {
    if id == counted { countedDeliveries.wrappingAdd(1, ordering: .relaxed) }
    if hasLosers, losers[id]?.contains(content) == true { return .duplicate }
    let key = Self.key(id)
    let content = max(1, content)
    let known = shards[key].pointee.withLock { $0.insert(id, key: key, content: content) }
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
  public var count: Int { (0..<Self.shardCount).reduce(0) { $0 + shards.tables[$1].withLock { $0.count } } }

  /// The tables, each under its own lock. They lie side by side rather than in objects of their own: counting references
  /// to those from all workers at once cost more than the look-up. Unchecked since the pointer never changes, and what
  /// it points to is guarded by locks.
  private struct Shards: ~Copyable, @unchecked Sendable {
    let tables: UnsafeMutablePointer<Mutex<Table>>

    init() {
      tables = .allocate(capacity: shardCount)
      for at in 0..<shardCount { (tables + at).initialize(to: Mutex(Table())) }
    }

    deinit {
      tables.deinitialize(count: shardCount)
      tables.deallocate()
    }

    subscript(_ key: UInt64) -> UnsafeMutablePointer<Mutex<Table>> {
      tables + Int(truncatingIfNeeded: key & UInt64(shardCount - 1))
    }
  }

  /// Open addressing with linear probing.
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
      capacity = 512
      entries = Self.allocate(capacity)
    }

    deinit { free(entries) }

    /// Zeroed by writing: pages that were only read before they are written cost the system a second fault.
    private static func allocate(_ capacity: Int) -> UnsafeMutablePointer<Entry> {
      let bytes = capacity * MemoryLayout<Entry>.stride
      guard let memory = aligned_alloc(64, bytes) else { fatalError("out of memory for the table of events met") }
      memset(memory, 0, bytes)
      return memory.bindMemory(to: Entry.self, capacity: capacity)
    }

    func prefetch(key: UInt64) {
      martlet_prefetch(entries + Int(key.multipliedFullWidth(by: UInt64(capacity)).high))
    }

    /// Inserts an id that is new and returns nil; else returns the lowest text hash that it has come with so far, and
    /// keeps the lower of that and the new one: every text but the winner loses to some other in one reading.
    mutating func insert(_ id: EventID, key: UInt64, content: UInt64) -> UInt64? {
      if count * 10 >= capacity * 7 { grow() }
      let slot = slot(of: id, key: key)
      let known = entries[slot].content
      if known != 0 {
        entries[slot].content = min(known, content)
        return known
      }
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
      // Large tables grow by half, so that memory stays near its need.
      capacity += capacity < 1 << 14 ? capacity : capacity / 2
      entries = Self.allocate(capacity)
      for at in 0..<oldCapacity where old[at].content != 0 {
        entries[slot(of: old[at].id, key: EventRegistry.key(old[at].id))] = old[at]
      }
      free(old)
    }
  }

  private static func key(_ id: EventID) -> UInt64 {
    ByteHash.mix(id.high ^ 0x9E37_79B9_7F4A_7C15, id.low ^ ByteHash.processSeed)
  }
}
