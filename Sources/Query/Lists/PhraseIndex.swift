import Events

/// Many phrases to look for in a text at once: words in order, next to each other.
struct PhraseIndex: Sendable {
  private var phrases = ValueDictionary()
  private var firstWords = ValueDictionary()
  /// How many words the phrases have that begin with a word, by its code.
  private var lengths: [Set<Int>] = [[]]

  mutating func insert(_ words: [String]) {
    guard var first = words.first else { return }
    let code = Int(first.withUTF8 { firstWords.insert(Scalar(.string, $0)) })
    if code == lengths.count { lengths.append([]) }
    lengths[code].insert(words.count)
    _ = Self.key(words[...]).withUnsafeBufferPointer { phrases.insert(Scalar(.string, $0)) }
  }

  var isEmpty: Bool { phrases.count == 0 }

  /// True when some phrase stands in a text of these words.
  func occurs(in words: [String]) -> Bool {
    words.indices.contains { start in
      var first = words[start]
      let code = Int(first.withUTF8 { firstWords.code(of: Scalar(.string, $0)) })
      return lengths[code].contains { length in
        guard start + length <= words.count else { return false }
        return Self.key(words[start..<(start + length)]).withUnsafeBufferPointer {
          phrases.code(of: Scalar(.string, $0)) != 0
        }
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
