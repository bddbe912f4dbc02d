/// A hash table of values in memory of its own, which whoever owns it gives back with `deallocate`: nothing counts
/// references while thousands of values a batch are looked up. `ValueDictionary` owns one.
struct ValueTable {
  /// Where a value lies, and what tells it from others without looking at it.
  private struct Entry: BitwiseCopyable {
    var start: UInt32
    var count: UInt32
    var hash: UInt32
    var kind: ScalarKind
  }

  private var bytes: UnsafeMutablePointer<UInt8>
  private(set) var byteCount = 0
  private var byteCapacity = 0
  /// By code; that of 0 is the empty value.
  private var entries: UnsafeMutablePointer<Entry>
  private var entryCount = 1
  private var entryCapacity: Int
  /// Open addressing over codes, with the hash in the upper half; 0 is a free slot. At most half full.
  private var slots: UnsafeMutablePointer<UInt64>
  /// A power of two, or 0.
  private var slotCount = 0
  /// False while values are added without looking whether they are there.
  private(set) var isIndexed = true
  /// The code that a value of some bytes had the last time, by a hash that is cheaper than the table's and that anyone can
  /// make collide: it only ever saves a look into the table.
  private var lately: UnsafeMutablePointer<UInt32>?
  private var latelyBits = 0

  /// - Parameter latelyBits: how many values are remembered lately, as a power of two; 0 for none.
  init(latelyBits: Int) {
    bytes = .allocate(capacity: 0)
    entryCapacity = 8
    entries = .allocate(capacity: entryCapacity)
    entries.initialize(to: Entry(start: 0, count: 0, hash: 0, kind: .string))
    slots = .allocate(capacity: 0)
    if latelyBits > 0 { rememberLately(latelyBits) }
  }

  /// Remembers the values that came lately from now on.
  mutating func rememberLately(_ bits: Int) {
    guard lately == nil else { return }
    latelyBits = bits
    lately = .allocate(capacity: latelyCount)
    lately!.initialize(repeating: 0, count: latelyCount)
  }

  private var latelyCount: Int { 1 << latelyBits }

  func deallocate() {
    bytes.deallocate()
    entries.deallocate()
    slots.deallocate()
    lately?.deallocate()
  }

  /// The bits that the table was told to remember values by.
  var rememberedBits: Int { lately == nil ? 0 : latelyBits }

  /// A table of the same values.
  func copy() -> ValueTable {
    var copy = self
    copy.bytes = .allocate(capacity: byteCapacity)
    copy.bytes.update(from: bytes, count: byteCount)
    copy.entries = .allocate(capacity: entryCapacity)
    copy.entries.update(from: entries, count: entryCount)
    copy.slots = .allocate(capacity: slotCount)
    copy.slots.update(from: slots, count: slotCount)
    if let lately {
      copy.lately = .allocate(capacity: latelyCount)
      copy.lately!.update(from: lately, count: latelyCount)
    }
    return copy
  }

  /// A table of the same codes in which values are found.
  func indexedCopy() -> ValueTable {
    var copy = copy()
    for code in 1..<max(1, entryCount) {
      copy.entries[code].hash = Self.hash(copy.value(UInt32(code)))
    }
    copy.isIndexed = true
    // Of several codes of one value it may know a later one.
    copy.lately?.update(repeating: 0, count: latelyCount)
    var count = 16
    while entryCount * 2 >= count { count *= 2 }
    copy.makeSlots(count)
    return copy
  }

  /// How many values there are.
  var count: Int { entryCount - 1 }

  /// Forgets all values but keeps the room they took.
  mutating func removeAll() {
    byteCount = 0
    defer { isIndexed = true }
    guard entryCount > 1 else { return }
    entryCount = 1
    lately?.update(repeating: 0, count: latelyCount)
    guard isIndexed else { return }
    slots.update(repeating: 0, count: slotCount)
  }

  @inline(__always)
  func value(_ code: UInt32) -> Scalar {
    precondition(code < entryCount, "a code of another dictionary")
    let entry = entries[Int(code)]
    return Scalar(entry.kind, UnsafeBufferPointer(start: bytes + Int(entry.start), count: Int(entry.count)))
  }

