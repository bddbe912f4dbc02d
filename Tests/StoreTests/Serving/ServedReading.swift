import Alerts
import CloudTrail
import Detection
import Events
import Ingestion
import Inputs
import JSON
import Query
import Rules
import Running
import SegmentStore
import Store
import TestSupport
import Testing

/// Something that holds events, as consumers and rules read it.
protocol EventSource {
  /// Hands events to consumers, and tells how often one of them was met; those that cannot answer a question may be left out.
  func read<Consumer: RecordConsumer>(
    counting id: EventID?, asking question: (QuerySet, BoundQuery)?, times: ClosedRange<Timestamp>?,
    _ make: @escaping @Sendable () -> Consumer
  ) async throws -> (results: [Consumer.Result], deliveries: Int)
  /// The alerts of a hunt over all of it.
  func hunt(_ plan: HuntPlan) async throws -> HuntResult
}

/// Files, each event of which counts once.
struct FileSource: EventSource {
  private let scratch: Scratch
  private let paths: [String]

  init(_ events: ServedEvents) throws {
    scratch = try Scratch()
    paths = try events.files.enumerated().map { [scratch] in try scratch.write($1 + "\n", "events-\($0).json") }
  }

  func read<Consumer: RecordConsumer>(
    counting id: EventID?, asking question: (QuerySet, BoundQuery)?, times: ClosedRange<Timestamp>?,
    _ make: @escaping @Sendable () -> Consumer
  ) async throws -> (results: [Consumer.Result], deliveries: Int) {
    // Which of two texts of an event counts is known once all have been read.
    let (reader, before) = (InputReader(paths: paths, now: ServedEvents.now), EventRegistry())
    _ = try await reader.read(registry: before) { LookingOver() }
    let registry = EventRegistry(winners: before.conflictWinners, counting: id)
    let (summary, results) = try await reader.read(registry: registry, make)
    #expect(summary.problems.isEmpty)
    return (results, registry.deliveries)
  }

  func hunt(_ plan: HuntPlan) async throws -> HuntResult {
    let (parts, _) = try await read(counting: nil, asking: nil, times: nil) { HuntCollector(plan) }
    let replay = Replay(events: ServedEvents.times)
    return try HuntResult(plan, HuntFindings(merging: parts), replay: replay).overAlerts(replay)
  }

  private final class LookingOver: RecordConsumer {
    func consume(_ batch: RecordBatch) {}
    func finish() {}
  }
}

/// A store of whatever kind.
struct StoreSource<Store: ServingStore>: EventSource {
  let store: Store

  func read<Consumer: RecordConsumer>(
    counting id: EventID?, asking question: (QuerySet, BoundQuery)?, times: ClosedRange<Timestamp>?,
    _ make: @escaping @Sendable () -> Consumer
  ) async throws -> (results: [Consumer.Result], deliveries: Int) {
    var reader = StoreReader(try await store.snapshot(), now: ServedEvents.now)
    reader.question = question
    reader.times = times
    let registry = EventRegistry(counting: id, remembers: false)
    let (summary, results) = try await reader.read(registry: registry, make)
    #expect(summary.missing.isEmpty && summary.reading.problems.isEmpty)
    return (results, registry.deliveries)
  }

  func hunt(_ plan: HuntPlan) async throws -> HuntResult {
    let hunt = StoreHunt(store, try await store.snapshot(), plan)
    let (summary, findings) = try await hunt.run()
    #expect(summary.missing.isEmpty && summary.problems.isEmpty)
    let replay = Replay(events: ServedEvents.times)
    var result = try HuntResult(plan, findings, replay: replay).overAlerts(replay)
    let (left, missing) = try await hunt.addBackground(to: &result)
    #expect(left == 0 && missing.isEmpty)
    return result
  }
}

extension HuntResult {
  /// The documents of all alerts and of what they are made of, in order.
  func documents() throws -> [String] {
    var found: [String] = []
    try forEachAlert { alert in
      found += ([alert] + alert.buildingBlocks).map { String(decoding: $0.json, as: UTF8.self) }
    }
    return found.sorted()
  }
}

/// The texts of the events that a query matches.
final class MatchCollector: RecordConsumer {
  private let mapper: EventMapper
  private let evaluator: QueryEvaluator
  private let query: BoundQuery
  private let times: ClosedRange<Timestamp>?
  private var found: [String] = []

  init(_ queries: QuerySet, _ query: BoundQuery, _ times: ClosedRange<Timestamp>?) {
    mapper = EventMapper(
      queries.plan, context: ServedEvents.context, flattenedRoots: FieldCatalog.standard.flattenedRoots)
    evaluator = QueryEvaluator(queries)
    (self.query, self.times) = (query, times)
  }

  func consume(_ batch: RecordBatch) throws {
    mapper.forEachBatch(of: batch, rows: Array(batch.rows.indices)) { events, rows in
      evaluator.begin(events)
      defer { evaluator.end() }
      evaluator.rows(query).forEach(rowCount: events.rowCount) { row in
        let record = batch.rows[rows[row]]
        guard let times, !(record.ownTime.map(times.contains) ?? false) else {
          return found.append(String(decoding: record.text, as: UTF8.self))
        }
      }
    }
  }

  func finish() -> [String] { found }
}
