import Foundation

/// The distinct values of a column, numbered from 1 in the order they were met; 0 stands for "no value".
public struct ValueDictionary: Sendable {
  @usableFromInline var bytes: [UInt8] = []
  /// Where each value ends in `bytes`; entry 0 is the empty value of code 0.
  @usableFromInline var ends: [UInt32] = [0]
  @usableFromInline var kinds: [ScalarKind] = [.string]
  /// Open addressing over codes; 0 is a free slot. Its size is a power of two, at most half full.
  @usableFromInline var slots: [UInt32] = []
  @usableFromInline var hashes: [UInt32] = [0]
  /// The code that a value of some bytes had the last time, by a hash that is cheaper than the table's and that anyone can
  /// make collide: it only ever saves a look into the table.
  @usableFromInline var lately: [UInt32] = []

  /// - Parameter remembersLately: values come again and again, thousands of times: worth a kilobyte.
  public init(remembersLately: Bool = false) {
    if remembersLately { lately = [UInt32](repeating: 0, count: 256) }
  }

  /// How many distinct values there are; codes run from 1 to this.
  @inlinable public var count: Int { ends.count - 1 }

  /// Bytes of all distinct values. A dictionary holds less than 4 GiB of them; whoever fills one from outside sees to it.
  public var byteCount: Int { bytes.count }

  /// Forgets all values but keeps the room they took.
  public mutating func removeAll() {
    bytes.removeAll(keepingCapacity: true)
    ends.removeSubrange(1...)
    kinds.removeSubrange(1...)
    hashes.removeSubrange(1...)
    slots.withUnsafeMutableBufferPointer { $0.update(repeating: 0) }
    lately.withUnsafeMutableBufferPointer { $0.update(repeating: 0) }
  }

  /// Calls `body` with the value of a code.
  @inlinable
  public func withValue<Result>(_ code: UInt32, _ body: (Scalar) throws -> Result) rethrows -> Result {
    try bytes.withUnsafeBufferPointer { all in
      let start = Int(ends[Int(code) - 1])
      return try body(
        Scalar(kinds[Int(code)], UnsafeBufferPointer(rebasing: all[start..<Int(ends[Int(code)])])))
    }
  }

  /// The value of a code as text.
  public func text(_ code: UInt32) -> String { withValue(code) { $0.text } }

  /// The kind of a code's value.
  public func kind(_ code: UInt32) -> ScalarKind { kinds[Int(code)] }

  /// The code of a value, or 0 when the column does not hold it.
  public func code(of value: Scalar) -> UInt32 {
    guard !slots.isEmpty else { return 0 }
    let hash = ByteHash.hash(value.bytes, seed: ByteHash.processSeed &+ UInt64(value.kind.rawValue))
    return slots[find(value, UInt32(truncatingIfNeeded: hash))]
  }

  /// The code of a value, which is added when it is new.
  @inlinable
  public mutating func insert(_ value: Scalar) -> UInt32 {
    guard !lately.isEmpty else { return insertInTable(value) }
    let place = Self.place(value.bytes)
    let guess = lately[place]
    if guess != 0, kinds[Int(guess)] == value.kind, isEqual(Int(guess), value.bytes) { return guess }
    let code = insertInTable(value)
    lately[place] = code
    return code
  }

  /// The place in `lately` of a value.
  @inlinable @inline(__always)
  static func place(_ bytes: UnsafeBufferPointer<UInt8>) -> Int {
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
    return Int(truncatingIfNeeded: sum >> 56)
  }

  @usableFromInline
  mutating func insertInTable(_ value: Scalar) -> UInt32 {
    if ends.count * 2 >= slots.count { grow() }
    let hash = UInt32(
      truncatingIfNeeded: ByteHash.hash(value.bytes, seed: ByteHash.processSeed &+ UInt64(value.kind.rawValue)))
    let slot = find(value, hash)
    let known = slots[slot]
    if known != 0 { return known }
    let code = UInt32(ends.count)
    bytes.append(contentsOf: value.bytes)
    ends.append(UInt32(bytes.count))
    kinds.append(value.kind)
    hashes.append(hash)
    slots[slot] = code
    return code
  }

  /// The slot that holds the value, or the free one where it belongs.
  func find(_ value: Scalar, _ hash: UInt32) -> Int {
    let mask = slots.count - 1
    var slot = Int(hash) & mask
    return slots.withUnsafeBufferPointer { slots in
      while true {
        let code = Int(slots[slot])
        if code == 0 { return slot }
        if hashes[code] == hash, kinds[code] == value.kind, isEqual(code, value.bytes) { return slot }
        slot = (slot + 1) & mask
      }
    }
  }

  @inlinable
  func isEqual(_ code: Int, _ other: UnsafeBufferPointer<UInt8>) -> Bool {
    let start = Int(ends[code - 1])
    guard Int(ends[code]) - start == other.count else { return false }
    guard let base = UnsafeRawPointer(other.baseAddress), other.count > 0 else { return true }
    return bytes.withUnsafeBytes { all in
      let known = all.baseAddress! + start
      let count = other.count
      guard count >= 8, count <= 32 else { return memcmp(known, base, count) == 0 }
      // Words that overlap, rather than a call, for what most values are.
      func differences(_ offset: Int) -> UInt64 {
        known.loadUnaligned(fromByteOffset: offset, as: UInt64.self)
          ^ base.loadUnaligned(fromByteOffset: offset, as: UInt64.self)
      }
      let ends = differences(0) | differences(count - 8)
      if count <= 16 { return ends == 0 }
      return ends | differences(8) | differences(count - 16) == 0
    }
  }

  @usableFromInline
  mutating func grow() {
    slots = [UInt32](repeating: 0, count: max(16, slots.count * 2))
    let mask = slots.count - 1
    for code in 1..<ends.count {
      var slot = Int(hashes[code]) & mask
      while slots[slot] != 0 { slot = (slot + 1) & mask }
      slots[slot] = UInt32(code)
    }
  }
}
