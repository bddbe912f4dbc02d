import CMemory
import Events
import Foundation
import Synchronization

/// Which events have been met, so that an event delivered twice counts once. Shared by all workers.
///
/// Of each event its 128-bit id and a hash of its text are kept: about 40 bytes an event. Two texts under one id (a
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
    let shard = shards[key]
    martlet_prefetch_to_write(shard)
    shards.place(key).pointee.prefetch(key: key)
  }

  /// Takes note of an event and says whether it is to be used.
  public func register(_ id: EventID, content: UInt64) -> Verdict {
    if id == counted { countedDeliveries.wrappingAdd(1, ordering: .relaxed) }
    if hasLosers, losers[id]?.contains(content) == true { return .duplicate }
    let key = Self.key(id)
    let known = shards[key].pointee.withLock { table in
      let known = table.insert(id, key: key, content: content)
      if table.hasMoved { shards.place(key).pointee.note(&table) }
      return known
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
  public var count: Int { (0..<Self.shardCount).reduce(0) { $0 + shards.tables[$1].withLock { $0.count } } }

  /// The tables, each under its own lock. They lie side by side rather than in objects of their own: counting references
  /// to those from all workers at once cost more than the look-up. Unchecked since the pointer never changes, and what
  /// it points to is guarded by locks, or is atomic.
  private struct Shards: ~Copyable, @unchecked Sendable {
    let tables: UnsafeMutablePointer<Mutex<EventTable>>
    private let places: UnsafeMutablePointer<Place>

    init() {
      tables = .allocate(capacity: shardCount)
      places = .allocate(capacity: shardCount)
      for at in 0..<shardCount {
        (tables + at).initialize(to: Mutex(EventTable(keyOf: EventRegistry.key)))
        (places + at).initialize(to: Place())
        (tables + at).pointee.withLock { (places + at).pointee.note(&$0) }
      }
    }

    deinit {
      tables.deinitialize(count: shardCount)
      tables.deallocate()
      places.deinitialize(count: shardCount)
      places.deallocate()
    }

    /// Where the table of a key lies, known without its lock.
    func place(_ key: UInt64) -> UnsafeMutablePointer<Place> {
      places + Int(truncatingIfNeeded: key & UInt64(shardCount - 1))
    }

    subscript(_ key: UInt64) -> UnsafeMutablePointer<Mutex<EventTable>> {
      tables + Int(truncatingIfNeeded: key & UInt64(shardCount - 1))
    }
  }

  /// Where a table's slots lie, for bringing them near: hardly ever written, so that all processors keep a copy, which they
  /// cannot of what the lock guards. A place read while the table moves is out of date and does no harm.
  private struct Place: ~Copyable {
    private let slots = Atomic<UInt>(0)
    private let capacity = Atomic<Int>(0)

    func prefetch(key: UInt64) {
      let slot = EventTable.slot(key, capacity.load(ordering: .relaxed))
      martlet_prefetch_to_write(
        UnsafeRawPointer(bitPattern: slots.load(ordering: .relaxed) + UInt(slot * EventTable.slotBytes)))
    }

    func note(_ table: inout EventTable) {
      slots.store(UInt(bitPattern: table.slots), ordering: .relaxed)
      capacity.store(table.capacity, ordering: .relaxed)
      table.hasMoved = false
    }
  }

  static func key(_ id: EventID) -> UInt64 {
    ByteHash.mix(id.high ^ 0x9E37_79B9_7F4A_7C15, id.low ^ ByteHash.processSeed)
  }
}
