import Foundation
import JSON

/// The principals that a batch has had lately: a session's records all hold the same text, which need not be walked again.
///
/// Entries point into the batch's texts, so they are forgotten with it.
struct KnownPrincipals: ~Copyable {
  struct Entry {
    fileprivate var start: UnsafePointer<UInt8>?
    fileprivate var length = 0
    /// How many tokens the object takes.
    var tokens = 0
    /// Where the value of its `type` is, counted in tokens from its start; 0 when it has none.
    var type = 0
    /// A number from 1 on: those of one number have the same text.
    var number: UInt32 = 0
  }

  private let entries: UnsafeMutablePointer<Entry>
  private static let count = 256
  private var learned: UInt32 = 0

  init() {
    entries = .allocate(capacity: Self.count)
    entries.initialize(repeating: Entry(), count: Self.count)
  }

  deinit { entries.deallocate() }

  mutating func removeAll() {
    learned = 0
    entries.update(repeating: Entry(), count: Self.count)
  }

  /// The place for a principal whose text starts at `start`, of which `available` bytes are there: told by some of them.
  @inline(__always)
  func place(_ start: UnsafePointer<UInt8>, available: Int) -> Int {
    // Accounts, names, keys and times of sessions lie within the first quarter of a kilobyte. Behind its first closing
    // brace a principal that short may have ended, and what follows is the record's own.
    var sum: UInt64 = 0
    var offset = 24
    let end = min(available - 8, 256)
    while offset <= end {
      let word = UnsafeRawPointer(start).loadUnaligned(fromByteOffset: offset, as: UInt64.self)
      let braces = word ^ 0x7D7D_7D7D_7D7D_7D7D
      if (braces &- 0x0101_0101_0101_0101) & ~braces & 0x8080_8080_8080_8080 != 0 { break }
      sum ^= word &* (0x9E37_79B9_7F4A_7C15 &+ UInt64(offset) << 32)
      offset += 8
    }
    return Int(truncatingIfNeeded: ((sum ^ sum >> 29) &* 0xBF58_476D_1CE4_E5B9) >> 56)
  }

  /// What is known at a place, if the text that starts at `start` starts with the same principal.
  @inline(__always)
  func known(_ place: Int, _ start: UnsafePointer<UInt8>, available: Int) -> Entry? {
    let entry = entries[place]
    guard let known = entry.start, entry.length <= available, memcmp(known, start, entry.length) == 0 else {
      return nil
    }
    // The later text is nearer in memory.
    entries[place].start = start
    return entry
  }

  /// Remembers a principal that has been walked over, and returns its number.
  mutating func learn(_ place: Int, _ start: UnsafePointer<UInt8>, length: Int, tokens: Int, type: Int) -> UInt32 {
    learned += 1
    entries[place] = Entry(start: start, length: length, tokens: tokens, type: type, number: learned)
    return learned
  }
}
