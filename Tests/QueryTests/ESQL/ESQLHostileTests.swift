import Testing

@testable import Query

struct ESQLHostileTests {
  @Test("Nesting is bounded, in every kind of bracket and operator")
  func nesting() {
    let deep = 100_000
    for query in [
      "ROW a = " + String(repeating: "(", count: deep) + "1", "ROW a = " + String(repeating: "-", count: deep) + "1",
      "ROW a = " + String(repeating: "abs(", count: deep) + "1",
      "ROW a = " + String(repeating: "NOT ", count: deep) + "true",
      "ROW a = 1" + String(repeating: " + 1", count: deep), "ROW a = 1" + String(repeating: "::int", count: deep),
      "ROW a = [" + String(repeating: "[", count: deep),
    ] {
      #expect(throws: ESQLError.self) { try ESQLQuery(query) }
    }
  }

  @Test("A long chain of conditions is no deep one")
  func chain() throws {
    let chain = (0..<5000).map { "a == \($0)" }.joined(separator: " OR ")
    let answers = try ESQLTestRun(events: []).answers("ROW a = 4999 | WHERE \(chain) | KEEP a").get()
    #expect(answers[0].rows == [[.whole(4999)]])
  }

  @Test("Subqueries stand in each other as deep as there may be any, and no deeper")
  func subqueries() throws {
    func nested(_ levels: Int) -> String {
      String(repeating: "FROM (", count: levels) + "FROM *" + String(repeating: ")", count: levels)
        + " | KEEP host.name"
    }
    let events = [#"{"@timestamp": "2026-01-05T10:00:00Z", "host.name": "a"}"#]
    let answers = try ESQLTestRun(events: events).answers(nested(ESQLQuery.mostSubqueries)).get()
    #expect(!answers.isEmpty)
    for answer in answers { #expect(answer.rows == [[.text("a")]]) }
    #expect(throws: ESQLError.self) { try ESQLQuery(nested(ESQLQuery.mostSubqueries + 1)) }
    #expect(throws: ESQLError.self) { try ESQLQuery(nested(100_000)) }
  }

  @Test("Patterns of FROM beside a subquery are no deep condition, however many there are")
  func patterns() throws {
    let patterns = (0..<10_000).map { "logs-\($0)-*,-logs-\($0 / 2)-x" }.joined(separator: ",")
    let events = ["logs-9999-x", "logs-4999-x", "metrics-a-x"].map { index in
      #"{"_index": "\#(index)", "_id": "\#(index)", "_source": {"@timestamp": "2026-01-05T10:00:00Z", "host.name": "\#(index)"}}"#
    }
    let answers = try ESQLTestRun(events: events).answers(
      "FROM \"\(patterns)\", (FROM traces-*) | KEEP host.name"
    ).get()
    for answer in answers { #expect(answer.rows == [[.text("logs-9999-x")]]) }
    #expect(!answers.isEmpty)
  }

  @Test("What is cut short or makes no sense is refused with its place, and never traps")
  func fragments() {
    let whole = """
      SET unmapped_fields = "nullify"; FROM logs-*, -x METADATA _id, _index // c
      | WHERE `a``b` == \"\"\"x\"\"\" AND NOT b IN (1, 2.5, null) OR c::string LIKE ("a*", "b?") /* x /* y */ */
      | EVAL d = CASE(x > -5, [1, 2], 3 days), e = mv_slice(f, 0, -1) | STATS n = COUNT(*) WHERE z IS NOT NULL BY k, DATE_TRUNC(1h, t)
      | SORT n DESC NULLS LAST | KEEP n, k* | RENAME k AS l | DROP m | LIMIT 5 | DISSECT g "%{h} %{?i}" APPEND_SEPARATOR=","
      | GROK g "%{WORD:w}" | MV_EXPAND w | ENRICH p ON q WITH r = s | LOOKUP JOIN t ON u, v | INLINE STATS MAX(n) BY l
      """
    let scalars = Array(whole.unicodeScalars)
    for length in 0...scalars.count {
      let text = String(scalars: scalars.prefix(length))
      do {
        _ = try ESQLQuery(text)
      } catch {
        #expect(!error.problems.isEmpty && !error.rendered.isEmpty)
      }
      // One sign is missing.
      guard length < scalars.count else { continue }
      var without = scalars
      without.remove(at: length)
      _ = try? ESQLQuery(String(scalars: without))
    }
  }

  @Test("Patterns that take for ever are given up with a warning")
  func tries() throws {
    let text = String(repeating: "a", count: 40) + "!"
    let answers = try ESQLTestRun(events: []).answers(
      #"ROW s = "\#(text)" | EVAL r = REPLACE(s, "(a+)+\\?x|(a|aa)+$", "") | GROK s "(a+)+(?<t>b)""#
    ).get()
    #expect(answers[0].rows[0][2] == .none)
    #expect(answers[0].warnings.contains { $0.contains("tried more often") })
  }

  @Test("Numbers at the ends of their types overflow to null with a warning")
  func overflow() throws {
    let answers = try ESQLTestRun(events: []).answers(
      """
      ROW i = 2147483647, l = 9223372036854775807, m = -9223372036854775808
      | EVAL a = i + 1, b = l + 1, c = m - 1, d = m / -1, e = m % -1, f = ABS(m), g = -m, h = l * 2, j = DATE_TRUNC(1 day, m::date)
      | KEEP a, b, c, d, e, f, g, h
      """
    ).get()
    #expect(answers[0].rows == [[.none, .none, .none, .none, .whole(0), .none, .none, .none]])
  }

  @Test("Functions take any value of their types without a trap")
  func extremes() throws {
    let numbers = [
      "-9223372036854775808", "9223372036854775807", "-1", "0", "1", "1.0E308", "-0.5", "2147483647", "-2147483648",
    ]
    let texts = [
      "\"\"", "\"ä\"", "\"%\"", "\"[\"", "\"9999-12-31\"", "\"0001-01-01T00:00:00Z\"", "\"::\"", "\"10.0.0.0/33\"",
    ]
    let dates = [
      "\"0001-01-01\"::date", "\"9999-12-31\"::date", "-9223372036854775808::date", "9223372036854775807::date",
    ]
    for name in FunctionRegistry.esql.names {
      for first in numbers + texts + dates {
        for rest in [
          [], [first], ["1"], ["-3"], ["\"x\""], ["1", "2"], ["\"a\"", "\"b\""], dates.prefix(1) + [first],
          [first, first],
        ] {
          let arguments = ([first] + rest).joined(separator: ", ")
          _ = ESQLTestRun(events: []).answers("ROW x = 1 | EVAL r = \(name)(\(arguments))")
          _ = ESQLTestRun(events: []).answers(
            "ROW a = \(first) | EVAL r = \(name)(\(([String("a")] + rest).joined(separator: ", ")))")
        }
      }
    }
    for date in dates {
      for unit in ["year", "quarter", "month", "day", "hour", "ns"] {
        _ = ESQLTestRun(events: []).answers(
          "ROW d = \(date) | EVAL r = DATE_DIFF(\"\(unit)\", d, NOW()), s = DATE_DIFF(\"\(unit)\", NOW(), d)")
      }
      for span in ["1 day", "1 week", "7 months", "2 years", "3 hours", "2147483647 years", "2147483647 days"] {
        _ = ESQLTestRun(events: []).answers(
          "ROW d = \(date) | EVAL r = DATE_TRUNC(\(span), d), s = d + \(span), t = d - \(span)")
      }
      for part in ["year", "epoch_day", "aligned_week_of_year", "nano_of_day", "day_of_week"] {
        _ = ESQLTestRun(events: []).answers(
          "ROW d = \(date) | EVAL r = DATE_EXTRACT(\"\(part)\", d), s = DATE_FORMAT(\"YYYY-ww yyyy DDD\", d)")
      }
    }
  }
}
