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
      for wanted in TextAnalyzer.standard.words(word) + [word] {
        let holds = TextAnalyzer.standard.words(text).contains(wanted)
        let mayHold = Array(text.utf8).withUnsafeBufferPointer { WordSearch.mayHold(Array(wanted.utf8), in: $0) }
        #expect(mayHold || !holds, "\(wanted) in \(text), seed \(seed)")
        if !mayHold { lacking += 1 }
      }
    }
    #expect(!stands(seed) || lacking > 1_000)
  }

  @Test(
    "A text is said to lack a word just where it is of ASCII and the word's letters stand nowhere in it",
    arguments: [UInt64.random(in: 0...UInt64.max), 3])
  func exactly(seed: UInt64) throws {
    print("words among bytes, seed \(seed)")
    var random = SeededRandom(seed: seed)
    func lowered(_ bytes: [UInt8]) -> [UInt8] { bytes.map { (65...90).contains($0) ? $0 + 32 : $0 } }
    let alphabets = [Array("aAbB".utf8), Array("zZ@`[{".utf8), Array("kK1!\u{b}Ae".utf8)]
    var held = 0
    for _ in 0..<20_000 {
      let alphabet = alphabets.randomElement(using: &random)!
      func bytes(_ range: ClosedRange<Int>) -> [UInt8] {
        (0..<Int.random(in: range, using: &random)).map { _ in alphabet.randomElement(using: &random)! }
      }
      let word = bytes(1...6)
      var text = bytes(0...60)
      let isASCII = Int.random(in: 0..<20, using: &random) > 0
      if !isASCII { text.insert(0xC3, at: Int.random(in: 0...text.count, using: &random)) }
      let stands =
        text.count >= word.count
        && (0...text.count - word.count).contains {
          lowered(Array(text[$0..<$0 + word.count])) == lowered(word)
        }
      // Memory of just this length, so that a look beyond its end is told by the address sanitizer.
      let room = UnsafeMutableBufferPointer<UInt8>.allocate(capacity: text.count)
      defer { room.deallocate() }
      _ = room.initialize(from: text)
      let mayHold = WordSearch.mayHold(word, in: UnsafeBufferPointer(room))
      try #require(mayHold == (stands || !isASCII), "\(word) in \(text), seed \(seed)")
      if stands { held += 1 }
    }
    #expect(!stands(seed) || held > 2_000 && held < 18_000)
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
      let holds = TextAnalyzer.standard.words(text).contains { matcher.matches($0) }
      let mayHold = Array(text.utf8).withUnsafeBufferPointer { WordSearch.mayHold(matcher, in: $0) }
      #expect(mayHold || !holds, "\(written) in \(text), seed \(seed)")
      if !mayHold { lacking += 1 }
      if holds { matching += 1 }
    }
    #expect(!stands(seed) || lacking > 1_000 && matching > 1_000)
  }
}
