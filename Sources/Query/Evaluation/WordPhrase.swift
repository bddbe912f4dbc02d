/// Words that stand in order in a text, each next to the one before it or so many places behind it.
struct WordPhrase: Sendable {
  let words: [[UInt8]]
  /// How far each word stands behind the first; nil where each is next to the one before.
  private let places: [Int]?

  /// The phrase that a text is; nil where it has no word.
  init?(_ text: String, _ analyzer: TextAnalyzer) {
    guard analyzer.hasGaps else {
      words = analyzer.words(text).map { Array($0.utf8) }
      places = nil
      if words.isEmpty { return nil }
      return
    }
    let placed = analyzer.placedWords(text)
    guard let first = placed.first else { return nil }
    words = placed.map { Array($0.text.utf8) }
    places = placed.map { $0.place - first.place }
  }

  func stands(in text: String, _ analyzer: TextAnalyzer) -> Bool {
    guard let places else { return stands(in: analyzer.words(text)) }
    let found = analyzer.placedWords(text)
    let byPlace = Dictionary(found.map { ($0.place, $0.text) }) { first, _ in first }
    return found.contains { start in
      zip(words, places).allSatisfy { word, place in
        byPlace[start.place + place].map { $0.utf8.elementsEqual(word) } ?? false
      }
    }
  }

  private func stands(in found: [String]) -> Bool {
    guard found.count >= words.count else { return false }
    return (0...(found.count - words.count)).contains { start in
      zip(found[start...], words).allSatisfy { $0.utf8.elementsEqual($1) }
    }
  }
}
