/// A set of rows of a batch, a bit a row.
public struct Bitmap: Equatable {
  public private(set) var words: [UInt64]
  public let count: Int

  /// The empty set, or the set of all `count` rows.
  public init(count: Int, all: Bool = false) {
    self.count = count
    words = [UInt64](repeating: all ? .max : 0, count: (count + 63) / 64)
    if all { clearTail() }
  }

  @inlinable
  public mutating func insert(_ row: Int) { setBit(row) }

  @usableFromInline
  mutating func setBit(_ row: Int) { words[row >> 6] |= 1 << UInt64(row & 63) }

  public func contains(_ row: Int) -> Bool { words[row >> 6] >> UInt64(row & 63) & 1 == 1 }

  public var isEmpty: Bool { words.allSatisfy { $0 == 0 } }

  /// How many rows are in the set.
  public var cardinality: Int { words.reduce(0) { $0 + $1.nonzeroBitCount } }

  public mutating func formUnion(_ other: Bitmap) {
    for at in words.indices { words[at] |= other.words[at] }
  }

  public mutating func formIntersection(_ other: Bitmap) {
    for at in words.indices { words[at] &= other.words[at] }
  }

  public mutating func subtract(_ other: Bitmap) {
    for at in words.indices { words[at] &= ~other.words[at] }
  }

  /// Turns the set into the rows that were not in it.
  public mutating func invert() {
    for at in words.indices { words[at] = ~words[at] }
    clearTail()
  }

  /// Calls `body` with each row of the set, ascending.
  @inlinable
  public func forEach(_ body: (Int) throws -> Void) rethrows {
    for (at, word) in words.enumerated() {
      var word = word
      while word != 0 {
        try body(at << 6 + word.trailingZeroBitCount)
        word &= word - 1
      }
    }
  }

  private mutating func clearTail() {
    if count & 63 != 0, !words.isEmpty { words[words.count - 1] &= (1 << UInt64(count & 63)) - 1 }
  }
}
