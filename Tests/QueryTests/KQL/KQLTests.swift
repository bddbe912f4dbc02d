import Query
import Testing

/// Shorthands for the conditions that queries stand for.
func match(_ field: String, _ value: String) -> Predicate { .test(.named(field), .match(value)) }
func phrase(_ field: String, _ value: String) -> Predicate { .test(.named(field), .phrase(value)) }
func free(_ value: String) -> Predicate { .test(.any, .match(value)) }
func exists(_ field: String) -> Predicate { .exists(.named(field)) }

/// A pattern from a text in which `*` is any run and `?` any character.
func pattern(_ text: String, ignoresCase: Bool = false) -> WildcardPattern {
  WildcardPattern(
    text.map { $0 == "*" ? .anyRun : $0 == "?" ? .anyCharacter : .literal(String($0)) }, ignoresCase: ignoresCase)
}

func wild(_ field: String, _ text: String) -> Predicate { .test(.named(field), .wildcard(pattern(text))) }

struct KQLTests {
  @Test("An empty query is true of every event", arguments: ["", "  ", "\n\t\u{A0}", "*", "*:*", " * : * ", "(*)"])
  func empty(query: String) throws {
    #expect(try KQL.parse(query) == .all)
  }

  @Test(
    "Values and fields read as Kibana reads them",
    arguments: [
      ("a:b", match("a", "b")),
      ("a : b", match("a", "b")),
      ("  a:\n b  ", match("a", "b")),
      ("user.name: alice smith", match("user.name", "alice smith")),
      ("user.name: alice   smith ", match("user.name", "alice   smith")),
      ("a: \"b c\"", phrase("a", "b c")),
      ("a: \"\"", phrase("a", "")),
      ("a: \"b*\"", phrase("a", "b*")),
      ("a: b*", wild("a", "b*")),
      ("a: *b c*d", wild("a", "*b c*d")),
      ("a: b**c", wild("a", "b*c")),
      ("a: b\\*", match("a", "b*")),
      ("a: *", exists("a")),
      ("a: **", exists("a")),
      ("a: \"*\"", phrase("a", "*")),
      ("a: true", match("a", "true")),
      ("a: null", .nothing),
      ("a: \"null\"", phrase("a", "null")),
      ("a: \\u0020b \\t", match("a", "b")),
      ("a: b\u{3000}", match("a", "b")),
      ("a=b", free("a=b")),
      ("a && b", free("a && b")),
      ("!a: b", match("!a", "b")),
      ("a: 10.0.0.0/8", match("a", "10.0.0.0/8")),
      ("a: b?c", match("a", "b?c")),
      ("@timestamp: 2024-01-01", match("@timestamp", "2024-01-01")),
      ("\"user.*\": x", match("user.*", "x")),
      ("\"a b\": x", match("a b", "x")),
      ("a b: x", match("a b", "x")),
      ("foo", free("foo")),
      ("foo bar", free("foo bar")),
      ("\"foo bar\"", .test(.any, .phrase("foo bar"))),
      ("foo*", .test(.any, .wildcard(pattern("foo*")))),
      ("*: x", .test(.matching(pattern("*")), .match("x"))),
      ("\"*\": *", exists("*")),
      ("*: \"*\"", .test(.matching(pattern("*")), .phrase("*"))),
      ("user.*: x", .test(.matching(pattern("user.*")), .match("x"))),
      ("user.*: *", .exists(.matching(pattern("user.*")))),
      ("user\\*: x", match("user*", "x")),
    ])
  func values(query: String, expected: Predicate) throws {
    #expect(try KQL.parse(query) == expected)
  }

  @Test(
    "Not binds tighter than and, and tighter than or; keywords in any case",
    arguments: [
      ("a or b and c or d", Predicate.or([free("a"), .and([free("b"), free("c")]), free("d")])),
      ("(a or b) and c", .and([.or([free("a"), free("b")]), free("c")])),
      ("not a and b", .and([.not(free("a")), free("b")])),
      ("not (a and b)", .not(.and([free("a"), free("b")]))),
      ("a AND NOT b Or c", .or([.and([free("a"), .not(free("b"))]), free("c")])),
      ("a and\u{A0}b", .and([free("a"), free("b")])),
      ("a\nand\n\tb", .and([free("a"), free("b")])),
      ("not (not a)", free("a")),
      ("((((a))))", free("a")),
      ("\"a\" or \"b\"", .or([.test(.any, .phrase("a")), .test(.any, .phrase("b"))])),
      ("a and (b and c)", .and([free("a"), free("b"), free("c")])),
      ("a: x and not b: y", .and([match("a", "x"), .not(match("b", "y"))])),
    ])
  func precedence(query: String, expected: Predicate) throws {
    #expect(try KQL.parse(query) == expected)
  }