  /// True when a code stands for a value.
  @inline(__always)
  func holds(_ code: UInt32, _ value: Scalar) -> Bool {
    let entry = entries[Int(code)]
    return entry.kind == value.kind && isEqual(entry, value.bytes)
  }

  /// The code of a value, or 0 when there is none; the first where it was added several times.
  func code(of value: Scalar) -> UInt32 {
    guard isIndexed else { return (1..<UInt32(entryCount)).first { holds($0, value) } ?? 0 }
    guard slotCount > 0 else { return 0 }
    return UInt32(truncatingIfNeeded: slots[find(value, Self.hash(value))])
  }

  /// The code of a value, or 0 when there is none; the values that were asked for lately are found first.
  mutating func knownCode(of value: Scalar) -> UInt32 {
    guard let lately else { return code(of: value) }
    let place = place(value.bytes)
    let guess = lately[place]
    if guess != 0, holds(guess, value) { return guess }
    let code = code(of: value)
    if code != 0 { lately[place] = code }
    return code
  }

  /// Calls `body` with every code of a value.
  func forEachCode(of value: Scalar, _ body: (UInt32) -> Void) {
    guard !isIndexed else {
      let code = code(of: value)
      return code == 0 ? () : body(code)
    }
    for code in 1..<max(1, UInt32(entryCount)) where holds(code, value) { body(code) }
  }

  /// Adds a value without looking whether it is there. From then on until `removeAll` nothing is hashed.
  mutating func addUnseen(_ value: Scalar) -> UInt32 {
    isIndexed = false
    return add(value, hash: 0)
  }

  /// The code that a value had lately, or that of the value added without looking further: one that came before, but not
  /// lately, gets another code. From then on until `removeAll` nothing is hashed.
  mutating func insertLately(_ value: Scalar) -> UInt32 {
    guard let lately else { return addUnseen(value) }
    let place = place(value.bytes)
    let guess = lately[place]
    if guess != 0, holds(guess, value) { return guess }
    let code = addUnseen(value)
    lately[place] = code
    return code
  }

  /// The code of a value, which is added when it is new.
  @inline(__always)
  mutating func insert(_ value: Scalar) -> UInt32 {
    guard let lately else { return insertInTable(value) }
    let place = place(value.bytes)
    let guess = lately[place]
    if guess != 0, holds(guess, value) { return guess }
    let code = insertInTable(value)
    lately[place] = code
    return code
  }

  /// How often a value was looked for in the table, having come neither last nor lately.
  private(set) var lookUps = 0

  /// The place in `lately` of a value.
  @inline(__always)
  private func place(_ bytes: UnsafeBufferPointer<UInt8>) -> Int {
    guard let start = UnsafeRawPointer(bytes.baseAddress) else { return 0 }
    let count = bytes.count
    var sum: UInt64
    if count >= 8 {
      func word(_ offset: Int) -> UInt64 { start.loadUnaligned(fromByteOffset: offset, as: UInt64.self) }
      sum = word(0) ^ word(count - 8) << 1 ^ word(count / 2 - 4) &* 0x9E37_79B9_7F4A_7C15
    } else if count >= 4 {
      sum =
        UInt64(start.loadUnaligned(as: UInt32.self)) << 32
        | UInt64(start.loadUnaligned(fromByteOffset: count - 4, as: UInt32.self))
    } else {
      sum = count == 0 ? 0 : UInt64(bytes[0]) << 16 | UInt64(bytes[count / 2]) << 8 | UInt64(bytes[count - 1])
    }
    sum = (sum ^ UInt64(truncatingIfNeeded: count)) &* 0xBF58_476D_1CE4_E5B9
    return Int(truncatingIfNeeded: sum >> UInt64(64 &- latelyBits))
  }

  @inline(__always)
  private static func hash(_ value: Scalar) -> UInt32 {
    UInt32(
      truncatingIfNeeded: ByteHash.hash(value.bytes, seed: ByteHash.processSeed &+ UInt64(value.kind.rawValue)))
  }

