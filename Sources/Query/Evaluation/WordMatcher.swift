import Events

/// A test of words made ready for texts, or for values that are compared as a whole.
struct WordMatcher: Sendable {
  private enum Asked {
    case some([Word], least: Int)
    case near([PlacedWord], moves: Int)
    case beginning([PlacedWord])
  }

  /// A word that is to be there.
  private struct Word {
    var text: String
    var letters: [Unicode.Scalar]
    var fixed: ArraySlice<Unicode.Scalar>
    var edits: Int
    var isPrefix = false
  }

  private let asked: Asked
  /// Cuts values into words; nil where each is one.
  private let analyzer: TextAnalyzer?
  /// Words without which no text passes, for a quick look.
  private let needed: [[UInt8]]

  /// - Parameter analyzer: cuts values into words; nil where each is one.
  init(_ test: WordTest, _ analyzer: TextAnalyzer?) {
    self.analyzer = analyzer
    let isText = analyzer != nil
    switch test {
    case .near(let phrase, let moves):
      let words = (analyzer ?? .standard).placedWords(phrase)
      asked = .near(words, moves: moves)
      needed = words.map { Array($0.text.utf8) }
    case .beginning(let phrase):
      let words = (analyzer ?? .standard).placedWords(phrase)
      asked = .beginning(words)
      needed = words.map { Array($0.text.utf8) }
    case .some(let count):
      let texts = isText ? count.words : count.whole.map { [$0] } ?? []
      var words = texts.map { text in
        let letters = Array(text.unicodeScalars)
        return Word(
          text: text, letters: letters, fixed: letters.prefix(count.fixedLetters),
          edits: count.fuzziness?.edits(letters.count) ?? 0)
      }
      if count.isPrefix, !words.isEmpty { words[words.count - 1].isPrefix = true }
      let least = isText ? count.least : 1
      asked = .some(words, least: least)
      needed = least == words.count && isText ? words.filter { $0.edits == 0 }.map { Array($0.text.utf8) } : []
    }
  }

  func matches(_ value: Scalar) -> Bool {
    guard analyzer != nil else { return matches(value.text) }
    return needed.allSatisfy { WordSearch.mayHold($0, in: value.bytes) } && matches(value.text)
  }

  func matches(_ value: String) -> Bool {
    switch asked {
    case .near(let phrase, let moves): return Self.stand(phrase, in: placed(value), within: moves)
    case .beginning(let phrase): return Self.begins(phrase, in: placed(value))
    case .some(let wanted, let least):
      let words = analyzer?.words(value) ?? [value]
      guard !wanted.isEmpty else { return false }
      var letters: [[Unicode.Scalar]]?
      let met = wanted.count { one in
        if one.isPrefix { return words.contains { $0.utf8.starts(with: one.text.utf8) } }
        if one.edits == 0 { return words.contains { Value.equal($0, one.text) } }
        let those = letters ?? words.map { Array($0.unicodeScalars) }
        letters = those
        return those.contains { $0.starts(with: one.fixed) && Self.isNear($0, one.letters, one.edits) }
      }
      return met >= least
    }
  }

  private func placed(_ value: String) -> [PlacedWord] {
    analyzer?.placedWords(value) ?? [PlacedWord(text: value, place: 0)]
  }

  /// Whether the words stand side by side in a text, the last of them perhaps as the beginning of a longer one.
  private static func begins(_ phrase: [PlacedWord], in words: [PlacedWord]) -> Bool {
    guard let first = phrase.first, let last = phrase.last, words.count >= phrase.count else { return false }
    return words.indices.contains { start in
      var at = start
      return phrase.allSatisfy { word in
        let place = words[start].place + word.place - first.place
        while at < words.count, words[at].place < place { at += 1 }
        guard at < words.count, words[at].place == place else { return false }
        return word == last
          ? words[at].text.utf8.starts(with: word.text.utf8) : Value.equal(words[at].text, word.text)
      }
    }
  }

  /// Whether so many insertions, removals, replacements and swaps of neighbours make one of the other.
  private static func isNear(_ left: [Unicode.Scalar], _ right: [Unicode.Scalar], _ most: Int) -> Bool {
    guard abs(left.count - right.count) <= most else { return false }
    var before: [Int] = []
    var last = Array(0...right.count)
    for (row, letter) in left.enumerated() {
      var current = [row + 1]
      for (column, other) in right.enumerated() {
        var best = min(last[column] + (letter == other ? 0 : 1), last[column + 1] + 1, current[column] + 1)
        if row > 0, column > 0, letter == right[column - 1], left[row - 1] == other {
          best = min(best, before[column - 1] + 1)
        }
        current.append(best)
      }
      if (current.min() ?? 0) > most { return false }
      (before, last) = (last, current)
    }
    return last[right.count] <= most
  }

  /// Whether the words stand in a text so that moving them by so many places in all puts them in order side by side.
  private static func stand(_ phrase: [PlacedWord], in words: [PlacedWord], within moves: Int) -> Bool {
    guard !phrase.isEmpty else { return false }
    // A word's place less its place in the phrase: alike for all when they stand side by side.
    let places = phrase.map { word in
      words.filter { Value.equal($0.text, word.text) }.map { $0.place - word.place }
    }
    guard places.allSatisfy({ !$0.isEmpty }) else { return false }
    // The narrowest window that holds one place of each word.
    var ends = [Int](repeating: 0, count: places.count)
    while true {
      var (low, high) = (0, Int.min)
      for (word, at) in ends.enumerated() {
        if places[word][at] < places[low][ends[low]] { low = word }
        high = max(high, places[word][at])
      }
      if high - places[low][ends[low]] <= moves, hasOwnPlaces(ends, places, phrase) { return true }
      ends[low] += 1
      if ends[low] == places[low].count { return false }
    }
  }

  /// One word of a text serves one word of the phrase.
  private static func hasOwnPlaces(_ ends: [Int], _ places: [[Int]], _ phrase: [PlacedWord]) -> Bool {
    var seen: Set<Int> = []
    return ends.enumerated().allSatisfy { word, at in seen.insert(places[word][at] + phrase[word].place).inserted }
  }
}