  @Test(
    "A field takes a group of values",
    arguments: [
      ("a: (b)", match("a", "b")),
      ("a: (b or c)", Predicate.or([match("a", "b"), match("a", "c")])),
      ("a: (b or c and not d)", .or([match("a", "b"), .and([match("a", "c"), .not(match("a", "d"))])])),
      ("a: ((b or c) and not \"d e\")", .and([.or([match("a", "b"), match("a", "c")]), .not(phrase("a", "d e"))])),
      ("a: (b* or *)", .or([wild("a", "b*"), exists("a")])),
      ("a:(b c or d)", .or([match("a", "b c"), match("a", "d")])),
      ("a: (not (b or c))", .not(.or([match("a", "b"), match("a", "c")]))),
      (
        "u.*: (b or c)",
        .or([
          .test(.matching(pattern("u.*")), .match("b")), .test(.matching(pattern("u.*")), .match("c")),
        ])
      ),
      ("*: (a or *)", .all),
      ("\"*\": (a or *)", .or([match("*", "a"), exists("*")])),
    ])
  func groups(query: String, expected: Predicate) throws {
    #expect(try KQL.parse(query) == expected)
  }

  @Test(
    "Comparisons have one bound",
    arguments: [
      ("a > 1", Predicate.test(.named("a"), .range(lower: RangeBound("1", inclusive: false), upper: nil))),
      ("a>=1", .test(.named("a"), .range(lower: RangeBound("1", inclusive: true), upper: nil))),
      ("a < \"x y\"", .test(.named("a"), .range(lower: nil, upper: RangeBound("x y", inclusive: false)))),
      ("a <= now-1d/d", .test(.named("a"), .range(lower: nil, upper: RangeBound("now-1d/d", inclusive: true)))),
      (
        "a <= \"2026-01-01||/d\"",
        .test(.named("a"), .range(lower: nil, upper: RangeBound("2026-01-01||/d", inclusive: true)))
      ),
      ("a > 1*", .test(.named("a"), .range(lower: RangeBound("1*", inclusive: false), upper: nil))),
      ("a > null", exists("a")),
      (
        "a <= 2026-01-01||/d",
        .test(.named("a"), .range(lower: nil, upper: RangeBound("2026-01-01||/d", inclusive: true)))
      ),
      ("a.* > -5", .test(.matching(pattern("a.*")), .range(lower: RangeBound("-5", inclusive: false), upper: nil))),
      (
        "a > 1 and a < 5",
        .and([
          .test(.named("a"), .range(lower: RangeBound("1", inclusive: false), upper: nil)),
          .test(.named("a"), .range(lower: nil, upper: RangeBound("5", inclusive: false))),
        ])
      ),
    ])
  func ranges(query: String, expected: Predicate) throws {
    #expect(try KQL.parse(query) == expected)
  }

  @Test(
    "Inside a nested field, names and patterns lie below its path",
    arguments: [
      ("p: { a: x }", Predicate.nested(path: "p", match("p.a", "x"))),
      (
        "p:{a: x and b > 1}",
        .nested(
          path: "p",
          .and([
            match("p.a", "x"), .test(.named("p.b"), .range(lower: RangeBound("1", inclusive: false), upper: nil)),
          ]))
      ),
      (
        "p: { q: { a: (x or y) } or not a: * }",
        .nested(
          path: "p",
          .or([
            .nested(path: "p.q", .or([match("p.q.a", "x"), match("p.q.a", "y")])), .not(exists("p.a")),
          ]))
      ),
      ("p: { x }", .nothing),
      ("p: { not x }", .nested(path: "p", .all)),
      ("p: { a*: x }", .nested(path: "p", .test(.matching(pattern("p.a*")), .match("x")))),
      ("p: { *: x }", .nested(path: "p", .test(.matching(pattern("p.*")), .match("x")))),
      ("p: { *: * }", .nested(path: "p", .exists(.matching(pattern("p.*"))))),
      ("not p: { a: x } and p.a: y", .and([.not(.nested(path: "p", match("p.a", "x"))), match("p.a", "y")])),
    ])
  func nested(query: String, expected: Predicate) throws {
    #expect(try KQL.parse(query) == expected)
  }

