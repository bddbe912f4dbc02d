import Rules
import Testing

@Suite("Spelling")
struct SpellingTests {
  @Test(
    "A word that is close is suggested, and nothing else",
    arguments: [
      ("sevirity", "severity"), ("serverity", "severity"), ("naem", "name"), ("Name", "name"), ("colour", nil),
      ("", nil), ("x", nil),
    ] as [(String, String?)])
  func suggestion(_ word: String, _ expected: String?) {
    #expect(Spelling.suggestion(for: word, among: ["name", "severity", "risk_score", "tags", "note"]) == expected)
  }

  @Test("Of equally near words the first by spelling is taken, in whatever order they come")
  func ties() {
    #expect(Spelling.suggestion(for: "tabs", among: ["tags", "tads"]) == "tads")
    #expect(Spelling.suggestion(for: "tabs", among: ["tads", "tags"]) == "tads")
  }
}
