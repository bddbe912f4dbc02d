import Events
import Query
import TestSupport
import Testing

/// Times relative to now, left open until an execution gives its own.
struct RelativeTimeTests {
  @Test(
    "What is left open comes, at any time, to what the query comes to at that time",
    arguments: [UInt64.random(in: 0...UInt64.max), 5])
  func openQueries(seed: UInt64) throws {
    var random = SeededRandom(seed: seed)
    var moving = 0
    let relative = try [
      "@timestamp > now-1d/d", "event.created <= now+1M", "@timestamp: now", "event.*: \"now/d\"", "now/M",
    ]
    .map { try KQL.parse($0) }
    for _ in 0..<20 {
      var maker = RandomEvents(seed: random.next())
      let events = (0..<8).map { _ in maker.event() }
      let batches = EventBatches(events.map(\.json))
      var queries = RandomQueries(seed: random.next(), over: events)
      for part in relative {
        let parts = [queries.predicate(depth: 2), Bool.random(using: &random) ? part : .not(part)]
        let predicate = Bool.random(using: &random) ? Predicate.and(parts) : .or(parts)
        var open = QuerySet(now: nil)
        let query = open.add(predicate)
        let bound = open.add(predicate.atAnyTime(.standard))
        let evaluator = QueryEvaluator(open)
        evaluator.begin(batches.batch(EventBatches.mapper(open.plan)))
        let conditions = (0..<batches.rowCount).map { evaluator.condition(query, row: $0) }
        let upper = evaluator.rows(bound)
        for day in [0, 1, 29, 30, 31, 400] {
          let now = Timestamp(milliseconds: 1_714_600_800_000 + Int64(day) * 86_400_000)
          let expected = Self.rows(predicate, now, batches)
          let resolved = Self.rows(predicate.resolved(at: now, .standard), now, batches)
          for row in 0..<batches.rowCount {
            let place = Comment(rawValue: "seed \(seed), day \(day): \(predicate) on \(events[row].json.text)")
            try #require(conditions[row].holds(at: now) == expected.contains(row), place)
            try #require(!expected.contains(row) || upper.contains(row), place)
            try #require(resolved.contains(row) == expected.contains(row), place)
          }
        }
        moving += conditions.contains { $0 != .always && $0 != .never } ? 1 : 0
      }
    }
    #expect(!stands(seed) || moving > 20, "only \(moving) queries moved with the time")
  }

  private static func rows(_ predicate: Predicate, _ now: Timestamp, _ batches: EventBatches) -> RowSet {
    var set = QuerySet(now: now)
    let query = set.add(predicate)
    let evaluator = QueryEvaluator(set)
    evaluator.begin(batches.batch(EventBatches.mapper(set.plan)))
    return evaluator.rows(query)
  }

  @Test("Only a time relative to now moves with it: no word that starts with it, no other field")
  func moves() throws {
    for (query, moves) in [
      ("@timestamp > now-1h", true), ("not event.start <= now/d", true), ("@timestamp: \"now-1d/d\"", true),
      ("nowhere", false), ("user.name: now-1h", false), ("event.*: nowhere", false), ("event.*: now-1h", true),
      ("@timestamp > \"2026-01-01||-1d\"", false),
    ] {
      #expect(try KQL.parse(query).dependsOnNow(.standard) == moves, "\(query)")
    }
  }
}