  @Test(
    "Escapes outside and inside quotes",
    arguments: [
      (#"a: \(b\) \{c\} \<d\> \: \" \* \\"#, match("a", #"(b) {c} <d> : " * \"#)),
      (#"a: b \and c \OR d \not e"#, match("a", "b and c OR d \not e")),
      (#"a: \not"#, match("a", "ot")),
      (#"a: x\ty\rz\nw"#, match("a", "x\ty\rz\nw")),
      (#"a: \nothing"#, match("a", "othing")),
      (#"a: \order"#, match("a", "order")),
      (#"a: \u0041\u00e9\uD83D\uDE00"#, match("a", "Aé😀")),
      (#"a: x\u0020"#, match("a", "x")),
      (#"a\:b: c"#, match("a:b", "c")),
      (#"a: "b \"c\" \\ \t\r\n \u0041 \d \* \users""#, phrase("a", "b \"c\" \\ \t\r\n A \\d \\* \\users")),
      (#"a: "C:\Windows\System32""#, phrase("a", #"C:\Windows\System32"#)),
      (#""a\"b": c"#, match("a\"b", "c")),
    ])
  func escapes(query: String, expected: Predicate) throws {
    #expect(try KQL.parse(query) == expected)
  }

  @Test(
    "Keywords count as such only as whole words that join or negate something",
    arguments: [
      ("a: cannot", match("a", "cannot")),
      ("and b", free("and b")),
      ("or", free("or")),
      ("a or or b", .or([free("a"), free("or b")])),
      ("a: foo or", match("a", "foo or")),
      ("a: (foo or)", match("a", "foo or")),
      ("a: (b or or c)", .or([match("a", "b"), match("a", "or c")])),
      ("a: b and", match("a", "b and")),
      ("android and oracle", Predicate.and([free("android"), free("oracle")])),
      ("a: nothing or notable", .or([match("a", "nothing"), free("notable")])),
      ("region: OR", match("region", "OR")),
      ("region: (CA or OR or WA)", .or([match("region", "CA"), match("region", "OR"), match("region", "WA")])),
      ("region: OR and a: b", .and([match("region", "OR"), match("a", "b")])),
      ("title: And Then There Were None", match("title", "And Then There Were None")),
      ("a: not", match("a", "not")),
      ("a: do not", match("a", "do not")),
      ("not: x", match("not", "x")),
      ("or: x and and: y", .and([match("or", "x"), match("and", "y")])),
      ("a: and-more", match("a", "and-more")),
      ("a: \"and\" or b: \"or\"", .or([phrase("a", "and"), phrase("b", "or")])),
    ])
  func keywords(query: String, expected: Predicate) throws {
    #expect(try KQL.parse(query) == expected)
  }

  @Test("The rule's own query reads as written")
  func trustPolicyQuery() throws {
    let query = """
      event.dataset: "aws.cloudtrail"
          and event.provider: "iam.amazonaws.com"
          and event.action: "UpdateAssumeRolePolicy"
          and event.outcome: "success"
          and not source.address: (
            "cloudformation.amazonaws.com" or
            servicecatalog*
          )
      """
    #expect(
      try KQL.parse(query)
        == .and([
          phrase("event.dataset", "aws.cloudtrail"), phrase("event.provider", "iam.amazonaws.com"),
          phrase("event.action", "UpdateAssumeRolePolicy"), phrase("event.outcome", "success"),
          .not(
            .or([phrase("source.address", "cloudformation.amazonaws.com"), wild("source.address", "servicecatalog*")])),
        ]))
  }

  @Test("Wildcards on the text of request parameters, as published rules have them")
  func requestParameters() throws {
    #expect(
      try KQL.parse("p: (*attribute=userData* and *instanceId*) AND\nnot q: (\"AWS Internal\" or\n  \"x.com\"\n)")
        == .and([
          wild("p", "*attribute=userData*"), wild("p", "*instanceId*"),
          .not(.or([phrase("q", "AWS Internal"), phrase("q", "x.com")])),
        ]))
    #expect(try KQL.parse("p: *key=a, value=b*") == wild("p", "*key=a, value=b*"))
  }

  @Test("What KQL cannot say has no text")
  func unsayable() {
    let single = WildcardPattern([.literal("a"), .anyCharacter])
    let bound = RangeBound("1", inclusive: true)
    for test: ValueTest in [
      .wildcard(single), .wildcard(WildcardPattern([.literal("a"), .anyRun], ignoresCase: true)),
      .wildcard(WildcardPattern()), .range(lower: bound, upper: bound),
    ] {
      #expect(KQL.text(.and([.exists(.named("a")), .test(.named("b"), test)])) == nil)
    }
  }
}
