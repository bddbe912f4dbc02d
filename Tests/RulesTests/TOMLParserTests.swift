import JSON
import Testing

@testable import Rules

@Suite("TOML")
struct TOMLParserTests {
  @Test("Values of every kind are read")
  func values() throws {
    let text = #"""
      i = [1, +2, -3, 0, 1_000, 0xfF, 0o17, 0b11_01, -0, 9223372036854775807, -9223372036854775808]
      f = [1.0, -0.5, 1e3, 1.5e-7, 6.626E+3, 1_0.0_1, 3.0e0]
      d = [1979-05-27T07:32:00Z, 1979-05-27 07:32:00, 1979-05-27, 07:32:00.5, 1979-05-27T00:32:00.999999-07:00]
      b = [true, false, ] # comment
      s = ["a\tb\u00e9\U0001F600\\\"", 'lit\x', """
      multi "quote" ""x""
      fold \
         ed""", '''
      lit '' x''''', """"two"""""]
      e = [[], {}, "", '', """""", [ [ 1 ], { a = 1, b.c = 'x' } ]]
      """#
    let document = try TOMLParser.parse(Array(text.utf8))
    #expect(document["i"] == [1, 2, -3, 0, 1000, 255, 15, 13, 0, .integer(.max), .integer(.min)])
    #expect(document["f"] == [1.0, -0.5, 1000.0, 1.5e-7, 6626.0, 10.01, 3.0])
    #expect(
      document["d"] == [
        "1979-05-27T07:32:00Z", "1979-05-27 07:32:00", "1979-05-27", "07:32:00.5", "1979-05-27T00:32:00.999999-07:00",
      ])
    #expect(document["b"] == [true, false])
    #expect(
      document["s"] == [
        "a\tbé😀\\\"", "lit\\x", "multi \"quote\" \"\"x\"\"\nfold ed", "lit '' x''", "\"two\"\"",
      ])
    #expect(document["e"] == [[], [:], "", "", "", [[1], ["a": 1, "b": ["c": "x"]]]])
  }

  @Test("Tables, arrays of tables and dotted keys fit together as their headers say")
  func tables() throws {
    let text = """
      \u{FEFF}a.b.c = 1\r
      a.b.d = 2\r
      "q k".'l.m'.x = 1
      [t.deep.er]
      k = 1
      [t]
      j = 1
      y.z = 2
      [t.y2]
      [[arr]]
      n = 1
      [arr.sub]
      m = 1
      [[arr.inner]]
      [[arr.inner]]
      q = 1
      [ [arr] ]
      """.replacing("[ [arr] ]", with: "[[ arr ]]\nn = 2")
    let document = JSONValue.object(try TOMLParser.parse(Array(text.utf8)))
    let expected: JSONValue = [
      "a": ["b": ["c": 1, "d": 2]], "q k": ["l.m": ["x": 1]],
      "t": ["deep": ["er": ["k": 1]], "j": 1, "y": ["z": 2], "y2": [:]],
      "arr": [["n": 1, "sub": ["m": 1], "inner": [[:], ["q": 1]]], ["n": 2]],
    ]
    #expect(document == expected)
  }

  @Test(
    "What is no TOML is refused at its place",
    arguments: [
      ("a", 1), ("a =", 3), ("= 1", 0), ("a = 1 b = 2", 6), ("a = 1\na = 2", 6), ("a.b = 1\na = 2", 8),
      ("a = 1\na.b = 2", 6), ("[a]\n[a]", 4), ("[a]\nb = 1\n[a.b]", 10), ("[a.b]\nc = 1\n[a]\nb.d = 2", 16),
      ("a.b = 1\n[a]", 8), ("[[a]]\n[a]", 6), ("[a]\n[[a]]", 4), ("a = []\n[[a]]", 7), ("a = {b = 1}\n[a.c]", 12),
      ("a = {b = 1}\na.c = 1", 12), ("a = {b = 1,}", 11), ("a = {\nb = 1}", 5), ("a = {b = 1, b = 2}", 12), ("[a", 2),
      ("[]", 1), ("[a]]", 3), ("[a] b = 1", 4), ("[a.]", 3), ("a = [1 2]", 7), ("a = [1", 6), ("a = [,]", 5),
      ("a = \"x", 4), ("a = \"x\ny\"", 4), ("a = 'x", 4), ("a = \"\"\"x\"\"", 4), ("a = '''x''", 4),
      ("a = \"\\x\"", 5), ("a = \"\\u12\"", 5), ("a = \"\\uD800\"", 5), ("a = \"\\U00110000\"", 5),
      ("a = \"\u{1}\"", 5),
      ("a = \"\u{7F}\"", 5), ("# \u{1}", 2), ("a = 1\rb = 2", 5), ("é = 1", 0), ("a = truE", 4), ("a = 01", 4),
      ("a = 1__0", 4), ("a = _1", 4), ("a = 1_", 4), ("a = 1.", 4), ("a = .1", 4), ("a = 1.e1", 4), ("a = 1e", 4),
      ("a = 0x", 4), ("a = 0xG", 4), ("a = -0x1", 4), ("a = 9223372036854775808", 4), ("a = 1979-02-30", 4),
      ("a = 25:00:00", 4), ("a = 07:32", 4), ("a = 1979-05-27T07:32:00+0200", 4), ("a = nil", 4), ("a = +", 4),
      ("\"\"\"a\"\"\" = 1", 2),
    ])
  func refuses(_ text: String, _ offset: Int) {
    #expect {
      try TOMLParser.parse(Array(text.utf8))
    } throws: { error in
      (error as? TOMLSyntaxError)?.offset == offset
    }
  }

  @Test("Nesting is followed to its bound and no further, however it is made")
  func depth() throws {
    let bound = TOMLParser.maximumDepth
    func text(_ opening: String, _ count: Int, _ closing: String) -> [UInt8] {
      Array((String(repeating: opening, count: count) + closing).utf8)
    }
    _ = try TOMLParser.parse(text("a.", bound - 1, "a = 1"))
    #expect(throws: TOMLSyntaxError.self) { try TOMLParser.parse(text("a.", bound, "a = 1")) }
    #expect(throws: TOMLSyntaxError.self) { try TOMLParser.parse(Array("a = ".utf8) + text("[", 1_000_000, "")) }
    #expect(throws: TOMLSyntaxError.self) { try TOMLParser.parse(Array("a = ".utf8) + text("{a = ", 1_000_000, "")) }
    #expect(throws: TOMLSyntaxError.self) { try TOMLParser.parse(Array("[".utf8) + text("a.", 1_000_000, "a]")) }
    // Arrays of tables within arrays of tables, a level of each at a time.
    let nested = (1...100).map { "[[" + Array(repeating: "a", count: $0).joined(separator: ".") + "]]\n" }.joined()
    #expect(throws: TOMLSyntaxError.self) { try TOMLParser.parse(Array(nested.utf8)) }
  }
}
