import Query
import TestSupport
import Testing

struct HostileLanguageTests {
  private static let words = [
    "sequence", "by", "with", "maxspan", "=", "5m", "[", "]", "![", "any", "where", "process", "not", "and", "or", "in",
    "(",
    ")", "like~", "regex", ":", "==", "!=", "<", "\"a*\"", "\"\"\"b\"\"\"", "`x y`", "?", "user.name", ".", ",", "|",
    "head", "1",
    "-", "+", "*", "/", "1.5e3", "null", "true", "length", "cidrMatch", "until", "sample", "runs", "//", "/*", "\\",
    "~", "é", "\n",
    "AND", "OR", "NOT", "&&", "!", "^2", "[1 TO 2}", "f:", "/a+/", "\"p q\"~2", "word~", "_exists_:x", "*:*", "\\u00",
    "{", ">=3",
  ]

  @Test("No text ends the process, whatever it says, and an error names a place in it")
  func random() {
    var random = SeededRandom(seed: 5)
    var (read, refused) = (0, 0)
    for _ in 0..<4000 {
      let text = (0..<Int.random(in: 0...14, using: &random)).map { _ in
        Self.words.randomElement(using: &random)! + (Bool.random(using: &random) ? " " : "")
      }.joined()
      do {
        _ = try EQL.parse(text).plan()
        read += 1
      } catch {
        refused += 1
        #expect(error.line >= 1 && error.column >= 1 && !error.rendered.isEmpty)
      }
      do {
        let query = try Lucene.query(text)
        _ = query.refusal(QueryJudge(.standard))
        read += 1
      } catch {
        refused += 1
        #expect(error.line >= 1 && error.column >= 1)
      }
    }
    #expect(read > 50 && refused > 1000)
  }

  @Test("What is nested without end, or too long, is refused")
  func deep() {
    for (open, close) in [("(", ")"), ("not ", ""), ("length(", ")"), ("-", ""), ("a + ", ""), ("a == ", "")] {
      let text =
        "any where " + String(repeating: open, count: 20_000) + "true" + String(repeating: close, count: 20_000)
      #expect(throws: QuerySyntaxError.self) { try EQL.parse(text).plan() }
    }
    #expect(throws: QuerySyntaxError.self) { try Lucene.query(String(repeating: "(", count: 20_000) + "a") }
    #expect(throws: QuerySyntaxError.self) { try Lucene.query(String(repeating: "a", count: 2 << 20)) }
    #expect(throws: QuerySyntaxError.self) { try EQL.parse(String(repeating: " ", count: 2 << 20)) }
    #expect(throws: QuerySyntaxError.self) {
      try EQL.parse("sequence " + String(repeating: "[any where true] with runs=100 ", count: 5))
    }
  }

  @Test("Clauses that may ask for nothing make no question that grows without end")
  func absentClauses() throws {
    let clauses = { (count: Int) in [String](repeating: #"message:"!""#, count: count).joined(separator: " AND ") }
    _ = try Lucene.query(clauses(60))
    let error = #expect(throws: QuerySyntaxError.self) { try Lucene.query(clauses(2000)) }
    #expect(error?.rendered.contains("clauses in a row may ask for nothing") == true)
    // What asks for something stops at the clause before.
    _ = try Lucene.query([String](repeating: "message:a", count: 1000).joined(separator: " AND "))
  }
}
