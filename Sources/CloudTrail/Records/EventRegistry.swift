import CMemory
import Events
import Foundation
import Synchronization

/// Which events have been met, so that an event delivered twice counts once. Shared by all workers.
///
/// Of each event its identity and its content are kept: about 40 bytes an event. Two contents of one event (a delivery of
/// another form, an update) are decided by what they are, never by which came first: the lower `EventContent` counts, and a
/// reader that had taken another one before is told to read again.
public final class EventRegistry: Sendable {
  public enum Verdict: Sendable {
    /// Not met before.
    case new
    /// Met before, or it loses against another content of the same event.
    case duplicate
  }

  private static let shardCount = 256
  private let shards = Shards()
  /// The contents that count where an earlier reading met several.
  private let winners: [EventIdentity: UInt32]
  private let hasWinners: Bool
  private struct Conflicts {
    var winners: [EventIdentity: UInt32] = [:]
    /// Events of which two contents of one kind were met.
    var contradicting: Set<EventIdentity> = []
    /// A content was used before the one that wins over it came.
    var winnerCameLate = false
  }

  private let conflicts = Mutex(Conflicts())
  /// What scopes of identities are hashed with.
  let scopeSeed: UInt64
  /// False where somebody else knows what was met before: then nothing is remembered, and every event is new.
  private let remembers: Bool
  /// The data stream that records of CloudTrail belong to.
  public let dataStream: String
  /// False where documents of the program's own data streams are refused, as from whoever brings events into a store.
  let takesOwn: Bool
  /// The last part of its name.
  let namespace: [UInt8]
  private let counted: EventID?
  private let countedDeliveries = Atomic<Int>(0)

  /// How often the event that is counted was met.
  public var deliveries: Int { countedDeliveries.load(ordering: .relaxed) }

  /// A registry for one reading; `winners` are the conflicts that an earlier reading of the same input found.
  ///
  /// - Parameters:
  ///   - counting: an event whose deliveries are counted, for `deliveries`.
  ///   - dataStream: the data stream that records of CloudTrail belong to.
  ///   - scopeSeed: what scopes of identities are hashed with; one that others cannot know, and the same wherever
  ///     identities are compared.
  ///   - remembers: false where every event is to be new, since somebody else knows what was met before.
  ///   - takesOwn: false where documents of the program's own data streams (`OwnStreams`) are problems and no events, as where events
  ///     are brought into a store.
  public init(
    winners: [EventIdentity: UInt32] = [:], counting: EventID? = nil,
    dataStream: String = EventContext.defaultDataStream, scopeSeed: UInt64 = ByteHash.processSeed,
    remembers: Bool = true, takesOwn: Bool = true
  ) {
    self.takesOwn = takesOwn
    self.scopeSeed = scopeSeed
    self.remembers = remembers
    self.winners = winners
    hasWinners = !winners.isEmpty
    counted = counting
    self.dataStream = dataStream
    namespace = Array(dataStream.utf8.dropFirst("logs-\(EventContext.dataset)-".utf8.count))
  }

  /// Brings near the memory that `register` will look at, so that other work can be done until it is there.
  func prepare(_ id: EventID) {
    guard remembers else { return }
    let key = Self.key(id)
    let shard = shards[key]
    martlet_prefetch_to_write(shard)
    shards.place(key).pointee.prefetch(key: key)
  }

  /// Takes note of an event and says whether it is to be used.
  public func register(_ event: EventIdentity, content: UInt32) -> Verdict {
    if event.id == counted { countedDeliveries.wrappingAdd(1, ordering: .relaxed) }
    guard remembers else { return .new }
    if hasWinners, let winner = winners[event], winner != content { return .duplicate }
    let key = Self.key(event.id)
    let known = shards[key].pointee.withLock { table in
      let known = table.insert(event.id, scope: event.scope, key: key, content: content)
      if table.hasMoved { shards.place(key).pointee.note(&table) }
      return known
    }
    guard let known else { return .new }
    if known != content {
      conflicts.withLock {
        $0.winners[event] = min($0.winners[event] ?? .max, known, content)
        if EventContent.areOfOneKind(known, content) { $0.contradicting.insert(event) }
        if content < known { $0.winnerCameLate = true }
      }
    }
    return .duplicate
  }

  /// The contents that must be used of events that came with several, as far as this reading found any.
  public var conflictWinners: [EventIdentity: UInt32] { conflicts.withLock { $0.winners } }

  /// Events of which contents differ though no one is an update or another form of the other.
  public var contradicting: Set<EventIdentity> { conflicts.withLock { $0.contradicting } }

  /// True when a losing content was used before the winner came: the reading has to be done again.
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
