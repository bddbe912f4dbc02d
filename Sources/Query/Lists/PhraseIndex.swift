/// Many phrases to look for in a text at once: words in order, next to each other.
struct PhraseIndex: Sendable {
  // Words compare byte by byte: `String` takes different spellings of an accented letter as equal.
  private var phrases: Set<[UInt8]> = []
  /// How many words the phrases have; the text is cut into runs of these lengths.
  private var lengths: Set<Int> = []

  mutating func insert(_ words: [String]) {
    guard !words.isEmpty else { return }
    lengths.insert(words.count)
    phrases.insert(Self.key(words[...]))
  }

  var isEmpty: Bool { phrases.isEmpty }

  /// True when some phrase stands in a text of these words.
  func occurs(in words: [String]) -> Bool {
    for length in lengths where length <= words.count {
      for start in 0...(words.count - length) where phrases.contains(Self.key(words[start..<(start + length)])) {
        return true
      }
    }
    return false
  }

  private static func key(_ words: ArraySlice<String>) -> [UInt8] {
    var key: [UInt8] = []
    for word in words {
      key.append(contentsOf: word.utf8)
      // No byte of UTF-8: it ends a word and nothing else.
      key.append(0xFF)
    }
    return key
  }
}
