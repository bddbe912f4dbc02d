import Events
import JSON
import Testing

@testable import Query

struct RuleFiltersTests {
  private func read(_ json: String) throws -> Predicate {
    try RuleFilters.predicate([JSONValue(json: json)])
  }

  private static func range(_ lower: RangeBound?, _ upper: RangeBound?, format: String? = nil) -> Predicate {
    let format = format.flatMap { try? DateFormat($0) }
    var (lower, upper) = (lower, upper)
    lower?.format = format
    upper?.format = format
    return .test(.named("n"), .range(lower: lower, upper: upper))
  }

  struct Case: Sendable, CustomTestStringConvertible {
    var json: String
    var expected: Predicate
    init(_ json: String, _ expected: Predicate) { (self.json, self.expected) = (json, expected) }
    var testDescription: String { json }
  }

  @Test(
    "Values, phrases, existence",
    arguments: [
      Case(
        #"{"meta":{"type":"phrase"},"query":{"match_phrase":{"u":"a b"}},"$state":{"store":"appState"}}"#,
        phrase("u", "a b")),
      Case(#"{"query":{"match_phrase":{"u":{"query":"a"}}}}"#, phrase("u", "a")),
      Case(#"{"query":{"match_phrase":{"n":5}}}"#, phrase("n", "5")),
      Case(#"{"query":{"match_phrase":{"n":true}}}"#, phrase("n", "true")),
      Case(#"{"query":{"match":{"u":"a b"}}}"#, match("u", "a b")),
      Case(#"{"query":{"match":{"u":{"query":"a","type":"phrase"}}}}"#, phrase("u", "a")),
      Case(#"{"query":{"match":{"u":{"query":"a b","operator":"or"}}}}"#, match("u", "a b")),
      Case(#"{"query":{"match":{"u":{"query":"a","operator":"and"}}}}"#, match("u", "a")),
      Case(
        #"{"meta":{"type":"phrases","params":["a","b"]},"query":{"bool":{"minimum_should_match":1,"should":[{"match_phrase":{"u":"a"}},{"match_phrase":{"u":"b"}}]}}}"#,
        .or([phrase("u", "a"), phrase("u", "b")])
      ),
      Case(#"{"meta":{"type":"exists"},"query":{"exists":{"field":"u"}}}"#, exists("u")),
      Case(#"{"meta":{},"exists":{"field":"u"}}"#, exists("u")),
      Case(#"{"query":null,"exists":{"field":"u.*"}}"#, .exists(.matching(pattern("u.*")))),
      Case(
        #"{"query":{"range":{"n":{"gte":1,"lt":2.5}}}}"#,
        range(RangeBound("1", inclusive: true), RangeBound("2.5", inclusive: false))
      ),
    ])
  func values(filter: Case) throws {
    #expect(try read(filter.json) == filter.expected)
  }

  @Test(
    "Ranges and patterns",
    arguments: [
      Case(
        #"{"range":{"n":{"gt":"now-1d/d","format":"strict_date_optional_time","lte":null}}}"#,
        range(RangeBound("now-1d/d", inclusive: false), nil, format: "strict_date_optional_time")
      ),
      Case(
        #"{"query":{"range":{"n":{"from":1,"to":2,"include_lower":true,"include_upper":false,"boost":1}}}}"#,
        range(RangeBound("1", inclusive: true), RangeBound("2", inclusive: false))
      ),
      Case(#"{"query":{"range":{"n":{"from":null,"to":2}}}}"#, range(nil, RangeBound("2", inclusive: true))),
      Case(#"{"query":{"range":{"n":{"gte":null}}}}"#, exists("n")),
      Case(
        #"{"query":{"range":{"n":{"gte":1700000000,"format":"epoch_second"}}}}"#,
        range(RangeBound("1700000000", inclusive: true), nil, format: "epoch_second")
      ),
      Case(
        #"{"query":{"wildcard":{"u":{"value":"a*b?\\*"}}}}"#,
        .test(
          .named("u"),
          .termPattern(WildcardPattern(written: #"a*b?\*"#)))),
      Case(#"{"query":{"wildcard":{"u":"A*"}}}"#, termWild("u", "A*")),
      Case(
        #"{"query":{"wildcard":{"u":{"wildcard":"A*","case_insensitive":true}}}}"#,
        .test(.named("u"), .termPattern(WildcardPattern(written: "A*", ignoresCase: true)))),
      Case(
        #"{"query":{"prefix":{"u":"a*"}}}"#,
        .test(.named("u"), .termPattern(WildcardPattern([.literal("a*"), .anyRun])))),
      Case(#"{"query":{"term":{"u":"a"}}}"#, term("u", "a")),
      Case(#"{"query":{"term":{"u":{"value":7,"boost":2}}}}"#, term("u", "7")),
    ])
  func ranges(filter: Case) throws {
    #expect(try read(filter.json) == filter.expected)
  }

  @Test(
    "Terms and constants",
    arguments: [
      Case(
        #"{"query":{"term":{"u":{"value":"a","case_insensitive":true}}}}"#,
        .test(.named("u"), .termPattern(WildcardPattern([.literal("a")], ignoresCase: true)))),
      Case(#"{"query":{"terms":{"u":["a",1],"boost":1}}}"#, .or([term("u", "a"), term("u", "1")])),
      Case(#"{"query":{"terms":{"u":[]}}}"#, .nothing),
      Case(#"{"query":{"match_all":{}}}"#, .all),
      Case(#"{"match_all":{}}"#, .all),
      Case(#"{"query":{"match_none":{}}}"#, .nothing),
      Case(#"{"query":{"bool":{}}}"#, .all),
      Case(#"{"query":{"bool":{"must_not":{"term":{"u":"a"}}}}}"#, .not(term("u", "a"))),
      Case(
        #"{"query":{"bool":{"must":[{"term":{"u":"a"}}],"filter":{"term":{"u":"b"}},"should":[{"term":{"u":"c"}}],"must_not":[{"term":{"u":"d"}}]}}}"#,
        .and([term("u", "a"), term("u", "b"), .not(term("u", "d"))])
      ),
    ])
  func terms(filter: Case) throws {
    #expect(try read(filter.json) == filter.expected)
  }

  @Test(
    "Groups of clauses",
    arguments: [
      Case(
        #"{"query":{"bool":{"should":[{"term":{"u":"a"}},{"term":{"u":"b"}}],"must_not":[{"term":{"u":"c"}}]}}}"#,
        .and([.not(term("u", "c")), .or([term("u", "a"), term("u", "b")])])
      ),
      Case(
        #"{"query":{"bool":{"should":[{"term":{"u":"a"}},{"term":{"u":"b"}},{"term":{"u":"c"}}],"minimum_should_match":"2"}}}"#,
        .or([
          .and([term("u", "a"), term("u", "b")]), .and([term("u", "a"), term("u", "c")]),
          .and([term("u", "b"), term("u", "c")]),
        ])
      ),
      Case(
        #"{"query":{"bool":{"should":[{"term":{"u":"a"}},{"term":{"u":"b"}}],"minimum_should_match":"100%"}}}"#,
        .and([term("u", "a"), term("u", "b")])
      ),
      Case(
        #"{"query":{"bool":{"should":[{"term":{"u":"a"}},{"term":{"u":"b"}}],"minimum_should_match":-1}}}"#,
        .or([term("u", "a"), term("u", "b")])
      ),
      Case(#"{"query":{"bool":{"should":[{"term":{"u":"a"}}],"minimum_should_match":2}}}"#, .nothing),
      Case(#"{"query":{"constant_score":{"filter":{"term":{"u":"a"}}}}}"#, term("u", "a")),
      Case(
        #"{"query":{"dis_max":{"queries":[{"term":{"u":"a"}},{"term":{"u":"b"}}]}}}"#,
        .or([term("u", "a"), term("u", "b")])),
      Case(#"{"query":{"nested":{"path":"p","query":{"term":{"p.u":"a"}}}}}"#, .nested(path: "p", term("p.u", "a"))),
      Case(
        #"{"query":{"multi_match":{"query":"a","fields":["u^3","v.*"]}}}"#,
        .or([match("u", "a"), .test(.matching(pattern("v.*")), .match("a"))])),
      Case(#"{"query":{"multi_match":{"query":"a b","type":"phrase","lenient":true}}}"#, .test(.any, .phrase("a b"))),
      Case(#"{"query":{"query_string":{"query":"a\\-b*","fields":["u"]}}}"#, wild("u", "a-b*")),
      Case(#"{"query":{"query_string":{"query":"\"a b\"","default_field":"u"}}}"#, phrase("u", "a b")),
    ])
  func groups(filter: Case) throws {
    #expect(try read(filter.json) == filter.expected)
  }

  @Test(
    "Texts and whole filters",
    arguments: [
      Case(#"{"query":{"query_string":{"query":"*"}}}"#, .all),
      Case(
        #"{"query":{"query_string":{"query":"u:a AND NOT v:*"}}}"#,
        .and([.test(.lenient(.named("u")), .match("a")), .not(exists("v"))])),
      Case(
        #"{"query":{"query_string":{"query":"u:a AND NOT v:*","fields":["w"]}}}"#,
        .and([match("u", "a"), .not(exists("v"))])),
      Case(
        #"{"query":{"query_string":{"query":"a \"b\"","default_field":"u","default_operator":"AND"}}}"#,
        .and([match("u", "a"), phrase("u", "b")])),
      Case(#"{"query":{"query":"u:(a OR b)","language":"lucene"}}"#, .or([match("u", "a"), match("u", "b")])),
      Case(#"{"query":{"query":"u: a and not v: *","language":"kuery"}}"#, .and([match("u", "a"), .not(exists("v"))])),
      Case(#"{"query":{"kql":{"query":"u: a*"}}}"#, wild("u", "a*")),
      Case(#"{"meta":{"negate":true},"query":{"match_phrase":{"u":"a"}}}"#, .not(phrase("u", "a"))),
      Case(#"{"meta":{"negate":false,"disabled":false},"query":{"match_phrase":{"u":"a"}}}"#, phrase("u", "a")),
      Case(#"{"meta":{"disabled":true},"query":{"match_phrase":{"u":"a"}}}"#, .all),
      Case(#"{"meta":{"disabled":true},"query":{"script":{}}}"#, .all),
      Case(
        #"{"meta":{"type":"combined","relation":"OR","negate":true,"params":[{"meta":{"negate":true},"query":{"match_phrase":{"u":"a"}}},{"query":{"exists":{"field":"v"}}},{"meta":{"disabled":true},"query":{"match_all":{}}}]}}"#,
        .not(.or([.not(phrase("u", "a")), exists("v")]))
      ),
      Case(
        #"{"meta":{"type":"combined","relation":"AND","params":[{"query":{"match_phrase":{"u":"a"}}},{"meta":{"type":"combined","relation":"OR","params":[{"query":{"exists":{"field":"v"}}},{"query":{"exists":{"field":"w"}}}]}}]},"query":{}}"#,
        .and([phrase("u", "a"), .or([exists("v"), exists("w")])])
      ),
    ])
  func wholeFilters(filter: Case) throws {
    #expect(try read(filter.json) == filter.expected)
  }

  @Test("Several filters hold together; none hold always")
  func several() throws {
    #expect(try RuleFilters.predicate([]) == .all)
    #expect(
      try RuleFilters.predicate([
        ["query": ["term": ["u": "a"]]], ["meta": ["negate": true], "query": ["exists": ["field": "v"]]],
        ["meta": ["disabled": true], "query": ["term": ["u": "b"]]],
      ]) == .and([term("u", "a"), .not(exists("v"))]))
  }

  @Test(
    "What is not supported or malformed is refused by name and place",
    arguments: [
      (#"{"query":{"script":{"script":{}}}}"#, "filters[0].query.script: the clause `script` is not supported"),
      (
        #"{"query":{"bool":{"must":[{"term":{"u":"a"}},{"geo_distance":{}}]}}}"#,
        "filters[0].query.bool.must[1].geo_distance: the clause `geo_distance` is not supported"
      ),
      (#"{"geo_bounding_box":{}}"#, "filters[0].geo_bounding_box: the clause `geo_bounding_box` is not supported"),
      (#"{"meta":{}}"#, "filters[0]: the filter has no `query`"),
      (#"{"query":{}}"#, "filters[0].query: a clause has one kind, this has none"),
      (
        #"{"query":{"term":{"u":1},"exists":{}}}"#, "filters[0].query: a clause has one kind, this has `exists`, `term`"
      ),
      (#"{"query":{"term":{"u":["a"]}}}"#, "filters[0].query.term.u: the value is no text, number or boolean"),
      (
        #"{"query":{"match":{"u":{"query":"a b","operator":"both"}}}}"#,
        "filters[0].query.match.u: `operator` is AND or OR"
      ),
      (
        #"{"query":{"match":{"u":{"query":"a","fuzziness":"SOME"}}}}"#,
        "filters[0].query.match.u: `fuzziness` is 0, 1, 2, AUTO or AUTO:3,6"
      ),
      (
        #"{"query":{"match_phrase":{"u":{"query":"a","slop":-2}}}}"#,
        "filters[0].query.match_phrase.u: `slop` is a whole number from 0"
      ),
      (
        #"{"query":{"range":{"n":{"gte":1,"gt":2}}}}"#,
        "filters[0].query.range.n.gt: the range has two bounds at one end"
      ),
      (
        #"{"query":{"range":{"n":{"gte":"x","format":"dd/mm/jjjj"}}}}"#,
        "filters[0].query.range.n: `format` is no format of dates: Invalid format: [dd/mm/jjjj]: Unknown pattern letter: j"
      ),
      (
        #"{"query":{"range":{"n":{"gte":1,"time_zone":"+2:00"}}}}"#,
        "filters[0].query.range.n: `time_zone` is an offset such as +01:00, or a name such as Europe/Berlin"
      ),
      (
        #"{"query":{"range":{"n":{"above":1}}}}"#, "filters[0].query.range.n: the setting `above` of a range is unknown"
      ),
      (#"{"query":{"bool":{"musst":[]}}}"#, "filters[0].query.bool: a bool clause has no `musst`"),
      (#"{"query":{"terms":{"u":{"index":"x"}}}}"#, "filters[0].query.terms.u: `terms` takes its values as a list"),
      (#"{"meta":{"negate":"yes"},"query":{"match_all":{}}}"#, "filters[0]: `meta.negate` is true or false"),
      (
        #"{"meta":{"type":"combined","relation":"XOR","params":[{"query":{"match_all":{}}}]}}"#,
        "filters[0]: `meta.relation` of a combined filter is AND or OR"
      ),
      (#"[]"#, "filters[0]: a filter is an object"),
    ])
  func refused(json: String, message: String) throws {
    let error = #expect(throws: FilterError.self) { try read(json) }
    #expect(error?.description == message)
  }

  @Test("Depth and combinations are bounded")
  func bounds() {
    var clause: JSONValue = ["match_all": [:]]
    var filter: JSONValue = ["query": ["match_all": [:]]]
    for _ in 0..<5000 {
      clause = ["bool": ["must": [clause]]]
      filter = ["meta": ["type": "combined", "relation": "AND", "params": [filter]]]
    }
    #expect(throws: FilterError.self) { try RuleFilters.predicate([["query": clause]]) }
    #expect(throws: FilterError.self) { try RuleFilters.predicate([filter]) }
    let many = JSONValue.array((0..<60).map { ["term": ["u": .integer($0)]] })
    #expect(throws: FilterError.self) {
      try RuleFilters.predicate([["query": ["bool": ["should": many, "minimum_should_match": 30]]]])
    }
  }
}

private func term(_ field: String, _ value: String) -> Predicate { .test(.named(field), .term(value)) }
private func termWild(_ field: String, _ text: String) -> Predicate {
  .test(.named(field), .termPattern(WildcardPattern(written: text)))
}
