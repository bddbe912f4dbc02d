import Query
import Testing

struct KQLErrorTests {
  private func rendered(_ query: String) -> String {
    do throws(QuerySyntaxError) {
      return "parsed: \(try KQL.parse(query))"
    } catch {
      return error.rendered
    }
  }

  @Test(
    "Every mistake is shown at its place, with what was expected",
    arguments: [
      (#"a: "b c"#, "this quote is never closed", 1, 4),
      ("a: (b or c", "this parenthesis is never closed", 1, 4),
      ("a: b and (c: d", "this parenthesis is never closed", 1, 10),
      ("p: { a: (b }", "this parenthesis is never closed", 1, 9),
      ("p: { a: b", "this brace is never closed", 1, 4),
      ("(p: { a: b )", "this brace is never closed", 1, 5),
      ("a: b)", "no `(` is open that this closes", 1, 5),
      ("a: b}", "no `{` is open that this closes", 1, 5),
      ("a:", "`a:` has no value", 1, 3),
      ("a: and b: c", "there is a value before this, not a field", 1, 9),
      ("(a: )", "`a:` has no value", 1, 5),
      ("a: ()", "there is nothing between these brackets", 1, 4),
      ("()", "there is nothing between these brackets", 1, 1),
      ("p: {}", "there is nothing between these brackets", 1, 4),
      ("a >", "`>` has no value after it", 1, 4),
      ("a >= (1 or 2)", "a comparison takes one value", 1, 6),
      ("a <> b", "KQL has no `<>`", 1, 3),
      ("a: > 1", "a comparison stands without a colon", 1, 4),
      ("a: (> 1)", "a comparison cannot stand in a list of values", 1, 5),
      ("a: (b: c)", "there is a value before this, not a field", 1, 6),
      ("a: not b", "`not` cannot stand right after a colon", 1, 4),
      ("not ", "`not` has nothing after it", 1, 1),
      ("a: b and ", "`and` has nothing after it", 1, 6),
      ("a: (b or )", "`or` has nothing after it", 1, 7),
      ("a: (b or not )", "`not` has nothing after it", 1, 10),
      ("not not a: b", "`not` stands twice", 1, 5),
      ("a: (not not b)", "`not` stands twice", 1, 9),
      ("\"a\"or \"b\"", "`or` needs a blank on both sides to join conditions", 1, 4),
      ("a: b and(c: d)", "`and` needs a blank on both sides to join conditions", 1, 6),
      ("cannot do", "`not` does not join conditions", 1, 4),
      ("a=\"b\"", "a new condition starts here without a word that joins it", 1, 3),
      ("a: b or ", "`or` has nothing after it", 1, 6),
      ("a not b", "`not` does not join conditions", 1, 3),
      ("a: b not c: d", "`not` does not join conditions", 1, 6),
      ("a: b && c: d", "`&&` joins nothing in KQL", 1, 6),
      ("\"a\" || \"b\"", "`||` joins nothing in KQL", 1, 5),
      ("!(a: b)", "`!` negates nothing in KQL", 1, 1),
      ("a:: b", "one colon is enough", 1, 3),
      (": b", "there is no field before this", 1, 1),
      ("{a: b}", "a brace needs a nested field before it", 1, 1),
      ("p*: { a: b }", "the path of a nested field has no wildcards", 1, 1),
      ("a: \"b\" c", "a new condition starts here without a word that joins it", 1, 8),
      ("a: (\"b\", \"c\")", "a comma joins nothing in KQL", 1, 8),
      (#"a: C:\Windows"#, "there is a value before this, not a field", 1, 5),
      (#"a: \Windows"#, "this backslash escapes nothing", 1, 4),
      (#"a: \"#, "this backslash escapes nothing", 1, 4),
      (#"a: \uD83D"#, "this is half of a character", 1, 4),
      ("é: x\n and 😀: \"b", "this quote is never closed", 2, 9),
      ("a: x\r\nand b: (", "this parenthesis is never closed", 2, 8),
    ])
  func places(query: String, message: String, line: Int, column: Int) {
    let error = #expect(throws: QuerySyntaxError.self) { try KQL.parse(query) }
    #expect(error?.message == message)
    #expect(error?.line == line)
    #expect(error?.column == column)
  }

  @Test("An error is rendered with its line, a caret and the remedy")
  func golden() {
    #expect(
      rendered("event.action: \"ConsoleLogin\"\n  and user.name: (alice or bob") == """
        line 2, column 18: this parenthesis is never closed
            and user.name: (alice or bob
                           ^
          expected: `)`
        """)
    #expect(
      rendered("host.name: web1 user.name: bob") == """
        line 1, column 26: there is a value before this, not a field
          host.name: web1 user.name: bob
                                   ^
          expected: `and`, `or` or the end of the query
          hint: is `and` missing before `user.name`?
        """)
    #expect(
      rendered("\tsource.ip: 2001:db8::1") == """
        line 1, column 17: there is a value before this, not a field
          \tsource.ip: 2001:db8::1
          \t               ^
          expected: `and`, `or` or the end of the query
          hint: put a value that holds `:` in quotes, or write `\\:`
        """)
    #expect(
      rendered("source.bytes: >= 100") == """
        line 1, column 15: a comparison stands without a colon
          source.bytes: >= 100
                        ^
          expected: a value
          hint: write `source.bytes >= …`
        """)
    #expect(
      rendered("a: b and not ") == """
        line 1, column 10: `not` has nothing after it
          a: b and not 
                   ^
          expected: a condition after it
          hint: to search for the word, write "not"
        """)
    #expect(
      rendered("user.name:") == """
        line 1, column 11: `user.name:` has no value
          user.name:
                    ^
          expected: a value
          hint: write `user.name: *` to ask whether the field exists
        """)
  }

  @Test("A long line is shown in part, with the caret at its place")
  func longLine() throws {
    let query = String(repeating: "a", count: 5000) + ": (" + String(repeating: "b", count: 5000)
    let error = #expect(throws: QuerySyntaxError.self) { try KQL.parse(query) }
    let lines = try #require(error).rendered.split(separator: "\n")
    #expect(error?.column == 5003)
    #expect(lines[1].count < 160)
    let caret = try #require(lines[2].firstIndex(of: "^"))
    #expect(Array(lines[1])[lines[2].distance(from: lines[2].startIndex, to: caret)] == "(")
  }
}
