import Query
import TestSupport
import Testing

struct KQLHostileTests {
  @Test("Nesting is bounded, in every kind of bracket")
  func nesting() throws {
    for (open, close) in [("(", ")"), ("a: (", ")"), ("p: {", "}")] {
      func nest(_ levels: Int) -> String {
        String(repeating: open == "a: (" ? "(" : open, count: levels) + "x" + String(repeating: close, count: levels)
      }
      let lead = open == "a: (" ? "a: " : ""
      #expect(throws: Never.self) { try KQL.parse(lead + nest(KQL.deepestNesting)) }
      let error = #expect(throws: QuerySyntaxError.self) { try KQL.parse(lead + nest(KQL.deepestNesting + 1)) }
      #expect(error?.message == "brackets stand too deep inside each other")
      #expect(throws: QuerySyntaxError.self) { try KQL.parse(lead + String(repeating: open, count: 200_000)) }
    }
    #expect(throws: QuerySyntaxError.self) { try KQL.parse(String(repeating: "not ", count: 100_001) + "a") }
  }

  @Test("A query has a longest length")
  func length() throws {
    let longest = "a: " + String(repeating: "x", count: KQL.longestQuery - 3)
    #expect(throws: Never.self) { try KQL.parse(longest) }
    let error = #expect(throws: QuerySyntaxError.self) { try KQL.parse(longest + "x") }
    #expect(error?.expected == "at most 1048576 bytes")
  }

  @Test("Long queries are read in time that grows with their length only")
  func large() throws {
    let values = (0..<40_000).map { "value\($0)" }
    #expect(
      try KQL.parse("a: (" + values.joined(separator: " or ") + ")") == .or(values.map { match("a", $0) }))
    for piece in ["not ", "a ", "(", "\"a\" ", "\\n", "&& ", "* ", "= ", "\n", "not\n", "a: b or ", "\\u0041"] {
      let forms: [(Int) -> String] = [
        { String(repeating: piece, count: $0 / piece.count) },
        { "a" + String(repeating: " ", count: $0) + piece },
        { "a: " + String(repeating: piece, count: $0 / piece.count) + ":" },
      ]
      for (form, query) in forms.enumerated() {
        let queries = [18_750: query(18_750), 300_000: query(300_000)]
        #expect(growth(18_750) { _ = try? KQL.parse(queries[$0] ?? "") } < linearGrowth, "\(piece), form \(form)")
      }
    }
  }

  @Test("Random bytes and random tokens never crash; an error names a place inside the query")
  func random() {
    var random = SeededRandom(seed: 20_240_611)
    let tokens = [
      "a", "user.name", ":", "(", ")", "{", "}", "\"", "\\", "*", "<", ">", "=", "<=", ">=", "and", "or", "not", " ",
      "  ", "\n", "\r\n", "\t", "\\u00", "\\u0041", "\\uD800", "\\n", "&&", "||", "!", ",", "é", "e\u{301}", "\u{301}",
      "😀", "\u{0}", "10", "now-1d", "\u{A0}", "AND", "\\not", "\\and",
    ]
    for round in 0..<10_000 {
      let query: String
      if round % 4 == 0 {
        let bytes = (0..<Int.random(in: 0...60, using: &random)).map { _ in UInt8.random(in: 0...255, using: &random) }
        query = String(decoding: bytes, as: UTF8.self)
      } else {
        let count = Int.random(in: 0...30, using: &random)
        query = (0..<count).map { _ in tokens.randomElement(using: &random)! }.joined()
      }
      do throws(QuerySyntaxError) {
        let predicate = try KQL.parse(query)
        #expect(predicate.simplified() == predicate)
      } catch {
        let lines = query.split(omittingEmptySubsequences: false) { $0 == "\n" || $0 == "\r" || $0 == "\r\n" }
        #expect(error.line >= 1 && error.line <= lines.count, "\(query.debugDescription)")
        #expect(error.column >= 1 && error.column <= (lines.map(\.count).max() ?? 0) + 1, "\(query.debugDescription)")
        #expect(error.rendered.contains("^"))
      }
    }
  }
}
