/// Many sets of words to look for in a text at once: all words of one set, in any order.
struct WordSetIndex: Sendable {
  // Words compare byte by byte: `String` takes different spellings of an accented letter as equal.
  /// The sets by the word of theirs that the fewest sets have, so that few have to be looked at.
  private var setsOfWord: [[UInt8]: [[[UInt8]]]] = [:]

  init(_ sets: [[String]]) {
    let sets = Set(sets.map { Set($0.map { Array($0.utf8) }) })
    var uses: [[UInt8]: Int] = [:]
    for set in sets { for word in set { uses[word, default: 0] += 1 } }
    for set in sets {
      guard let rarest = set.min(by: { uses[$0, default: 0] < uses[$1, default: 0] }) else { continue }
      setsOfWord[rarest, default: []].append(set.filter { $0 != rarest })
    }
  }

  var isEmpty: Bool { setsOfWord.isEmpty }

  /// True when all words of some set are among these.
  func occurs(in words: [String]) -> Bool {
    let words = Set(words.map { Array($0.utf8) })
    return words.contains { word in
      setsOfWord[word]?.contains { $0.allSatisfy(words.contains) } ?? false
    }
  }
}
