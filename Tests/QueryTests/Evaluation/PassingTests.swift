import Events
import JSON
import Query
import Testing

@Suite("Batches that are passed over") struct PassingTests {
  /// What a batch holds, told honestly.
  private struct Known: ValueKnowledge {
    let batch: EventBatch

    func hasColumn(_ path: String) -> Bool { batch.column(path).map { !$0.isEmpty } ?? false }

    func mayHold(_ text: [UInt8], in path: String) -> Bool {
      guard let column = batch.column(path) else { return false }
      var isThere = false
      column.forEachEntry { _, code in
        if column.dictionary.withValue(code, { $0.bytes.elementsEqual(text) }) { isThere = true }
      }
      return isThere
    }
  }

  @Test("No batch is passed over that has an event which a query matches", arguments: 0..<3)
  func honest(number: Int) {
    let seed = UInt64.random(in: 0...UInt64.max)
    var events = RandomEvents(seed: seed)
    var passed = 0
    // Until enough have been, which some seeds come to later than others.
    for round in 0..<2000 where round < 20 || passed <= 50 {
      let made = (0..<4).map { _ in events.event() }
      var queries = RandomQueries(seed: seed &+ UInt64(round), over: made)
      for _ in 0..<20 {
        let predicate = queries.predicate(depth: 3)
        var set = QuerySet(now: Timestamp(milliseconds: 1_714_558_830_500))
        let query = set.add(predicate)
        // Of other events than those that the query was made for, too.
        for json in [made.map(\.json), [events.event().json]] {
          let source = EventBatches(json)
          let batch = source.batch(EventBatches.mapper(set.plan))
          let evaluator = QueryEvaluator(set)
          evaluator.begin(batch)
          defer { evaluator.end() }
          if !set.mayMatch(query, Known(batch: batch)) {
            passed += 1
            #expect(evaluator.rows(query).isEmpty, "seed \(seed): \(predicate)")
          }
        }
      }
    }
    #expect(passed > 50, "seed \(seed)")
  }
}
