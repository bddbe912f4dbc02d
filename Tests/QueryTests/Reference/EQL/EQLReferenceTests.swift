import Events
import JSON
import Query
import TestSupport
import Testing

struct EQLReferenceTests {
  /// Differences that are shown of a run.
  private static let mostFaults = 3

  /// What a search gives or says, to be held against the reference.
  private enum Answer: Equatable {
    case hits([ReferenceEQLSearch.Hit])
    case refused(String)
  }

  private static func searched(_ asked: EQLAsked, _ batches: EventBatches, _ categoryField: String) -> Answer {
    do {
      return .hits(
        try EQLSearch.hits(asked.text, batches, categoryField: categoryField).map { hit in
          ReferenceEQLSearch.Hit(keys: hit.joinKey.values.map { $0.map(written) }, events: hit.events)
        })
    } catch {
      return .refused("\(error)")
    }
  }

  private static func written(_ value: Value) -> String {
    switch value {
    case .text(let text): text
    case .whole(let number): "\(number)"
    default: "\(value)"
    }
  }

  /// What differs; nil where nothing does, or where the search refuses the query and is not to.
  private static func fault(
    _ asked: EQLAsked, _ events: [JSONValue], _ categoryField: String, mayRefuse: Bool
  ) -> String? {
    let found = searched(asked, EventBatches(events), categoryField)
    if case .refused = found, !mayRefuse { return nil }
    let expected = Answer.hits(ReferenceEQLSearch(events, categoryField: categoryField).hits(asked))
    return found == expected ? nil : "the search gives \(found), the reference \(expected)"
  }

  @Test(
    "EQL finds what a slow evaluation finds, value by value and key by key",
    arguments: [UInt64.random(in: 0...UInt64.max), 1, 15_460_589_435_024_391_952, 5_920_712_902_585_820_446])
  func equalsReference(seed: UInt64) throws {
    var maker = RandomEQL(maker: RandomEQLEvents(seed: seed))
    var (found, whole, faults) = (0, 0, 0)
    for round in 0..<100 {
      let events = (0..<maker.maker.any(1...14)).map { maker.maker.event($0) }
      let batches = EventBatches(events)
      let categoryField = maker.maker.any(["event.category", "event.category", "event.kind"])
      let reference = ReferenceEQLSearch(events, categoryField: categoryField)
      for _ in 0..<15 {
        let asked = maker.query()
        let hits = reference.hits(asked)
        let answer = Self.searched(asked, batches, categoryField)
        guard answer != .hits(hits) else {
          if asked.form == .event { found += hits.count } else { whole += hits.count }
          continue
        }
        let isRefused = if case .refused = answer { true } else { false }
        let (query, fewer) = Self.shrunk(asked, events, categoryField, mayRefuse: isRefused)
        Issue.record(
          """
          seed \(seed), round \(round): \(asked.text)
          smaller: \(query.text)
          \(fewer.map(\.text).joined(separator: "\n"))
          category field \(categoryField); \(Self.fault(query, fewer, categoryField, mayRefuse: isRefused) ?? "no difference any more")
          """)
        faults += 1
        if faults == Self.mostFaults { return }
      }
    }
    #expect(!stands(seed) || found > 300 && whole > 50, "seed \(seed): \(found) events, \(whole) sequences and samples")
  }

  /// A query and events, as few as still differ.
  private static func shrunk(
    _ asked: EQLAsked, _ events: [JSONValue], _ categoryField: String, mayRefuse: Bool
  ) -> (EQLAsked, [JSONValue]) {
    var (asked, events) = (asked, events)
    var isSmaller = true
    while isSmaller {
      isSmaller = false
      if let query = asked.smaller.first(where: { fault($0, events, categoryField, mayRefuse: mayRefuse) != nil }) {
        (asked, isSmaller) = (query, true)
        continue
      }
      for at in events.indices.reversed() {
        var fewer = events
        fewer.remove(at: at)
        if fault(asked, fewer, categoryField, mayRefuse: mayRefuse) != nil { (events, isSmaller) = (fewer, true) }
      }
    }
    return (asked, events)
  }
}

extension EQLAsked {
  /// Queries that ask for less.
  fileprivate var smaller: [EQLAsked] {
    var all: [EQLAsked] = []
    func add(_ change: (inout EQLAsked) -> Void) {
      var query = self
      change(&query)
      all.append(query)
    }
    for at in pipes.indices { add { $0.pipes.remove(at: at) } }
    if until != nil { add { $0.until = nil } }
    for at in items.indices {
      if form != .event, items.count > 2 { add { $0.items.remove(at: at) } }
      if items[at].runs > 1 { add { $0.items[at].runs = 1 } }
      if items[at].category != nil { add { $0.items[at].category = nil } }
      for test in items[at].test.smaller { add { $0.items[at].test = test } }
    }
    return all
  }
}

extension EQLTest {
  /// Conditions within, and `true`.
  fileprivate var smaller: [EQLTest] {
    switch self {
    case .and(let parts), .or(let parts): parts
    case .not(let part): [part] + part.smaller.map { .not($0) }
    case .bare(.boolean): []
    case .compares(.condition(let part), _, .boolean): [part, .bare(.boolean(true))]
    default: [.bare(.boolean(true))]
    }
  }
}
