import Events
import TestSupport
import Testing

@testable import Query

struct AnalyzerTests {
  private static let bone = "The 2 QUICK Brown-Foxes jumped over the lazy dog's bone."

  @Test("All characters that Lucene folds are folded, and nothing else")
  func foldedCharacters() {
    #expect(ASCIIFolding.count == 1242)
    let isFolded = (UInt32(0x80)...0xFFFF).compactMap(Unicode.Scalar.init).count { scalar in
      let folded = ASCIIFolding.folded(String(scalar))
      if folded.utf8.allSatisfy({ $0 < 0x80 }) { return true }
      #expect(folded.unicodeScalars.elementsEqual([scalar]))
      return false
    }
    #expect(isFolded == 1242)
  }

  @Test(
    "Every analyzer cuts a text as Elasticsearch's does",
    arguments: [
      (TextAnalysis.standard, bone, "the 2 quick brown foxes jumped over the lazy dog's bone"),
      (.simple, bone, "the quick brown foxes jumped over the lazy dog s bone"),
      (.whitespace, bone, "The 2 QUICK Brown-Foxes jumped over the lazy dog's bone."),
      (.stop, bone, "quick brown foxes jumped over lazy dog s bone"),
      (.pattern(), bone, "the 2 quick brown foxes jumped over the lazy dog s bone"),
      (.pattern(#"\W|_"#), "John_Smith@foo-bar.com", "john smith foo bar com"),
      (
        .pattern(
          #"([^\p{L}\d]+)|(?<=\D)(?=\d)|(?<=\d)(?=\D)|(?<=[\p{L}&&[^\p{Lu}]])(?=\p{Lu})|(?<=\p{Lu})(?=\p{Lu}[\p{L}&&[^\p{Lu}]])"#
        ), "MooseX::FTPClass2_beta", "moose x ftp class 2 beta"
      ),
      (
        .powershell, "IEX (New-Object Net.WebClient) $x_1 -bxor 0x2\r\n[Convert]::ToInt16",
        "iex new-object net webclient x_1 -bxor 0x2 convert toint16"
      ),
      // Words of Java's expressions are those of ASCII unless a flag says otherwise.
      (.pattern(), "Caf\u{E9} Z\u{FC}rich", "caf z rich"),
      (
        .steps(.pattern(TextAnalysis.JavaExpression(#"\W+"#, flags: "U")), [.lowercase]), "Caf\u{E9} Z\u{FC}rich",
        "caf\u{E9} z\u{FC}rich"
      ),
      (.steps(.lowercase, []), "One2Two", "one two"),
      (
        .steps(.whitespace(longest: 255), [.asciiFolding]),
        "Caf\u{E9} Z\u{FC}rich \u{1E9E}\u{DF} \u{249C}\u{2473} \u{FF41}\u{FF3C}\u{FF40} \u{1C5} \u{3A9} e\u{301} \u{201C}\u{2014}",
        "Cafe Zurich SSss (a)20 a\\\u{FF40} Dz \u{3A9} e\u{301} \"-"
      ),
      (.steps(.whitespace(longest: 5), []), "1234567890a b", "12345 67890 a b"),
      (
        .steps(.standard(longest: 5), [.lowercase]), "The 2 QUICK Brown-Foxes jumped", "the 2 quick brown foxes jumpe d"
      ),
    ])
  func words(analysis: TextAnalysis, text: String, expected: String) {
    #expect(TextAnalyzer(analysis).words(text) == expected.split(separator: " ").map(String.init))
  }

  @Test("The keyword analyzer makes one word of a text, and none of an empty one")
  func keyword() {
    #expect(TextAnalyzer(.keyword).words(Self.bone) == [Self.bone])
    #expect(TextAnalyzer(.keyword).words("").isEmpty)
  }

  @Test("Words that a filter leaves out keep their places")
  func places() {
    #expect(
      TextAnalyzer(.stop).placedWords("quick as the fox") == [
        PlacedWord(text: "quick", place: 0), PlacedWord(text: "fox", place: 3),
      ])
  }

  @Test(
    "A class of characters is read as Java reads it",
    arguments: [
      (#"[\W&&[^-]]+"#, "a-b_c9", ". \u{E9}"), ("[a-c&&[^b]]", "bde", "ac"), ("[^a-c]+", "abc", "x9"),
      (#"[\s,;]+"#, "ab-.", ", \t"), ("[a-z&&[def]&&[^e]]", "aexz", "df"), (#"\W"#, "aZ0_", "-. "), (",", "a;", ","),
    ])
  func classes(pattern: String, words: String, separators: String) throws {
    let set = try #require(JavaCharacterClass.set(repeated: pattern))
    for scalar in words.unicodeScalars { #expect(!set.contains(scalar), "\(pattern): \(scalar)") }
    for scalar in separators.unicodeScalars { #expect(set.contains(scalar), "\(pattern): \(scalar)") }
  }

  @Test(
    "What is more than a class is left to the engine",
    arguments: ["a|b", "ab", "[a-z", #"\p{L}+"#, "(a)", #"[\w-.]"#, "[]a]", "[a&&]", "a++", "a*", ""])
  func noClass(pattern: String) { #expect(JavaCharacterClass.set(repeated: pattern) == nil) }

  @Test("Separators part texts where the engine of regular expressions does", arguments: [UInt64(1), 2])
  func separators(seed: UInt64) throws {
    var random = SeededRandom(seed: seed)
    for pattern in [#"[\W&&[^-]]+"#, #"\W+"#, #"\s"#, "[^a-f0-9]+", #"[,;\t&&[^;]]"#] {
      let expression = TextAnalysis.JavaExpression(pattern)
      let separators = try #require(WordSeparators(expression))
      let regex = try WordPattern.regex(expression)
      for _ in 0..<100 {
        let text = (0..<Int.random(in: 0...20, using: &random)).map { _ in
          ["a", "F", "-", "_", "9", " ", ".", ",", ";", "\n", "\t", "\u{E9}", "\u{1F600}"].randomElement(
            using: &random)!
        }.joined()
        var (quick, slow): ([String], [String]) = ([], [])
        separators.forEachWord(in: text) { quick.append($0) }
        WordPattern.forEachWord(in: text, between: regex) { slow.append($0) }
        #expect(quick == slow, "seed \(seed), \(pattern) on \(text.debugDescription)")
      }
    }
  }

  @Test("A pattern that Java does not take is told with its field")
  func faults() throws {
    let mapping = try FieldMapping([
      "settings": ["analysis": ["analyzer": ["bad": ["type": "pattern", "pattern": "(a"]]]],
      "mappings": ["properties": ["note": ["type": "text", "analyzer": "bad"]]],
    ])
    #expect(WordPattern.fault(in: mapping)?.contains("`note` has the pattern `(a`") == true)
    #expect(WordPattern.fault(in: try FieldMapping(["properties": ["note": ["type": "text"]]])) == nil)
  }
}
