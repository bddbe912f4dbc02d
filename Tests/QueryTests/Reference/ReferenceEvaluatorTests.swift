import Events
import JSON
import Query
import Testing

/// The facts about how values compare, written by hand. Whatever evaluates queries has to agree with them.
struct ReferenceEvaluatorTests {
  private static let types: [String: FieldType] = [
    "k": .keyword, "short": .keyword(ignoreAbove: 4), "w": .wildcard, "t": .text, "multi": .keyword,
    "multi.text": .text, "i": .integer, "d": .double, "b": .boolean, "at": .date(nil), "ip": .ip, "f": .flattened,
    "n": .nested, "n.deep": .nested, "n.num": .integer, "o": .object, "geo": .geoPoint, "bin": .binary,
  ]

  /// 2024-03-15T10:20:30.500Z, a Friday.
  private static let now = Timestamp(milliseconds: 1_710_498_030_500)

  private static let evaluator = ReferenceEvaluator(
    type: { types[$0] ?? .keyword }, source: { $0 == "multi.text" ? "multi" : $0 }, now: now)

  struct Fact: Sendable, CustomTestStringConvertible {
    var query: String
    var event: JSONValue
    var holds: Bool
    init(_ query: String, _ event: JSONValue, _ holds: Bool) {
      (self.query, self.event, self.holds) = (query, event, holds)
    }
    var testDescription: String { query }
  }

  private func check(_ fact: Fact) throws {
    let found = Self.evaluator.matches(try KQL.parse(fact.query), fact.event)
    #expect(found == fact.holds, "\(fact.query) on \(fact.event)")
  }

  @Test(
    "Missing fields, several values, negation",
    arguments: [
      Fact("k: x", [:], false), Fact("not k: x", [:], true), Fact("k: *", [:], false), Fact("not k: *", [:], true),
      Fact("k: x", ["k": .null], false), Fact("k: *", ["k": .null], false), Fact("k: *", ["k": []], false),
      Fact("k: *", ["k": [.null]], false), Fact("k: x", ["k": ["y", "x"]], true),
      Fact("not k: x", ["k": ["y", "x"]], false),
      Fact("k: x and k: y", ["k": ["y", "x"]], true), Fact("k: (x and not z)", ["k": ["y", "x"]], true),
      Fact("k: x", ["k": [["x"]]], true), Fact("", [:], true), Fact("*: *", [:], true),
      Fact("a.b.c: x", ["a": ["b": ["c": "x"]]], true), Fact("a.b.c: x", ["a.b": ["c": "x"]], true),
      Fact("a.b.c: x", ["a": ["b.c": "x"]], true), Fact("a.b.c: x", ["a.b.c": "x"], true),
      Fact("a.b: x", ["a": [["b": "y"], ["b": "x"]]], true),
      Fact("a.b: x and a.c: y", ["a": [["b": "x"], ["c": "y"]]], true),
      Fact("a: *", ["a": ["b": "x"]], true), Fact("a: *", ["a": ["b": [:]]], false),
      Fact("a: x", ["a": ["b": "x"]], false),
    ])
  func presence(fact: Fact) throws { try check(fact) }

