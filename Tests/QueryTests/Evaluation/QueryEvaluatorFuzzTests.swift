import Events
import JSON
import Query
import TestSupport
import Testing

/// The evaluator of batches, held equal to the reference that looks at one event after the other.
struct QueryEvaluatorFuzzTests {
  /// 2024-05-01T22:00:00Z.
  private static let now = Timestamp(milliseconds: 1_714_600_800_000)
  private static let reference = ReferenceEvaluator.standard(now: now)

  /// A query on which the two differ, made small.
  private struct Difference: CustomStringConvertible {
    var seed: UInt64
    var predicate: Predicate
    var event: JSONValue
    var expected: Bool

    var description: String {
      "seed \(seed): expected \(expected) of \("\(predicate)".prefix(2000)) on \(event.text.prefix(3000))"
    }
  }

  @Test(
    "Random queries give the rows that the reference gives",
    arguments: [UInt64.random(in: 0...UInt64.max), 7, 11_558_426_130_973_914_239, 8_791_122_583_039_545_944])
  func equal(seed: UInt64) throws {
    var random = SeededRandom(seed: seed)
    var pairs = 0
    var hits = 0
    var differences: [Difference] = []
    for round in 0..<80 {
      var maker = RandomEvents(seed: random.next())
      let count = round % 20 == 0 ? Int.random(in: 65...140, using: &random) : Int.random(in: 0...12, using: &random)
      let events = (0..<count).map { _ in maker.event() }
      let batches = EventBatches(events.map(\.json))
      try #require(batches.rowCount == count && batches.problems.isEmpty, "seed \(seed): \(batches.problems)")
      let scopes = events.map { Self.reference.scope($0.json) }
      var queries = RandomQueries(seed: random.next(), over: events)
      let predicates = (0..<16).map { _ in queries.predicate(depth: 3) }
      // All together, with conditions shared …
      var set = QuerySet(now: Self.now)
      let bound = predicates.map { set.add($0) }
      let mapper = EventBatches.mapper(set.plan)
      let evaluator = QueryEvaluator(set)
      evaluator.begin(batches.batch(mapper))
      let together = bound.map { evaluator.rows($0).bitmap(rowCount: count) }
      for (place, predicate) in predicates.enumerated() {
        // … and each by itself, with no column that it does not ask for.
        let alone = Self.rows(predicate, batches)
        let expected = scopes.map { Self.reference.matches(predicate, in: $0) }
        for row in 0..<count {
          if alone.contains(row) != expected[row] {
            differences.append(Self.smallest(predicate, events[row].json, seed))
          } else if together[place].contains(row) != expected[row] {
            Issue.record("seed \(seed): together with others, row \(row) of \(predicate) on \(events[row].json.text)")
          }
        }
        pairs += 1
        hits += expected.contains(true) && expected.contains(false) ? 1 : 0
      }
      if differences.count > 40 { break }
    }
    var told: Set<String> = []
    for difference in differences where told.insert("\(difference.predicate)").inserted {
      Issue.record(Comment(rawValue: difference.description))
    }
    #expect(pairs >= 1280 || !differences.isEmpty)
    #expect(!stands(seed) || hits > pairs / 5, "queries are to be true of some events and not of others")
  }

  @Test(
    "What is remembered of the batches before changes no answer",
    arguments: [UInt64.random(in: 0...UInt64.max), 3, 6_224_618_360_263_148_024],
    [false, true])
  func remembered(seed: UInt64, keepsBatches: Bool) {
    var random = SeededRandom(seed: seed)
    var maker = RandomEvents(seed: random.next())
    let pool = (0..<60).map { _ in maker.event() }
    var queries = RandomQueries(seed: random.next(), over: pool)
    let predicates = (0..<60).map { _ in queries.predicate(depth: 2) }
    var set = QuerySet(now: Self.now)
    let bound = predicates.map { set.add($0) }
    let mapper = EventBatches.mapper(set.plan)
    let evaluator = QueryEvaluator(set)
    var kept: [EventBatch] = []
    var hits = 0
    for _ in 0..<30 {
      let batches = EventBatches(
        (0..<Int.random(in: 0...9, using: &random)).map { _ in
          pool.randomElement(using: &random)!.json
        })
      let batch = batches.batch(mapper)
      if keepsBatches { kept.append(batch) }
      evaluator.begin(batch)
      for (place, predicate) in predicates.enumerated() {
        let found = evaluator.rows(bound[place]).bitmap(rowCount: batches.rowCount)
        hits += found.cardinality
        if found != Self.rows(predicate, batches) {
          let rows = (0..<batches.rowCount).filter { found.contains($0) != Self.rows(predicate, batches).contains($0) }
          Issue.record("seed \(seed): \(predicate) on \(rows.map { "\(found.contains($0)) \(batches.text($0))" })")
        }
      }
      evaluator.end()
    }
    #expect(!stands(seed) || hits > 100)
  }

  private static func rows(_ predicate: Predicate, _ batches: EventBatches) -> Bitmap {
    var set = QuerySet(now: now)
    let query = set.add(predicate)
    let evaluator = QueryEvaluator(set)
    evaluator.begin(batches.batch(EventBatches.mapper(set.plan)))
    return evaluator.rows(query).bitmap(rowCount: batches.rowCount)
  }

  private static func differ(_ predicate: Predicate, _ event: JSONValue) -> Bool {
    rows(predicate, EventBatches([event])).contains(0) != reference.matches(predicate, event)
  }

  /// The smallest part of a query, and of the event, on which the two still differ.
  private static func smallest(_ predicate: Predicate, _ event: JSONValue, _ seed: UInt64) -> Difference {
    var predicate = predicate
    var event = event
    while let smaller = parts(predicate).first(where: { differ($0, event) }) { predicate = smaller }
    while let smaller = parts(event).first(where: { differ(predicate, $0) }) { event = smaller }
    return Difference(
      seed: seed, predicate: predicate, event: event, expected: reference.matches(predicate, event))
  }

  private static func parts(_ predicate: Predicate) -> [Predicate] {
    switch predicate {
    case .and(let parts): parts + (parts.count > 1 ? parts.indices.map { at in .and(parts.removing(at)) } : [])
    case .or(let parts): parts + (parts.count > 1 ? parts.indices.map { at in .or(parts.removing(at)) } : [])
    case .not(let part): [part]
    case .nested(let path, let inner): parts(inner).map { .nested(path: path, $0) }
    default: []
    }
  }

  /// The value with one member or element fewer, at any depth; the time stays.
  private static func parts(_ value: JSONValue) -> [JSONValue] {
    switch value {
    case .object(let members):
      let keys = members.keys.sorted().filter { $0 != "@timestamp" }
      return keys.map { key in .object(members.filter { $0.key != key }) }
        + keys.flatMap { key in parts(members[key]!).map { .object(members.merging([key: $0]) { $1 }) } }
    case .array(let elements):
      return elements.indices.map { .array(elements.removing($0)) }
        + elements.indices.flatMap { at in parts(elements[at]).map { .array(elements.replacing(at, $0)) } }
    default: return []
    }
  }
}

extension Array {
  fileprivate func removing(_ at: Int) -> [Element] {
    var copy = self
    copy.remove(at: at)
    return copy
  }

  fileprivate func replacing(_ at: Int, _ element: Element) -> [Element] {
    var copy = self
    copy[at] = element
    return copy
  }
}
