import Events

/// Many phrases to look for in a text at once: words in order, next to each other.
struct PhraseIndex: Sendable {
  private var phrases = ValueDictionary()
  /// How many words the phrases have; the text is cut into runs of these lengths.
  private var lengths: Set<Int> = []

  mutating func insert(_ words: [String]) {
    guard !words.isEmpty else { return }
    lengths.insert(words.count)
    _ = Self.key(words[...]).withUnsafeBufferPointer { phrases.insert(Scalar(.string, $0)) }
  }

  var isEmpty: Bool { phrases.count == 0 }

  /// True when some phrase stands in a text of these words.
  func occurs(in words: [String]) -> Bool {
    lengths.contains { length in
      guard length <= words.count else { return false }
      return (0...(words.count - length)).contains { start in
        Self.key(words[start..<(start + length)]).withUnsafeBufferPointer { phrases.code(of: Scalar(.string, $0)) != 0 }
      }
    }
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
