import JSON

/// Finds the `RecordKey` of a key's bytes: a table look-up and a comparison of two words.
///
/// Keys lie in text with at least eight readable bytes behind them, as the scanner's and kept records' do.
struct RecordKeyTable: Sendable {
  static let standard = RecordKeyTable()

  private struct Entry: Sendable {
    /// 0 for a free entry.
    var length = 0
    /// The first and the last eight bytes, which is all there is of a name of up to 16.
    var head: UInt64 = 0
    var tail: UInt64 = 0
    var key = RecordKey.eventVersion
  }

  private let entries: [Entry]
  private static let slots = 512

  private init() {
    var entries = [Entry](repeating: Entry(), count: Self.slots)
    for key in RecordKey.allCases {
      // The copy has the bytes behind the name that a text has.
      let count = key.name.utf8CodeUnitCount
      precondition(count >= 3, "the table tells keys of three bytes and more apart")
      let copy = Array(UnsafeBufferPointer(start: key.name.utf8Start, count: count)) + [UInt8](repeating: 0, count: 8)
      copy.withUnsafeBufferPointer { copy in
        let (head, tail) = Self.ends(copy.baseAddress!, count)
        var slot = Self.slot(head, tail, count)
        while entries[slot].length != 0 { slot = (slot + 1) & (Self.slots - 1) }
        entries[slot] = Entry(length: count, head: head, tail: tail, key: key)
      }
    }
    self.entries = entries
  }

  @inline(__always)
  private static func ends(_ start: UnsafePointer<UInt8>, _ count: Int) -> (head: UInt64, tail: UInt64) {
    let raw = UnsafeRawPointer(start)
    let head = UInt64(littleEndian: raw.loadUnaligned(as: UInt64.self))
    if count >= 8 { return (head, UInt64(littleEndian: raw.loadUnaligned(fromByteOffset: count - 8, as: UInt64.self))) }
    let shorter = head & ((1 << UInt64(count * 8)) - 1)
    return (shorter, shorter)
  }

  @inline(__always)
  private static func slot(_ head: UInt64, _ tail: UInt64, _ count: Int) -> Int {
    let mixed = (head ^ tail &* 0x9E37_79B9_7F4A_7C15 ^ UInt64(count)) &* 0xD6E8_FEB8_6659_FD93
    return Int(mixed >> 55)
  }

  @inline(__always)
  func key(_ name: UnsafeBufferPointer<UInt8>) -> RecordKey? {
    guard name.count >= 3, let start = name.baseAddress else { return nil }
    let (head, tail) = Self.ends(start, name.count)
    var slot = Self.slot(head, tail, name.count)
    return entries.withUnsafeBufferPointer { entries in
      while entries[slot].length != 0 {
        let entry = entries[slot]
        if entry.length == name.count, entry.head == head, entry.tail == tail,
          name.count <= 16 || name.equals(entry.key.name)
        {
          return entry.key
        }
        slot = (slot + 1) & (Self.slots - 1)
      }
      return nil
    }
  }
}
