import Query
import TestSupport
import Testing

struct RegularExpressionTests {
  private func matches(_ pattern: String, _ text: String, ignoresCase: Bool = false) throws -> Bool {
    try RegularExpression(pattern, ignoresCase: ignoresCase).matches(text)
  }

  @Test(
    "A regular expression is held against the whole text, `^` and `$` being plain characters",
    arguments: [
      ("a.c", "abc", true), ("a.c", "a\nc", true), ("b", "abc", false), ("^a", "a", false), ("^a$", "^a$", true),
      ("a{2,3}", "aa", true), ("a{2,3}", "aaaa", false), ("a{2,}", "aaaaa", true), ("(ab|c)+", "abcab", true),
      ("[a-c]+", "abc", true), ("[^a-c]", "d", true), ("[^a-c]", "b", false), (#"\d+\.\w"#, "12.x", true),
      (#"\S+"#, "a b", false), ("*a", "*a", true), ("", "", true), ("", "a", false), ("a.*?", "abc", true),
      (#"\\x"#, #"\x"#, true), ("é", "é", true), ("a.", "aé", true), (#""a.b""#, "a.b", true),
      (#""a.b""#, "axb", false),
    ])
  func plain(_ pattern: String, _ text: String, _ expected: Bool) throws {
    #expect(try matches(pattern, text) == expected)
  }

  /// Answers as `RegExp.parseCharClasses` of Lucene 10.2 gives them.
  @Test(
    "In a class an escaped character is a single one and opens no range; any other may",
    arguments: [
      (#"[A-Za-z0-9_\\-]"#, "_", true), (#"[A-Za-z0-9_\\-]"#, #"\"#, true), (#"[A-Za-z0-9_\\-]"#, "-", true),
      (#"[A-Za-z0-9_\\-]"#, "]", false), (#"[\\-z]"#, "a", false), (#"[\\-z]"#, "-", true), (#"[\\-z]"#, "z", true),
      (#"[\.-z]"#, "a", false), (#"[\.-z]"#, "-", true), (#"[\.-z]"#, ".", true), (#"[a\-z]"#, "b", false),
      (#"[a\-z]"#, "-", true), (#"[\--z]"#, "a", false), (#"[\--z]"#, "-", true), (#"[\--z]"#, ",", false),
      (#"[\w-.]"#, "-", true), (#"[\w-.]"#, "q", true), (#"[\w-.]"#, "/", false),
      // The end of a range may be escaped, and is a character then though it be a letter.
      (#"[+-\.]"#, ",", true), (#"[a-\d]"#, "c", true), (#"[a-\d]"#, "5", false), (#"[Z-\\]"#, "[", true),
      ("[-a]", "-", true), ("[+--]", ",", true), ("[+-]]", "-", true), ("[+-]]", "A", true), ("[+-]]", "]", true),
      ("[]a]", "]", true), ("[^]a]", "]", false), ("[^]a]", "b", true), ("[^^]", "^", false), ("[a^]", "^", true),
      (#"[^\d-]"#, "-", false), (#"[^\d-]"#, "7", false), (#"[^\d-]"#, "x", true), (#"[\D]"#, "7", false),
      (#"[\]]"#, "]", true), (#"[\[\]]"#, "[", true), (#"["a"]"#, "\"", true), (#"[.]"#, "a", false),
    ])
  func classes(_ pattern: String, _ text: String, _ expected: Bool) throws {
    #expect(try matches(pattern, text) == expected)
  }

  @Test("Without regard to case, what is escaped in a class is as it stands, unless it is the only one there")
  func escapedCase() throws {
    #expect(try matches("[É-Ê]", "é", ignoresCase: true) == false)
    #expect(try matches("[-É]", "é", ignoresCase: true))
    #expect(try matches(#"[-\É]"#, "é", ignoresCase: true) == false)
    #expect(try matches(#"[\É]"#, "é", ignoresCase: true))
    #expect(try matches(#"[^\É]"#, "é", ignoresCase: true) == false)
    #expect(try matches("[b-b]", "B", ignoresCase: true))
  }

  @Test(
    "The optional operators are on: complement, intersection, intervals, any text, no text",
    arguments: [
      ("~abc", "abc", false), ("~abc", "xbc", true), ("a~bc", "abc", false), ("a~bc", "axxc", true),
      ("a~(b)", "a", true),
      ("aaa.+&.+bbb", "aaabbb", true), ("aaa.+&.+bbb", "aaab", false), ("x<1-100>", "x7", true),
      ("x<1-100>", "x100", true),
      ("x<1-100>", "x101", false), ("x<01-12>", "x7", false), ("x<01-12>", "x07", true), ("x<1-100>", "x0042", true),
      ("@&~(foo.+)", "foobar", false), ("@&~(foo.+)", "bar", true), ("a#|b", "a", false), ("a#|b", "b", true),
      ("@", "", true), ("a@", "axyz", true), ("<0-9>", "9", true), ("<5-123>", "99", true), ("<5-123>", "124", false),
    ])
  func optional(_ pattern: String, _ text: String, _ expected: Bool) throws {
    #expect(try matches(pattern, text) == expected)
  }

  @Test("Without regard to case letters are folded, ranges of a class are not")
  func ignoringCase() throws {
    #expect(try matches("CMD", "cmd", ignoresCase: true))
    #expect(try matches("É", "é", ignoresCase: true))
    #expect(try !matches("[a-c]", "B", ignoresCase: true))
    #expect(try matches("~CMD", "cmd", ignoresCase: true) == false)
  }

  @Test(
    "What is no regular expression, or takes more than its bounds, is refused with the place",
    arguments: [
      "(a", "[a", "a{", "a{2", "a{3,2}", "<a-b>", "<1-2", "\"abc", "a)", "[b-a]", "a|", "\\", "[a-]", "[]",
      "[^]", #"[\]"#, #"[a-\"#, #"\bword"#, #"[\b]"#, #"a\nb"#, #"\Q"#, #"[\P]"#,
      String(repeating: "(", count: 5000), String(repeating: "~", count: 5000) + "a",
      String(repeating: "a", count: 20_000),
      "(~(.*a.{30}))&(.*b.{30})",
    ])
  func refused(_ pattern: String) {
    #expect(throws: RegularExpression.Fault.self) { try RegularExpression(pattern) }
  }

  @Test(
    "Any expression is taken or refused within about a second, whatever it is made of",
    arguments: [
      "(a{1,100}){1,100}", "~((a|b){1000}c{1000}){50}", "(a{1,60}){1,60}",
      "~(" + String(repeating: "a?", count: 7900) + ")",
      "~((" + String(repeating: "a", count: 15_000) + ")b)", "~(.*a.{12})", "~((a?){500}b{500})", "~(a{999999})",
      "~((a{0,999}){0,999})", "~((((a{1,60}){1,60}){1,60}){1,60})",
      "~(" + (0..<3000).map { "[\(Character(Unicode.Scalar(0x4E00 + $0)!))]" }.joined(separator: "|") + ")",
      "~" + String(repeating: "(", count: 190) + "a"
        + String(repeating: String(repeating: "?+", count: 30) + ")", count: 190),
      // Of these nearly all the work was to count what Elasticsearch would spend on them.
      "(){999999}", "x()*(a|){999999,}",
      ".*("
        + (0..<700).map { at in
          "[\(Character(Unicode.Scalar(0x4E00 + at)!))-\(Character(Unicode.Scalar(0x9000 + at)!))].{10}"
        }.joined(separator: "|") + ")",
      String(repeating: "(", count: 90) + ".{240000}" + String(repeating: "b)?", count: 90),
    ])
  func work(_ pattern: String) {
    let time = processorTime { _ = try? RegularExpression(pattern) }
    // Much more than it takes; without a bound it is minutes.
    #expect(time < 5, "\(pattern.prefix(40)) took \(time) s")
  }

  // The states of all sets that Lucene makes, of which ten count for one: 2 to the power of n + 1 sets of (n + 3) / 2 states.
  @Test(
    "What Elasticsearch spends on an expression is bounded as there",
    arguments: [
      (".*a.{10}", 1332), (".*a.{12}", 6145), ("@a.{10}", 1332), (".*a.{10}&@", 1332),
      ("abc|abd", 1), ("a{1000}", 0), ("(a?b+)*[^c]", 2), ("~(abc)", 0), (".{0,500}", 0), ("#", 0), ("()", 0),
    ])
  func effort(_ pattern: String, _ least: Int) throws {
    _ = try RegularExpression(pattern, effort: least)
    guard least > 0 else { return }
    #expect(throws: RegularExpression.Fault.self) { try RegularExpression(pattern, effort: least - 1) }
  }

  @Test(
    "Too complex an expression is refused by that name",
    arguments: [".*a.{13}", "[ac]*a[ac]{50,200}", "(.*a){2000}", "~(.*a.{13})", "x(.*a.{20}|b)"])
  func tooComplex(_ pattern: String) {
    let fault = #expect(throws: RegularExpression.Fault.self) { try RegularExpression(pattern) }
    #expect(fault?.message.contains("too complex") == true)
  }

  @Test("Groups that are repeated some dozens of times over are taken, and right")
  func repeated() throws {
    #expect(try matches("~((a{1,9}){1,9})", String(repeating: "a", count: 82)))
    #expect(try !matches("~((a{1,9}){1,9})", String(repeating: "a", count: 81)))
    #expect(try matches("(ab{2,20}){3}&@", "abbabbabbb"))
    #expect(try !matches("(ab{2,20}){3}&@", "abbabbab"))
  }

  @Test("RE2 and the automaton give one answer, on random expressions and texts")
  func agreement() throws {
    var random = SeededRandom(seed: 11)
    var matched = 0
    for _ in 0..<600 {
      let pattern = Self.pattern(depth: 3, &random)
      let plain = try RegularExpression(pattern)
      // An intersection with everything means the same and takes the other way.
      let other = try RegularExpression("(\(pattern))&@")
      for _ in 0..<12 {
        let text = String(
          (0..<Int.random(in: 0...6, using: &random)).map { _ in "abé\n".randomElement(using: &random)! })
        let answer = plain.matches(text)
        matched += answer ? 1 : 0
        #expect(answer == other.matches(text), "\(pattern.debugDescription) \(text.debugDescription)")
      }
    }
    #expect(matched > 300)
  }

  private static func pattern(depth: Int, _ random: inout SeededRandom) -> String {
    guard depth > 0 else { return ["a", "b", ".", "[ab]", "[^a]", "é", "()"].randomElement(using: &random)! }
    let one = pattern(depth: depth - 1, &random)
    let two = pattern(depth: depth - 1, &random)
    switch Int.random(in: 0..<6, using: &random) {
    case 0: return one + two
    case 1: return "(\(one)|\(two))"
    case 2: return "(\(one))*"
    case 3: return "(\(one)){1,2}"
    case 4: return "(\(one))?\(two)"
    default: return one
    }
  }
}