  @Test(
    "A keyword compares whole and case-sensitively",
    arguments: [
      Fact("k: foo bar", ["k": "foo bar"], true), Fact("k: \"foo bar\"", ["k": "foo bar"], true),
      Fact("k: foo", ["k": "foo bar"], false), Fact("k: Foo", ["k": "foo"], false), Fact("k: \"\"", ["k": ""], true),
      Fact("k: *", ["k": ""], true), Fact("k: 5", ["k": 5], true), Fact("k: 1.5", ["k": 1.5], true),
      Fact("k: true", ["k": true], true), Fact("k: 5.0", ["k": 5], false),
      Fact("k: f*r", ["k": "foo bar"], true), Fact("k: *oo*", ["k": "foo bar"], true),
      Fact("k: F*", ["k": "foo"], false),
      Fact("k: f*x", ["k": "foo"], false), Fact("k: *foo*", ["k": "foo"], true), Fact("k: \"f*\"", ["k": "foo"], false),
      Fact("k: \"f*\"", ["k": "f*"], true), Fact("k: f?o", ["k": "foo"], false),
      Fact("k: *o*o*o*", ["k": "foo"], false),
      Fact("k: a*c", ["k": "a\nb\nc"], true),
      // An accented letter in one character and in two are different values.
      Fact("k: \\u00e9", ["k": "e\u{301}"], false), Fact("k: \\u00e9", ["k": "\u{e9}"], true),
      Fact("k > b", ["k": "c"], true), Fact("k > b", ["k": "b"], false), Fact("k >= b", ["k": "b"], true),
      Fact("k < b", ["k": "a"], true), Fact("k < b", ["k": "B"], true), Fact("k <= b", ["k": "ba"], false),
      Fact("k > 10", ["k": "9"], true), Fact("k < \\u00e9", ["k": "z"], true),
      Fact("short: abcd", ["short": "abcd"], true), Fact("short: abcde", ["short": "abcde"], false),
      Fact("short: *", ["short": "abcde"], false), Fact("short: a*", ["short": "abcde"], false),
      Fact("short: *", ["short": ["abcde", "x"]], true), Fact("short: *", ["short": "a😀b"], true),
      Fact("short: *", ["short": "ab😀b"], false), Fact("short: éééé", ["short": "éééé"], true),
      Fact("w: *", ["w": .string(String(repeating: "x", count: 40_000))], true),
      Fact("k: *", ["k": .string(String(repeating: "x", count: 1024))], true),
      Fact("k: *", ["k": .string(String(repeating: "x", count: 1025))], false),
    ])
  func keywords(fact: Fact) throws { try check(fact) }

  @Test(
    "Text compares by words",
    arguments: [
      Fact("t: brown", ["t": "The Quick BROWN fox"], true), Fact("t: slow brown", ["t": "quick brown"], true),
      Fact("t: slow red", ["t": "quick brown"], false), Fact("t: \"quick brown\"", ["t": "The Quick-Brown fox"], true),
      Fact("t: \"brown quick\"", ["t": "quick brown"], false),
      Fact("t: \"quick fox\"", ["t": "quick brown fox"], false),
      Fact("t: \"quick brown\"", ["t": ["quick", "brown"]], false), Fact("t: bro*", ["t": "quick brown"], true),
      Fact("t: BRO*", ["t": "Quick Brown"], true), Fact("t: qui*wn", ["t": "quick brown"], false),
      Fact("t: ---", ["t": "a"], false), Fact("t: \"\"", ["t": "a"], false), Fact("t: *", ["t": "---"], true),
      Fact("t: 5", ["t": 5], true), Fact("t: brow", ["t": "brown"], false), Fact("t > quick", ["t": "a zebra"], true),
      Fact("t: the the the", ["t": "the"], true), Fact("t: \"a b\"", ["t": "a a b"], true),
    ])
  func text(fact: Fact) throws { try check(fact) }

  @Test(
    "A multi-field reads its parent's values by its own type",
    arguments: [
      Fact("multi.text: brown", ["multi": "Quick Brown"], true), Fact("multi: brown", ["multi": "Quick Brown"], false),
      Fact("multi.text: \"quick brown\"", ["multi": "Quick Brown"], true), Fact("multi.text: *", ["multi": "x"], true),
      Fact("multi.text: *", [:], false),
      Fact("multi.text: word", ["multi": .string(String(repeating: "x ", count: 3000) + "word")], true),
    ])
  func multiFields(fact: Fact) throws { try check(fact) }

  @Test(
    "Numbers compare as numbers",
    arguments: [
      Fact("i: 1", ["i": 1], true), Fact("i: 1.0", ["i": 1], true), Fact("i: \"1\"", ["i": 1], true),
      Fact("i: 1e0", ["i": 1], true), Fact("i: 1.5", ["i": 1], false), Fact("i: 1", ["i": "1"], true),
      Fact("i: 1", ["i": "1.9"], true), Fact("i: 1", ["i": 1.9], true), Fact("i: -1", ["i": -1.9], true),
      Fact("i: *", ["i": "x"], false), Fact("i: x", ["i": 1], false), Fact("i: *", ["i": true], false),
      Fact("i: *", ["i": ""], false), Fact("i > 1", ["i": 2], true), Fact("i > 1.5", ["i": 1], false),
      Fact("i > 1.5", ["i": 2], true), Fact("i >= 1.5", ["i": 1], false), Fact("i < 10", ["i": 9], true),
      Fact("i < -1.5", ["i": -1], false), Fact("i < -1.5", ["i": -2], true), Fact("i < 1e30", ["i": 5], true),
      Fact("i > 1e30", ["i": 5], false), Fact("i < x", ["i": 5], false), Fact("i: 5*", ["i": 55], false),
      Fact("i: 9223372036854775807", ["i": .integer(.max)], true),
      Fact("i: 9223372036854775806", ["i": .integer(.max)], false), Fact("i > 1 and i < 5", ["i": [0, 9]], true),
      Fact("d: 1", ["d": 1.0], true), Fact("d: 1.50", ["d": 1.5], true), Fact("d: 1.5", ["d": "1.5"], true),
      Fact("d > 1", ["d": 1.0001], true), Fact("d: 0.1", ["d": 0.1], true), Fact("d: x", ["d": 1], false),
      Fact("d: nan", ["d": "NaN"], false), Fact("d: *", ["d": "NaN"], false), Fact("d <= 1e3", ["d": 1000], true),
      Fact("d: 0x10", ["d": 16], false), Fact("d: \" 1\"", ["d": 1], false), Fact("d: +1", ["d": 1], true),
      Fact("d: -0", ["d": 0], true),
    ])
  func numbers(fact: Fact) throws { try check(fact) }

