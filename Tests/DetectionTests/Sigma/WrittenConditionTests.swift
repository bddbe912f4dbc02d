import Detection
import JSON
import Rules
import Testing

/// Correlations whose condition is written out over the names of rules.
struct WrittenConditionTests {
  /// The events of each alert of a correlation of rules `x`, `y` and `z`, on calls of their names at times of one day.
  private func alerts(_ correlation: String, _ calls: [(name: String, time: String)]) throws -> [[Int]] {
    let rules = ["x", "y", "z"].map { name in
      "title: \(name)\nname: \(name)\n\(SigmaHunt.trail)\ndetection:\n  s: { eventName: Call\(name) }\n  condition: s\n---\n"
    }
    let text = rules.joined() + "title: c\ncorrelation:\n  timespan: 5m\n  \(correlation)\n"
    let loaded = SigmaHunt.load(text)
    let rule = try #require(loaded.rules.first { $0.rule.name == "c" }?.rule, "\(correlation): \(loaded.diagnostics)")
    return try SigmaHunt.alerts(
      [rule],
      calls.enumerated().map { number, call in
        SigmaHunt.record(
          ["eventName": .string("Call" + call.name), "eventTime": .string("2026-01-05T\(call.time)Z")], number)
      })
  }

  @Test(
    "The order is that of `rules`, or that in which a written condition names them first",
    arguments: [
      "type: temporal_ordered\n  condition: y and x", "type: temporal_ordered\n  rules: [ y, x ]",
      "type: temporal_ordered\n  rules: [ y, x ]\n  condition: x and y",
      "type: temporal_ordered\n  rules: [ y, x, z ]\n  condition: x and y and not z",
      "type: temporal_ordered\n  rules: [ y, x, z ]\n  condition: { gt: 1 }",
    ])
  func order(correlation: String) throws {
    #expect(try alerts(correlation, [("y", "10:01:00"), ("x", "10:02:00")]) == [[0, 1]])
    #expect(try alerts(correlation, [("x", "10:01:00"), ("y", "10:02:00")]).isEmpty)
  }

  @Test("Events of one second are in order whichever of them has the smaller id")
  func oneTime() throws {
    let correlation = "type: temporal_ordered\n  rules: [ y, x ]"
    #expect(try alerts(correlation, [("y", "10:01:00"), ("x", "10:01:00")]) == [[0, 1]])
    #expect(try alerts(correlation, [("x", "10:01:00"), ("y", "10:01:00")]) == [[0, 1]])
  }

  @Test("Of alternatives in an ordered correlation one alone will do")
  func alternatives() throws {
    let correlation = "type: temporal_ordered\n  condition: x and (y or z)"
    #expect(try alerts(correlation, [("x", "10:01:00"), ("z", "10:02:00")]) == [[0, 1]])
    #expect(try alerts(correlation, [("z", "10:01:00"), ("x", "10:02:00"), ("y", "10:03:00")]) == [[0, 1, 2]])
    #expect(try alerts("type: temporal_ordered\n  condition: x or y or z", [("z", "10:01:00")]) == [[0]])
  }

  @Test("What has no order is refused with what to do")
  func refused() {
    for (correlation, words) in [
      ("rules: [ x, y ]\n  condition: { lt: 2 }", "by `gt` or `gte`"),
      ("condition: \((0..<9).map { "(a\($0) or b\($0))" }.joined(separator: " and "))", "more than 256 ways"),
    ] {
      let loaded = SigmaHunt.load(
        "title: c\ncorrelation:\n  timespan: 5m\n  type: temporal_ordered\n  \(correlation)\n")
      #expect(loaded.diagnostics.contains { $0.message.contains(words) }, "\(loaded.diagnostics)")
    }
  }

  @Test("A condition with `not` is asked of the span that ends with each event, wherever executions are")
  func absence() throws {
    let correlation = "type: temporal\n  condition: x and y and not z"
    // An execution stands between them.
    let pair = [("x", "10:00:00"), ("y", "10:00:30")]
    #expect(try alerts(correlation, pair) == [[0, 1]])
    #expect(try alerts(correlation, pair + [("z", "09:56:00")]).isEmpty)
    #expect(try alerts(correlation, pair + [("z", "10:00:10")]).isEmpty)
    #expect(try alerts(correlation, pair + [("z", "09:54:00")]) == [[0, 1]])
    #expect(try alerts(correlation, pair + [("z", "10:00:40")]) == [[0, 1]])
    // Of one time, whatever the order of ids.
    #expect(try alerts(correlation, pair + [("z", "10:00:30")]).isEmpty)
    #expect(try alerts(correlation, [("z", "10:00:30")] + pair).isEmpty)
    // What is too far apart for one span.
    #expect(try alerts(correlation, [("x", "10:00:00"), ("y", "10:05:01")]).isEmpty)
  }

  @Test("What `not` forbids is forbidden on, though an alert has used up the events of its span")
  func forbidden() throws {
    let correlation = "type: temporal\n  condition: x or (y and not z)"
    func found(_ calls: [(String, String)]) throws -> [[Int]] {
      try alerts(correlation, calls).sorted { $0.lexicographicallyPrecedes($1) }
    }
    let calls = [("z", "10:00:00"), ("x", "10:00:30")]
    #expect(try found(calls + [("y", "10:01:00")]) == [[0, 1]])
    #expect(try found(calls + [("y", "10:05:01")]) == [[0, 1], [2]])
    // The alert has it once.
    #expect(try found(calls + [("x", "10:01:00")]) == [[0, 1], [2]])
  }

  @Test("A correlation with `not` may stand within another")
  func inner() throws {
    let correlation = """
      type: temporal_ordered
        rules: [ lone, z ]
      ---
      title: lone
      name: lone
      correlation: { type: temporal, condition: x and not y, timespan: 2m }
      """
    #expect(try alerts(correlation, [("x", "10:01:00"), ("z", "10:02:00")]) == [[0, 1]])
    #expect(try alerts(correlation, [("y", "10:00:00"), ("x", "10:01:00"), ("z", "10:02:00")]).isEmpty)
  }
}
