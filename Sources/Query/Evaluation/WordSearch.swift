/// Tells cheaply of most texts that a word does not stand in them, so that only the others are cut into words.
enum WordSearch {
  /// False only where cutting the text into words would not give the word: its letters stand nowhere in a row in the text.
  ///
  /// Letters beyond ASCII may become ASCII ones when they are lower-cased, so a text that has any may always hold the word.
  static func mayHold(_ word: [UInt8], in text: UnsafeBufferPointer<UInt8>) -> Bool {
    guard let first = word.first, word.allSatisfy({ $0 < 0x80 }) else { return true }
    let count = word.count
    let lower = lowered(first)
    var hasOthers = false
    return word.withUnsafeBufferPointer { word in
      var at = 0
      while at < text.count {
        let byte = text[at]
        if byte >= 0x80 { hasOthers = true }
        if lowered(byte) == lower, at + count <= text.count {
          var place = 1
          while place < count, lowered(text[at + place]) == lowered(word[place]) { place += 1 }
          if place == count { return true }
        }
        at += 1
      }
      return hasOthers
    }
  }

  /// False only where no word of the text can match the pattern: some literal of it stands nowhere in the text.
  static func mayHold(_ pattern: WildcardMatcher, in text: UnsafeBufferPointer<UInt8>) -> Bool {
    pattern.literals.allSatisfy { mayHold($0, in: text) }
  }

  @inline(__always)
  private static func lowered(_ byte: UInt8) -> UInt8 { byte &- 0x41 < 26 ? byte | 0x20 : byte }
}