  @Test(
    "Booleans and addresses",
    arguments: [
      Fact("b: true", ["b": true], true), Fact("b: true", ["b": "true"], true),
      Fact("b: \"false\"", ["b": false], true),
      Fact("b: True", ["b": true], false), Fact("b: *", ["b": "yes"], false), Fact("b: 1", ["b": true], false),
      Fact("b: *", ["b": 1], false), Fact("b >= false", ["b": true], true),
      Fact("ip: 10.0.0.1", ["ip": "10.0.0.1"], true), Fact("ip: 10.0.0.0/8", ["ip": "10.1.2.3"], true),
      Fact("ip: \"10.0.0.0/8\"", ["ip": "11.1.2.3"], false), Fact("ip: 10.9.9.9/8", ["ip": "10.1.2.3"], true),
      Fact("ip: 0.0.0.0/0", ["ip": "1.2.3.4"], true), Fact("ip: 0.0.0.0/0", ["ip": "2001:db8::1"], false),
      Fact("ip: \"::/0\"", ["ip": "1.2.3.4"], true), Fact("ip: 1.2.3.4/32", ["ip": "1.2.3.4"], true),
      Fact("ip: 1.2.3.4/31", ["ip": "1.2.3.5"], true), Fact("ip: 1.2.3.4/33", ["ip": "1.2.3.4"], false),
      Fact("ip: \"2001:DB8:0:0::1\"", ["ip": "2001:db8::1"], true),
      Fact("ip: \"2001:db8:0:0:0:0:0:1\"", ["ip": "2001:db8::1"], true),
      Fact("ip: \"::ffff:1.2.3.4\"", ["ip": "1.2.3.4"], true), Fact("ip: \"::ffff:102:304\"", ["ip": "1.2.3.4"], true),
      Fact("ip: \"2001:db8::/32\"", ["ip": "2001:db8:ff::1"], true),
      Fact("ip: \"2001:db8::/33\"", ["ip": "2001:db8:8000::1"], false), Fact("ip: \"::1\"", ["ip": "::1"], true),
      Fact("ip: *", ["ip": "cloudtrail.amazonaws.com"], false), Fact("ip: *", ["ip": "010.0.0.1"], false),
      Fact("ip: *", ["ip": "1.2.3"], false), Fact("ip: *", ["ip": "1::2::3"], false),
      Fact("ip: *", ["ip": "fe80::1%eth0"], false),
      Fact("ip: *", ["ip": "::"], true), Fact("ip: *", ["ip": "1:2:3:4:5:6:7:8:9"], false),
      Fact("ip: *", ["ip": "1:2:3:4:5:6:7::8"], false), Fact("ip: *", ["ip": "1:2:3:4:5:6:7::"], true),
      Fact("ip: x", ["ip": "1.2.3.4"], false), Fact("ip: 1.2.*", ["ip": "1.2.3.4"], false),
      Fact("ip >= 10.0.0.0 and ip <= 10.0.0.255", ["ip": "10.0.0.7"], true),
      Fact("ip > 9.0.0.0", ["ip": "10.0.0.0"], true),
      Fact("ip < \"::1\"", ["ip": "1.2.3.4"], false), Fact("ip > 10.0.0.0/8", ["ip": "11.0.0.0"], false),
    ])
  func booleansAndAddresses(fact: Fact) throws { try check(fact) }

