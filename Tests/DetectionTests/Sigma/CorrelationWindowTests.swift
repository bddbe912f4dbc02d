import Query
import TestSupport
import Testing

@testable import Detection

/// What a span of events comes to, held against working it out anew at each event.
struct CorrelationWindowTests {
  private struct Event {
    var time: Int64
    var rules: Set<Int>
    var value: Int?
  }

  private static func correlation(_ type: String, rules: Int, _ condition: String) throws -> SigmaCorrelation {
    let names = (0..<rules).map { "r\($0)" }.joined(separator: ", ")
    let text = "type: \(type)\nrules: [ \(names) ]\ntimespan: 10s\n\(condition)"
    return try SigmaCorrelation(SigmaYAML.read(Array(text.utf8)[...]))
  }

  private static func events(_ random: inout SeededRandom, rules: Int) -> [Event] {
    var time: Int64 = 0
    return (0..<60).map { _ in
      time += [0, 0, 1000, 4000].randomElement(using: &random)!
      var own: Set<Int> = [Int.random(in: 0..<rules, using: &random)]
      if Int.random(in: 0..<3, using: &random) == 0 { own.insert(Int.random(in: 0..<rules, using: &random)) }
      let value = Bool.random(using: &random) ? Int.random(in: -5...20, using: &random) : nil
      return Event(time: time, rules: own, value: value)
    }
  }

  /// Runs events through a window, and tells for each whether the condition holds with it.
  private static func answers(_ correlation: SigmaCorrelation, _ events: [Event]) -> [Bool] {
    var window = CorrelationWindow(correlation)
    var start = 0
    return events.enumerated().map { at, event in
      window.append(event.time, event.rules, [[event.value.map { .whole(Int64($0)) }]])
      while events[start].time < event.time - correlation.timespan {
        window.removeFirst()
        start += 1
      }
      return window.holds
    }
  }

  private static func spans(_ events: [Event]) -> [[Event]] {
    events.indices.map { at in events[...at].filter { $0.time >= events[at].time - 10_000 } }
  }

  @Test("Events of all rules in order are found where trying every choice of events finds them", arguments: 0..<40)
  func order(seed: Int) throws {
    var random = SeededRandom(seed: UInt64(seed))
    let rules = Int.random(in: 1...4, using: &random)
    let correlation = try Self.correlation("temporal_ordered", rules: rules, "")
    let events = Self.events(&random, rules: rules)
    func search(_ rule: Int, _ span: [Event], _ used: Set<Int>, _ time: Int64) -> Bool {
      rule == rules
        || span.indices.contains { at in
          !used.contains(at) && span[at].time >= time && span[at].rules.contains(rule)
            && search(rule + 1, span, used.union([at]), span[at].time)
        }
    }
    let wanted = Self.spans(events).map { search(0, $0, [], 0) }
    #expect(Self.answers(correlation, events) == wanted, "seed \(seed)")
  }

  @Test(
    "A written condition and a number hold of rules in their order, and of rules that are not there", arguments: 0..<40)
  func ways(seed: Int) throws {
    var random = SeededRandom(seed: UInt64(seed))
    let events = Self.events(&random, rules: 3)
    typealias Way = (rules: [Int], absent: [Int])
    let cases: [(condition: String, ways: [Way])] = [
      ("r0 and (r1 or r2)", [([0, 1], []), ([0, 2], [])]),
      ("r2 and r1 and r0", [([0, 1, 2], [])]),
      ("r1 or r2 or r0", [([0], []), ([1], []), ([2], [])]),
      ("r0 and r1 and not r2", [([0, 1], [2])]),
      ("not (r0 or r1) or r1 and not not r2", [([], [0, 1]), ([1, 2], [])]),
      ("{ gte: 2 }", [([0, 1], []), ([0, 2], []), ([1, 2], [])]),
      ("{ gt: 2 }", [([0, 1, 2], [])]),
      ("{ eq: 3 }", [([0, 1, 2], [])]),
      ("{ gte: 4 }", []),
    ]
    func search(_ rules: ArraySlice<Int>, _ span: [Event], _ used: Set<Int>, _ time: Int64) -> Bool {
      guard let rule = rules.first else { return true }
      return span.indices.contains { at in
        !used.contains(at) && span[at].time >= time && span[at].rules.contains(rule)
          && search(rules.dropFirst(), span, used.union([at]), span[at].time)
      }
    }
    for one in cases {
      let correlation = try Self.correlation("temporal_ordered", rules: 3, "condition: \(one.condition)")
      let wanted = Self.spans(events).map { span in
        one.ways.contains { way in
          search(way.rules[...], span, [], 0)
            && !span.contains { event in way.absent.contains { event.rules.contains($0) } }
        }
      }
      #expect(Self.answers(correlation, events) == wanted, "seed \(seed), \(one.condition)")
    }
  }

  @Test("Sums, averages, percentiles and counts are those of the events of the span", arguments: 0..<20)
  func numbers(seed: Int) throws {
    var random = SeededRandom(seed: UInt64(seed))
    let events = Self.events(&random, rules: 1)
    let bound = Int.random(in: 0...12, using: &random)
    func check(_ type: String, _ condition: String, _ number: ([Double]) -> Double?) throws {
      let correlation = try Self.correlation(type, rules: 1, "condition: { \(condition), gte: \(bound) }")
      let wanted = Self.spans(events).map { span in
        number(span.compactMap { $0.value.map(Double.init) }).map { $0 >= Double(bound) } ?? false
      }
      #expect(Self.answers(correlation, events) == wanted, "seed \(seed), \(type), \(bound)")
    }
    func percentile(_ share: Double, _ numbers: [Double]) -> Double? {
      guard !numbers.isEmpty else { return nil }
      let sorted = numbers.sorted()
      let place = share * Double(sorted.count - 1)
      let below = sorted[Int(place.rounded(.down))]
      return below + (sorted[Int(place.rounded(.up))] - below) * (place - place.rounded(.down))
    }
    try check("value_sum", "field: n") { $0.isEmpty ? nil : $0.reduce(0, +) }
    try check("value_avg", "field: n") { $0.isEmpty ? nil : $0.reduce(0, +) / Double($0.count) }
    try check("value_count", "field: n") { Double(Set($0).count) }
    try check("value_median", "field: n") { percentile(0.5, $0) }
    try check("value_percentile", "field: n, percentile: 90") { percentile(0.9, $0) }
  }

  @Test("A long span of one group costs no more for each event than a short one")
  func long() throws {
    for (type, condition) in [
      ("value_sum", "condition: { field: n, gte: 1000000000000 }"), ("temporal_ordered", ""),
      ("value_percentile", "condition: { field: n, gte: 1000 }"),
    ] {
      let correlation = try Self.correlation(type, rules: 2, condition)
      // All of one instant, and none of the rule that must come first.
      let events = (0..<40_000).map { Event(time: 5000, rules: [1], value: $0 % 100) }
      #expect(Self.answers(correlation, events).allSatisfy { !$0 })
    }
  }
}
