import CloudTrail
import Events
import JSON
import Query

/// Runs a query in ES|QL over events. One worker's own.
public final class ESQLSearch: ColumnConsumer {
  /// What a worker found.
  public struct Result: Sendable {
    /// The worker's run. Unchecked in its sending: the worker hands it over at its end and has no more to do with it.
    nonisolated(unsafe) let run: ESQLRun
    /// Events of the data streams that the query names.
    public var asked = 0
    /// Why the run was given up.
    var failure: ESQLRunError?
  }

  private let program: ESQLProgram
  private let index: IndexPattern
  private let times: ClosedRange<Timestamp>?
  private let mapper: EventMapper
  private let writer: EventJSON
  private let evaluator: QueryEvaluator
  private let conditions: [BoundQuery]
  private let plan: FieldPlan?
  /// Nil where the query does not ask for `_ignored`.
  private let ignored: IgnoredFields?
  private var result: Result
  private var unread = ProblemLog()

  /// - Parameters:
  ///   - queries: holds the program's full-text conditions, which are `conditions`, and its fields.
  ///   - times: restricts the times of events, both ends included.
  ///   - asksColumns: whether stored columns are as the catalog types them, so that texts can stay packed.
  public init(
    _ program: ESQLProgram, queries: QuerySet, conditions: [BoundQuery], times: ClosedRange<Timestamp>?,
    asksColumns: Bool = false, context: EventContext, catalog: FieldCatalog
  ) {
    self.program = program
    self.conditions = conditions
    self.times = times
    index = IndexPattern(program.query.sources, now: queries.now)
    evaluator = QueryEvaluator(queries)
    mapper = EventMapper(queries.plan, context: context, flattenedRoots: catalog.flattenedRoots)
    writer = EventJSON(context)
    ignored = program.usedMetadata.contains("_ignored") ? IgnoredFields(context, catalog) : nil
    // What a document is called, and its text, stand in no column; and what is not indexed may stand in any.
    let inTexts: Set = ["_id", "_index", "_source", "_ignored"]
    plan =
      asksColumns && !queries.plan.goesBeyondColumns && !program.usedMetadata.contains(where: inTexts.contains)
      ? queries.plan : nil
    result = Result(run: program.run())
  }

  /// Events that could not be looked at, or not as a whole.
  public var problems: ProblemLog {
    var problems = mapper.problems
    problems.merge(unread)
    return problems
  }

  public func consume(_ batch: RecordBatch) {
    guard result.failure == nil else { return }
    let ignored = ignored?.names(in: batch) ?? [:]
    mapper.forEachBatch(of: batch, rows: Array(batch.rows.indices)) { events, rows in
      let isSearched = index.meant(in: events)
      let chosen = (0..<events.rowCount).filter { row in
        guard isSearched[Int(events.dataStream.code(row: row))] else { return false }
        return times.map { times in batch.rows[rows[row]].ownTime.map(times.contains) ?? false } ?? true
      }
      result.asked += chosen.count
      guard !chosen.isEmpty, result.failure == nil else { return }
      evaluator.begin(events)
      defer { evaluator.end() }
      do throws(ESQLRunError) {
        try result.run.take(
          events, rows: chosen, matches: conditions.map { evaluator.rows($0) },
          metadata: { name, row in
            guard name != "_ignored" else { return Cell((ignored[rows[row]] ?? []).map { .text($0) }) }
            return metadata(name, batch.rows[rows[row]], events, row)
          },
          order: { row in
            let record = batch.rows[rows[row]]
            return (record.time.milliseconds, record.id)
          })
      } catch {
        result.failure = error
      }
    }
  }

  public func plan(of dataStream: String) -> FieldPlan? { plan }

  public func consume(_ events: EventBatch, rows: [Int], heads: () throws -> [EventHead]) throws {
    guard result.failure == nil else { return }
    let isSearched = index.meant(in: events)
    let chosen = rows.filter { isSearched[Int(events.dataStream.code(row: $0))] }
    result.asked += chosen.count
    guard !chosen.isEmpty else { return }
    // Groups have no order among their events, and need none.
    let heads = result.run.needsOrder ? try heads() : []
    evaluator.begin(events)
    defer { evaluator.end() }
    do throws(ESQLRunError) {
      try result.run.take(
        events, rows: chosen, matches: conditions.map { evaluator.rows($0) },
        metadata: { name, _ in Self.constant(name) },
        order: { row in (heads[row].time.milliseconds, heads[row].identity.id) })
    } catch {
      result.failure = error
    }
  }

  /// Metadata that are the same for every event.
  private static func constant(_ name: String) -> Cell {
    switch name {
    case "_version": .whole(1)
    case "_score": .double(1)
    case "_index_mode": .text("standard")
    default: .none
    }
  }

  private func metadata(_ name: String, _ record: RecordRow, _ events: EventBatch, _ row: Int) -> Cell {
    switch name {
    case "_id": return .text((try? writer.id(of: record)) ?? record.id.text)
    case "_index":
      if let index = try? writer.documentIndex(record) { return .text(index) }
      return .text(events.dataStream.dictionary.text(events.dataStream.code(row: row)))
    case "_source":
      var text: [UInt8] = []
      guard (try? writer.append(record, to: &text)) != nil else { return .none }
      return .text(String(decoding: text, as: UTF8.self))
    default: return Self.constant(name)
    }
  }

  public func endUnit(_ sequence: Int) async throws {}

  public func finish() -> Result { result }

  /// The answer of all workers together. Throws where the query could not be run to its end.
  public static func answer(_ program: ESQLProgram, _ parts: [Result]) throws(ESQLRunError) -> (ESQLAnswer, asked: Int)
  {
    for part in parts { if let failure = part.failure { throw failure } }
    let run = parts.first?.run ?? program.run()
    for part in parts.dropFirst() { run.merge(part.run) }
    return (try run.answer(), parts.reduce(0) { $0 + $1.asked })
  }
}