  @Test(
    "Dates: units, time zones, epoch milliseconds, date math, rounding",
    arguments: [
      Fact("at: 2024-01", ["at": "2024-01-01T23:59:59.999Z"], true), Fact("at: 2024-01", ["at": "2024-01-02"], false),
      Fact("at: 2024", ["at": "2024-12-31T23:59:59Z"], false),
      Fact("at: 2024-01-05", ["at": "2024-01-05T12:00:00Z"], true),
      Fact("at: \"2024-01-05T12\"", ["at": "2024-01-05T12:59:59Z"], true),
      Fact("at: \"2024-01-05T12:30\"", ["at": "2024-01-05T12:30:59.999Z"], true),
      Fact("at: \"2024-01-05T12:30:10Z\"", ["at": "2024-01-05T12:30:10.7Z"], true),
      Fact("at: \"2024-01-05T12:30:10.700Z\"", ["at": "2024-01-05T12:30:10.7Z"], true),
      Fact("at: \"2024-01-05T12:30:10.7Z\"", ["at": "2024-01-05T12:30:10.701Z"], false),
      Fact("at: \"2024-01-05T14:30:00+02:00\"", ["at": "2024-01-05T12:30:00Z"], true),
      Fact("at: \"2024-01-05T07:00:00-0530\"", ["at": "2024-01-05T12:30:00Z"], true),
      Fact("at: 1704457800000", ["at": "2024-01-05T12:30:00Z"], true),
      Fact("at: \"2024-01-05T12:30:00Z\"", ["at": 1_704_457_800_000], true),
      Fact("at: \"2024-01-05T12:30:00Z\"", ["at": "1704457800000"], true), Fact("at: 2024", ["at": 2024], true),
      Fact("at: \"1970-01-01T00:00:12.345Z\"", ["at": 12345], true), Fact("at < 1970", ["at": -1], true),
      Fact("at: *", ["at": "2024-02-30"], false), Fact("at: *", ["at": "2024-02-29"], true),
      Fact("at: *", ["at": "2023-02-29"], false), Fact("at: *", ["at": "2024-13-01"], false),
      Fact("at: *", ["at": "2024-01-01 10:00:00"], false), Fact("at: *", ["at": "2024-1-1"], false),
      Fact("at: *", ["at": "now"], false), Fact("at: *", ["at": true], false),
      Fact("at: *", ["at": "2024-01-01T24:00:00Z"], false),
      Fact("at: x", ["at": "2024-01-01"], false), Fact("at: 2024*", ["at": "2024-01-01"], false),
      Fact("at > 2024-01", ["at": "2024-01-01T23:59:59.999Z"], false),
      Fact("at > 2024-01", ["at": "2024-01-02T00:00:00Z"], true),
      Fact("at >= 2024-01", ["at": "2024-01-01T00:00:00Z"], true),
      Fact("at < 2024-01", ["at": "2024-01-01T00:00:00Z"], false),
      Fact("at < 2024-01", ["at": "2023-12-31T23:59:59.999Z"], true),
      Fact("at <= 2024-01", ["at": "2024-01-01T23:59:59.999Z"], true),
      Fact("at <= 2024-01", ["at": "2024-01-02"], false),
      Fact("at >= now-1d", ["at": "2024-03-14T10:20:30.500Z"], true),
      Fact("at >= now-1d", ["at": "2024-03-14T10:20:30.499Z"], false),
      Fact("at >= now-1d/d", ["at": "2024-03-14T00:00:00Z"], true),
      Fact("at > now-1d/d", ["at": "2024-03-14T23:59:59.999Z"], false),
      Fact("at <= now/d", ["at": "2024-03-15T23:59:59.999Z"], true),
      Fact("at < now/d", ["at": "2024-03-15T00:00:00Z"], false),
      Fact("at >= now/w", ["at": "2024-03-11T00:00:00Z"], true),
      Fact("at >= now/w", ["at": "2024-03-10T23:59:59.999Z"], false),
      Fact("at >= now/M", ["at": "2024-03-01T00:00:00Z"], true), Fact("at >= now/y", ["at": "2024-01-01"], true),
      Fact("at >= now/h", ["at": "2024-03-15T10:00:00Z"], true),
      Fact("at >= now+1h", ["at": "2024-03-15T11:20:30.499Z"], false),
      Fact("at: now/d", ["at": "2024-03-15T01:00:00Z"], true), Fact("at: now/d", ["at": "2024-03-16"], false),
      Fact("at >= now-1M-1d+1h", ["at": "2024-02-14T11:20:30.500Z"], true),
      Fact("at: \"2024-01-31||+1M\"", ["at": "2024-02-29T00:00:00Z"], true),
      Fact("at >= \"2024-01-15||/M\"", ["at": "2024-01-01"], true),
      Fact("at <= \"2024-01-15||/M\"", ["at": "2024-01-31T23:00:00Z"], true),
      Fact("at > \"2024-01-15||-y\"", ["at": "2023-01-15T00:00:00.001Z"], true),
      Fact("at > now-", ["at": "2024-01-01"], false), Fact("at < now+1x", ["at": "2024-01-01"], false),
      Fact("at < now/2d", ["at": "2024-01-01"], false), Fact("at < now+99999999999y", ["at": "2024-01-01"], false),
      Fact("at < now+2000000000y", ["at": "2024-01-01"], false), Fact("at < \"now + 1d\"", ["at": "2024-01-01"], false),
    ])
  func dates(fact: Fact) throws { try check(fact) }

