import TestSupport
import Testing

@testable import Query

struct WordSearchTests {
  @Test(
    "A text that is said to lack a word gives it to nobody who cuts the text into words",
    arguments: [UInt64.random(in: 0...UInt64.max), 1])
  func neverMisses(seed: UInt64) {
    print("word search, seed \(seed)")
    var random = SeededRandom(seed: seed)
    let pieces = ["a", "B", "ab", "Key", "\u{212A}ey", "İ", "é", ".", "-", " ", "1", "_", ":", "ß", "k"]
    var lacking = 0
    for _ in 0..<3_000 {
      let text = (0..<Int.random(in: 0...8, using: &random)).map { _ in pieces.randomElement(using: &random) ?? "" }
        .joined()
      let word = (0..<Int.random(in: 1...3, using: &random)).map { _ in pieces.randomElement(using: &random) ?? "" }
        .joined()
      for wanted in TextAnalyzer.words(word) + [word] {
        let holds = TextAnalyzer.words(text).contains(wanted)
        let mayHold = Array(text.utf8).withUnsafeBufferPointer { WordSearch.mayHold(Array(wanted.utf8), in: $0) }
        #expect(mayHold || !holds, "\(wanted) in \(text), seed \(seed)")
        if !mayHold { lacking += 1 }
      }
    }
    #expect(lacking > 1_000)
  }

  @Test(
    "A text that is said to hold no match of a pattern has none among its words",
    arguments: [UInt64.random(in: 0...UInt64.max), 2])
  func neverMissesPatterns(seed: UInt64) {
    print("patterns of words, seed \(seed)")
    var random = SeededRandom(seed: seed)
    let pieces = ["a", "B", "ab", "Key", "\u{212A}ey", "İ", "é", ".", "-", " ", "1", "_", "k"]
    var lacking = 0
    var matching = 0
    for _ in 0..<6_000 {
      let text = (0..<Int.random(in: 0...8, using: &random)).map { _ in pieces.randomElement(using: &random) ?? "" }
        .joined()
      let written = (0..<Int.random(in: 1...4, using: &random)).map { _ in
        Bool.random(using: &random) ? "*" : pieces.randomElement(using: &random) ?? ""
      }.joined()
      let matcher = WildcardMatcher(
        WildcardPattern(written: TextAnalyzer.lowered(written), ignoresCase: Bool.random(using: &random)))
      let holds = TextAnalyzer.words(text).contains { matcher.matches($0) }
      let mayHold = Array(text.utf8).withUnsafeBufferPointer { WordSearch.mayHold(matcher, in: $0) }
      #expect(mayHold || !holds, "\(written) in \(text), seed \(seed)")
      if !mayHold { lacking += 1 }
      if holds { matching += 1 }
    }
    #expect(lacking > 1_000 && matching > 1_000)
  }
}
