/// Tells cheaply of most texts that a word does not stand in them, so that only the others are cut into words.
enum WordSearch {
  /// False only where cutting the text into words would not give the word: its letters stand nowhere in a row in the text.
  ///
  /// Letters beyond ASCII may become ASCII ones when they are lower-cased, so a text that has any may always hold the word.
  static func mayHold(_ word: [UInt8], in text: UnsafeBufferPointer<UInt8>) -> Bool {
    guard let first = word.first, let final = word.last, word.allSatisfy({ $0 < 0x80 }) else { return true }
    guard let start = UnsafeRawPointer(text.baseAddress) else { return false }
    return word.withUnsafeBufferPointer { word in
      let count = word.count
      let last = text.count - count
      // Where the word begins and ends is compared at eight places at once; only where both are right is it looked at.
      let (firstFold, finalFold) = (repeated(fold(first)), repeated(fold(final)))
      let (firstWord, finalWord) = (repeated(lowered(first)), repeated(lowered(final)))
      var all: UInt64 = 0
      var at = 0
      while at + 7 <= last {
        let left = UInt64(littleEndian: start.loadUnaligned(fromByteOffset: at, as: UInt64.self))
        let right = UInt64(littleEndian: start.loadUnaligned(fromByteOffset: at + count - 1, as: UInt64.self))
        all |= left
        var found = zeros(((left | firstFold) ^ firstWord) | ((right | finalFold) ^ finalWord))
        while found != 0 {
          if isEqual(text, at + found.trailingZeroBitCount >> 3, word) { return true }
          found &= found - 1
        }
        at += 8
      }
      while at < text.count {
        all |= UInt64(text[at])
        if at <= last, isEqual(text, at, word) { return true }
        at += 1
      }
      return all & 0x8080_8080_8080_8080 != 0
    }
  }

  /// False only where no word of the text can match the pattern: some literal of it stands nowhere in the text.
  static func mayHold(_ pattern: WildcardMatcher, in text: UnsafeBufferPointer<UInt8>) -> Bool {
    pattern.literals.allSatisfy { mayHold($0, in: text) }
  }

  @inline(__always)
  private static func lowered(_ byte: UInt8) -> UInt8 { byte &- 0x41 < 26 ? byte | 0x20 : byte }

  @inline(__always)
  private static func repeated(_ byte: UInt8) -> UInt64 { UInt64(byte) &* 0x0101_0101_0101_0101 }

  /// The bit that makes an upper-case letter a lower-case one, where it is a letter.
  @inline(__always)
  private static func fold(_ byte: UInt8) -> UInt8 { lowered(byte) &- 0x61 < 26 ? 0x20 : 0 }

  /// The highest bit of every byte that is 0, and no other.
  @inline(__always)
  private static func zeros(_ word: UInt64) -> UInt64 {
    let low: UInt64 = 0x7F7F_7F7F_7F7F_7F7F
    return ~(((word & low) &+ low) | word | low)
  }

  @inline(__always)
  private static func isEqual(
    _ text: UnsafeBufferPointer<UInt8>, _ start: Int, _ word: UnsafeBufferPointer<UInt8>
  ) -> Bool {
    for at in word.indices where lowered(text[start + at]) != lowered(word[at]) { return false }
    return true
  }
}