  @Test(
    "Flattened fields: a child, and any leaf",
    arguments: [
      Fact("f.a: x", ["f": ["a": "x"]], true), Fact("f.a.b: x", ["f": ["a": ["b": ["y", "x"]]]], true),
      Fact("f.a.b: x", ["f": ["a": [["b": "y"], ["b": "x"]]]], true), Fact("f.a.b: x", ["f": ["a.b": "x"]], true),
      Fact("f.a.b: x", ["f.a.b": "x"], true),
      Fact("f: x", ["f": ["a": ["b": "x"]]], true), Fact("f: x", ["f": ["a": "y"]], false),
      Fact("f: *", ["f": ["a": ["b": "x"]]], true), Fact("f: *", ["f": [:]], false),
      Fact("f.a: *", ["f": ["a": ["b": "x"]]], false),
      Fact("f.a: 3600", ["f": ["a": 3600]], true), Fact("f.a: 3600.0", ["f": ["a": 3600]], false),
      Fact("f.a: true", ["f": ["a": true]], true), Fact("f.a: x*", ["f": ["a": "xyz"]], true),
      Fact("f: *y*", ["f": ["a": "xyz"]], true),
      Fact("f.a: X", ["f": ["a": "x"]], false), Fact("f.a > b", ["f": ["a": "c"]], true),
      Fact("f: x", ["f": "x"], false),
      Fact("f.a: *", ["f": ["a": .string(String(repeating: "x", count: 9000))]], true),
      Fact("f.a: *", ["f": ["a": .null]], false), Fact("f.n: x", ["f": ["n": [["n": 1], "x"]]], true),
    ])
  func flattened(fact: Fact) throws { try check(fact) }

  @Test(
    "Nested fields are matched object by object",
    arguments: [
      Fact("n: { a: x and b: y }", ["n": [["a": "x", "b": "y"]]], true),
      Fact("n: { a: x and b: y }", ["n": [["a": "x"], ["b": "y"]]], false),
      Fact("n: { a: x } and n: { b: y }", ["n": [["a": "x"], ["b": "y"]]], true),
      Fact("n: { a: x }", ["n": ["a": "x"]], true), Fact("n.a: x", ["n": [["a": "x"]]], false),
      Fact("n.a: *", ["n": [["a": "x"]]], false), Fact("n: *", ["n": [["a": "x"]]], false),
      Fact("not n.a: x", ["n": [["a": "x"]]], true), Fact("n.*: x", ["n": [["a": "x"]]], true),
      Fact("*: x", ["n": [["a": "x"]]], true), Fact("x", ["n": [["a": "x"]]], false),
      Fact("n: { not a: x }", ["n": [["a": "x"], ["b": "y"]]], true),
      Fact("n: { not a: x }", ["n": [["a": "x"]]], false),
      Fact("not n: { a: x }", ["n": [["a": "y"]]], true), Fact("n: { not a: x }", [:], false),
      Fact("n: { num > 1 and num < 5 }", ["n": [["num": 0], ["num": 9]]], false),
      Fact("n: { num > 1 and num < 5 }", ["n": [["num": 3]]], true),
      Fact("n: { x }", ["n": [["a": "x"]]], false), Fact("n: { *: * }", ["n": [["a": "x"]]], true),
      Fact("n: { *: * }", ["n": []], false),
      Fact("n: { deep: { a: x and b: y } }", ["n": [["deep": [["a": "x", "b": "y"]]]]], true),
      Fact("n: { deep: { a: x and b: y } }", ["n": [["deep": [["a": "x"]]], ["deep": [["b": "y"]]]]], false),
      Fact("n: { deep.a: x }", ["n": [["deep": [["a": "x"]]]]], false),
      Fact("n.deep: { a: x }", ["n": [["deep": [["a": "x"]]]]], true),
      Fact("n: { k: x }", ["n": [["a": "x"]], "k": "x"], false), Fact("o: { a: x }", ["o": [["a": "x"]]], false),
    ])
  func nested(fact: Fact) throws { try check(fact) }

