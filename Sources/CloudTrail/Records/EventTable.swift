import Events

/// A part of an `EventRegistry`: events by id, with open addressing and linear probing.
///
/// What is looked into at random is kept small, for the caches' sake: a slot holds a part of the id's hash and a number;
/// the events themselves lie in the order in which they came.
struct EventTable: ~Copyable {
  struct Event {
    var id: EventID
    /// Which data stream and account the id is of.
    var scope: UInt32
    /// The lowest of what the texts that came under the id were told apart by.
    var content: UInt32
  }

  static let slotBytes = MemoryLayout<UInt64>.stride
  /// Events are kept in blocks of so many.
  private static let blockEvents = 512

  /// 32 bits of the hash, above an event's number counted from 1; 0 marks a free slot.
  private(set) var slots: UnsafeMutablePointer<UInt64>
  private(set) var capacity = 64
  private var blocks: [UnsafeMutablePointer<Event>] = []
  private(set) var count = 0
  /// True until it has been noted where the slots lie now.
  var hasMoved = true

  /// The hash of an id, which a table that grows asks for again.
  private let keyOf: @Sendable (EventID) -> UInt64

  init(keyOf: @escaping @Sendable (EventID) -> UInt64) {
    self.keyOf = keyOf
    slots = Self.allocate(capacity)
  }

  deinit {
    slots.deallocate()
    for block in blocks { block.deallocate() }
  }

  /// Zeroed by writing: pages that were only read before they are written cost the system a second fault.
  private static func allocate(_ capacity: Int) -> UnsafeMutablePointer<UInt64> {
    let slots = UnsafeMutablePointer<UInt64>.allocate(capacity: capacity)
    slots.initialize(repeating: 0, count: capacity)
    return slots
  }

  /// The slot at which a key's search starts.
  static func slot(_ key: UInt64, _ capacity: Int) -> Int {
    Int(truncatingIfNeeded: key.multipliedFullWidth(by: UInt64(truncatingIfNeeded: capacity)).high)
  }

  /// The part of a key that tells most events apart without looking at them: neither what chooses the table nor, mostly,
  /// what chooses the slot.
  private static func mark(_ key: UInt64) -> UInt64 { (key >> 8) << 32 }

  private func event(_ number: Int) -> UnsafeMutablePointer<Event> {
    blocks[number / Self.blockEvents] + number % Self.blockEvents
  }

  /// Inserts an id that is new in its scope and returns nil; else returns the lowest content that it has come with so far,
  /// and keeps the lower of that and the new one: every text but the winner loses to some other in one reading.
  mutating func insert(_ id: EventID, scope: UInt32 = 0, key: UInt64, content: UInt32) -> UInt32? {
    if count * 10 >= capacity * 7 { grow() }
    let mark = Self.mark(key)
    var slot = Self.slot(key, capacity)
    while slots[slot] != 0 {
      if slots[slot] & 0xFFFF_FFFF_0000_0000 == mark {
        let event = event(Int(slots[slot] & 0xFFFF_FFFF) - 1)
        if event.pointee.id == id, event.pointee.scope == scope {
          let known = event.pointee.content
          event.pointee.content = min(known, content)
          return known
        }
      }
      slot += 1
      if slot == capacity { slot = 0 }
    }
    precondition(count < UInt32.max, "a table numbers its events with 32 bits")
    if count % Self.blockEvents == 0 { blocks.append(.allocate(capacity: Self.blockEvents)) }
    event(count).initialize(to: Event(id: id, scope: scope, content: content))
    count += 1
    slots[slot] = mark | UInt64(count)
    return nil
  }

  private mutating func grow() {
    slots.deallocate()
    // Large tables grow by half, so that memory stays near its need.
    capacity += capacity < 1 << 14 ? capacity : capacity / 2
    slots = Self.allocate(capacity)
    hasMoved = true
    for number in 0..<count {
      let key = keyOf(event(number).pointee.id)
      var slot = Self.slot(key, capacity)
      while slots[slot] != 0 {
        slot += 1
        if slot == capacity { slot = 0 }
      }
      slots[slot] = Self.mark(key) | UInt64(number + 1)
    }
  }
}