  private mutating func insertInTable(_ value: Scalar) -> UInt32 { insert(value, hash: Self.hash(value)) }

  private mutating func insert(_ value: Scalar, hash: UInt32) -> UInt32 {
    precondition(isIndexed, "values were added without looking")
    lookUps &+= 1
    if entryCount * 2 >= slotCount { makeSlots(max(16, slotCount * 2)) }
    let slot = find(value, hash)
    let known = UInt32(truncatingIfNeeded: slots[slot])
    if known != 0 { return known }
    slots[slot] = UInt64(hash) << 32 | UInt64(entryCount)
    return add(value, hash: hash)
  }

  /// Makes room for so many values of so many bytes together.
  mutating func reserve(values: Int, bytes count: Int) {
    if values + 1 > entryCapacity {
      entries = Self.grown(entries, from: entryCount, to: values + 1)
      entryCapacity = values + 1
    }
    if count > byteCapacity {
      bytes = Self.grown(bytes, from: byteCount, to: count)
      byteCapacity = count
    }
    var slots = max(16, slotCount)
    while (values + 1) * 2 > slots { slots *= 2 }
    if isIndexed, slots > slotCount { makeSlots(slots) }
  }

  /// Adds the values of another table; gives, by their codes there, those that they have here.
  mutating func insert(allOf other: ValueTable) -> [UInt32] {
    var codes = [UInt32](repeating: 0, count: other.entryCount)
    for code in 1..<max(1, other.entryCount) {
      let value = other.value(UInt32(code))
      codes[code] = insert(value, hash: other.isIndexed ? other.entries[code].hash : Self.hash(value))
    }
    return codes
  }

  /// Adds a value behind the others.
  private mutating func add(_ value: Scalar, hash: UInt32) -> UInt32 {
    let code = UInt32(entryCount)
    let count = value.bytes.count
    if entryCount == entryCapacity {
      entries = Self.grown(entries, from: entryCount, to: entryCapacity * 2)
      entryCapacity *= 2
    }
    if byteCount + count > byteCapacity {
      byteCapacity = max(byteCapacity * 2, byteCount + count, 64)
      bytes = Self.grown(bytes, from: byteCount, to: byteCapacity)
    }
    if let start = value.bytes.baseAddress { ShortCopy.copy(start, to: bytes + byteCount, count) }
    entries[entryCount] = Entry(start: UInt32(byteCount), count: UInt32(count), hash: hash, kind: value.kind)
    entryCount += 1
    byteCount += count
    return code
  }

  private static func grown<Element: BitwiseCopyable>(
    _ old: UnsafeMutablePointer<Element>, from count: Int, to capacity: Int
  ) -> UnsafeMutablePointer<Element> {
    let new = UnsafeMutablePointer<Element>.allocate(capacity: capacity)
    new.update(from: old, count: count)
    old.deallocate()
    return new
  }

  /// The slot that holds the value, or the free one where it belongs.
  @inline(__always)
  private func find(_ value: Scalar, _ hash: UInt32) -> Int {
    let mask = slotCount - 1
    var slot = Int(hash) & mask
    while true {
      let found = slots[slot]
      if found == 0 { return slot }
      if UInt32(truncatingIfNeeded: found >> 32) == hash, holds(UInt32(truncatingIfNeeded: found), value) {
        return slot
      }
      slot = (slot + 1) & mask
    }
  }

  @inline(__always)
  private func isEqual(_ entry: Entry, _ other: UnsafeBufferPointer<UInt8>) -> Bool {
    Int(entry.count) == other.count && EqualBytes.areEqual(bytes + Int(entry.start), other)
  }

  private mutating func makeSlots(_ count: Int) {
    slots.deallocate()
    slotCount = count
    slots = .allocate(capacity: slotCount)
    slots.initialize(repeating: 0, count: slotCount)
    let mask = slotCount - 1
    for code in 1..<entryCount {
      let hash = entries[code].hash
      var slot = Int(hash) & mask
      while slots[slot] != 0 { slot = (slot + 1) & mask }
      slots[slot] = UInt64(hash) << 32 | UInt64(code)
    }
  }
}