  @Test(
    "Field patterns and values without a field",
    arguments: [
      Fact("user.*: bob", ["user": ["name": "bob"]], true), Fact("user.*: bob", ["user": ["a": ["b": "bob"]]], true),
      Fact("user.*: bob", ["users": "bob"], false), Fact("user.*: *", ["user": ["name": "bob"]], true),
      Fact("user.*: *", ["host": "x"], false), Fact("*.name: bob", ["user": ["name": "bob"]], true),
      Fact("*: bob", ["user": ["name": "bob"]], true), Fact("i*: 5", ["i": 5, "ip": "1.2.3.4"], true),
      Fact("i*: 10.0.0.0/8", ["i": 5, "ip": "10.2.3.4"], true), Fact("i* > 4", ["i": 5], true),
      Fact("f*: x", ["f": ["a": "x"]], true), Fact("f.a*: x", ["f": ["ab": "x"]], false),
      Fact("f.a*: x", ["f": ["b": "x"]], false),
      Fact("not user.*: bob", ["user": ["name": "al"]], true),
      Fact("\"user.*\": bob", ["user": ["name": "bob"]], false),
      Fact("bob", ["user": ["name": "bob"]], true), Fact("bob", ["t": "hello Bob!"], true),
      Fact("bob", ["k": "hello bob"], false),
      Fact("5", ["i": 5], true), Fact("10.0.0.0/8", ["ip": "10.1.1.1", "i": 3, "at": "2024-01-01"], true),
      Fact("b*b", ["k": "bob"], true), Fact("\"hello bob\"", ["t": "oh, hello bob"], true),
      Fact("x", ["f": ["a": "x"]], true),
      Fact("2024-01", ["at": "2024-01-01T09:00:00Z"], true), Fact("*", [:], true), Fact("bob", [:], false),
    ])
  func patterns(fact: Fact) throws { try check(fact) }

  @Test(
    "Points exist but hold nothing; binary values are not searchable",
    arguments: [
      Fact("geo: *", ["geo": ["lat": 1, "lon": 2]], true), Fact("geo: *", ["geo": [2, 1]], true),
      Fact("geo.lat: 1", ["geo": ["lat": 1, "lon": 2]], false),
      Fact("geo: *", ["geo": "1,2"], true), Fact("geo: \"1,2\"", ["geo": "1,2"], false),
      Fact("bin: *", ["bin": "AAAA"], false),
    ])
  func others(fact: Fact) throws { try check(fact) }

  @Test("Patterns from filters: any one character, and letters in either case")
  func filterPatterns() {
    func holds(_ text: String, _ ignoresCase: Bool, _ value: String) -> Bool {
      Self.evaluator.matches(
        .test(.named("k"), .wildcard(pattern(text, ignoresCase: ignoresCase))), ["k": .string(value)])
    }
    #expect(holds("f?o*", false, "foo bar"))
    #expect(!holds("f?o", false, "fo"))
    #expect(holds("f?o", false, "f😀o"))
    #expect(!holds("FOO", false, "foo"))
    #expect(holds("F*O", true, "foo"))
    #expect(holds("É*", true, "école"))
    #expect(holds("*", true, ""))
    #expect(!holds("?", true, ""))
  }

  @Test("A range with two bounds wants one value between them")
  func bothBounds() {
    let range = Predicate.test(
      .named("i"), .range(lower: RangeBound("1", inclusive: true), upper: RangeBound("5", inclusive: false)))
    #expect(Self.evaluator.matches(range, ["i": [0, 4]]))
    #expect(!Self.evaluator.matches(range, ["i": [0, 9]]))
    #expect(!Self.evaluator.matches(range, ["i": 5]))
  }
}
