import Events
import Foundation
import JSON
import TestSupport
import Testing

@testable import Query

/// Query strings and the query DSL, held equal to a reference that knows nothing of how they are read and run.
struct SearchReferenceTests {
  private static let seeds: [UInt64] = [UInt64.random(in: 0...UInt64.max), 11, 12, 13, 7_097_791_180_857_462_579]

  @Test("Random query strings find the events that the reference finds", arguments: seeds)
  func strings(seed: UInt64) throws {
    var run = Run(seed: seed)
    for _ in 0..<150 {
      run.renew()
      let tree = run.maker.tree(depth: 2)
      let settings = LuceneReference.Settings()
      try run.compare(
        tree.text, { LuceneReference(search: SearchReference(event: $0), settings: settings).matches(tree).found }
      ) {
        let query = try Lucene.query(tree.text)
        if let refusal = query.refusal(QueryJudge(SearchFields.catalog)) { throw refusal }
        return query.predicate
      }
    }
    run.check()
  }

  @Test("Random clauses of the query DSL find the events that the reference finds", arguments: seeds)
  func clauses(seed: UInt64) throws {
    var run = Run(seed: seed)
    for _ in 0..<250 {
      run.renew()
      let clause = run.maker.clause(depth: 2)
      let text = clause.json.text
      // Of a group a part that decides nothing is not asked, and so not refused.
      try run.compare(text, { ClauseReference($0).matches(clause) }, passesOver: clause.isGroup) {
        let predicate = try QueryDSL.query(text)
        if let refusal = QueryJudge(SearchFields.catalog).refusal(of: predicate) {
          throw QuerySyntaxError(refusal.description, at: 0, in: [])
        }
        return predicate
      }
    }
    run.check()
  }

  /// Queries of one seed over events that change now and then.
  private struct Run {
    let seed: UInt64
    var maker: SearchMaker
    private var events: [JSONValue] = []
    private var batches = EventBatches([])
    private var asked = 0
    /// Queries that found some events and not others.
    private var telling = 0
    private var refused = 0

    init(seed: UInt64) {
      self.seed = seed
      maker = SearchMaker(random: SeededRandom(seed: seed))
    }

    mutating func renew() {
      guard asked % 10 == 0 else { return }
      events = (0..<8).map { SearchFields.event($0, &maker.random) }
      batches = EventBatches(events.enumerated().map { SearchFields.document($1, $0) })
    }

    mutating func compare(
      _ query: String, _ reference: (JSONValue) -> Bool?, passesOver: Bool = false,
      _ predicate: () throws -> Query.Predicate
    ) throws {
      asked += 1
      try #require(batches.rowCount == events.count && batches.problems.isEmpty)
      let expected = events.map(reference)
      if expected.contains(true), expected.contains(false) { telling += 1 }
      let condition: Query.Predicate
      do {
        condition = try predicate()
      } catch {
        refused += 1
        if !expected.contains(nil) { tell(query, "is refused: \(error)", events.first) }
        return
      }
      guard !expected.contains(nil) else { return passesOver ? () : tell(query, "is not refused", nil) }
      let found = rows(condition)
      for (row, event) in events.enumerated() where found.contains(row) != expected[row] {
        return tell(query, "should \(expected[row] == true ? "" : "not ")find", event)
      }
    }

    private func tell(_ query: String, _ what: String, _ event: JSONValue?) {
      Issue.record(Comment(rawValue: "seed \(seed): \(query.prefix(1500)) \(what) \(event?.text.prefix(1500) ?? "")"))
    }

    private func rows(_ predicate: Query.Predicate) -> Bitmap {
      var set = QuerySet(catalog: SearchFields.catalog, now: SearchReference.now)
      let query = set.add(predicate)
      let evaluator = QueryEvaluator(set)
      evaluator.begin(batches.batch(EventBatches.mapper(set.plan)))
      return evaluator.rows(query).bitmap(rowCount: batches.rowCount)
    }

    func check() {
      #expect(!stands(seed) || telling > asked / 5, "seed \(seed): \(telling) of \(asked) queries tell events apart")
      #expect(!stands(seed) || refused < asked / 2, "seed \(seed): \(refused) of \(asked) queries are refused")
    }
  }
}

extension ClauseTree {
  fileprivate var isGroup: Swift.Bool {
    switch self {
    case .bool, .nested: true
    case .string(let tree, _): tree.isGroup
    default: false
    }
  }
}

extension LuceneTree {
  fileprivate var isGroup: Bool {
    if clauses.count > 1 { return true }
    guard case .group(let inner) = clauses.first?.body else { return false }
    return inner.isGroup
  }
}

extension SearchOutcome {
  /// nil where it is refused.
  fileprivate var found: Bool? {
    switch self {
    case .refused: nil
    case .absent: false
    case .holds(let holds): holds
    }
  }
}
