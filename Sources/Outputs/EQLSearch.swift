import CloudTrail
import Events
import JSON
import Parallel
import Query

/// Collects the events that take part in an EQL query. One worker's own.
///
/// Of events that come as texts those are kept. Of stored ones their columns are enough to find the hits, and `EQLTexts` reads the
/// texts of these afterwards.
public final class EQLSearch: ColumnConsumer {
  /// What workers found, together.
  public struct Result: Sendable {
    /// What there is to print of a candidate.
    enum Text: Sendable {
      /// A line of JSON.
      case json([UInt8])
      /// It lies in this row of its unit, whose number the upper half of its order is.
      case row(Int32)
    }

    var candidates = EQLCandidates()
    /// By the places of candidates.
    var texts: [Text] = []
    /// Of the texts.
    var bytes = 0
    /// Events that the query was asked about: of the data streams and times that are searched.
    public var asked = 0
    /// Events that match and found no room, so that hits are missing.
    public var left = 0
    /// Events that match and have no time, so that they are in no sequence.
    public var timeless = 0
    /// What failed within conditions.
    public var notes = EvaluationNotes()
    /// Which of the fields that no event is known to have had a value all the same.
    public var met: Set<String> = []

    public init() {}

    public mutating func merge(_ other: Result) {
      candidates.append(contentsOf: other.candidates)
      texts += other.texts
      asked += other.asked
      left += other.left
      timeless += other.timeless
      notes.merge(other.notes)
      met.formUnion(other.met)
    }
  }

  /// Bytes of events that a worker keeps at most.
  private static let mostBytes = min(256 << 20, ProcessMemory.available / 16)

  private let collector: EQLCollector
  private let mapper: EventMapper
  private let writer: EventJSON
  private let index: IndexPattern?
  private let times: ClosedRange<Timestamp>?
  private let unknown: [String]
  private let counts: Bool
  private let plan: FieldPlan?
  private var result = Result()
  /// Candidates before this one belong to units that have ended.
  private var ended = 0
  private var unprinted = ProblemLog()

  /// - Parameters:
  ///   - index: restricts the data streams that are searched; `times` restricts the times of events, both ends included.
  ///   - unknown: fields that no event is known to have; which have values is noted.
  ///   - counts: hits are only counted, so that no text is kept.
  ///   - asksColumns: whether stored columns are as the catalog types them, so that texts can stay packed.
  public init(
    _ collector: EQLCollector, index: IndexPattern?, times: ClosedRange<Timestamp>?, unknown: [String], counts: Bool,
    asksColumns: Bool = false, context: EventContext, catalog: FieldCatalog
  ) {
    self.collector = collector
    self.index = index
    self.times = times
    self.unknown = unknown
    self.counts = counts
    plan = asksColumns && !collector.queries.plan.goesBeyondColumns ? collector.queries.plan : nil
    mapper = EventMapper(collector.queries.plan, context: context, flattenedRoots: catalog.flattenedRoots)
    writer = EventJSON(context)
  }

  public var wantsIngestionTimes: Bool { true }

  public var problems: ProblemLog {
    var problems = mapper.problems
    problems.merge(unprinted)
    return problems
  }

  public func consume(_ batch: RecordBatch) throws {
    mapper.forEachBatch(of: batch, rows: Array(batch.rows.indices)) { events, rows in
      for field in unknown where events.column(field)?.isEmpty == false { result.met.insert(field) }
      let isSearched = isSearched(events)
      func isAsked(_ row: Int) -> Bool {
        guard isSearched[Int(events.dataStream.code(row: row))] else { return false }
        return times.map { times in batch.rows[rows[row]].ownTime.map(times.contains) ?? false } ?? true
      }
      for row in 0..<events.rowCount where isAsked(row) { result.asked += 1 }
      collect(events) { row in
        guard isAsked(row) else { return nil }
        var json: [UInt8] = []
        do {
          if !counts {
            try writer.append(batch.rows[rows[row]], ingested: batch.ingestionTime(of: rows[row]), to: &json)
          }
        } catch {
          unprinted.note(batch.problem(with: rows[row], .noRoom, "\(error)"))
          return nil
        }
        return .json(json)
      }
    }
  }

  public func plan(of dataStream: String) -> FieldPlan? { plan }

  public func consume(_ events: EventBatch, rows: [Int], heads: () throws -> [EventHead]) throws {
    let isSearched = isSearched(events)
    var isAsked = Bitmap(count: events.rowCount)
    for row in rows where isSearched[Int(events.dataStream.code(row: row))] {
      isAsked.insert(row)
      result.asked += 1
    }
    collect(events, among: isAsked) { .row(Int32($0)) }
  }

  /// By the codes of data streams, whether they are searched.
  private func isSearched(_ events: EventBatch) -> [Bool] {
    (0...events.dataStream.dictionary.count).map { code in
      code > 0 && index?.matches(events.dataStream.dictionary.text(UInt32(code))) ?? true
    }
  }

  /// Adds the candidates of a batch as far as there is room.
  ///
  /// - Parameter text: gives what there is to print of a row; nil where it is not to be looked at.
  private func collect(_ events: EventBatch, among rows: Bitmap? = nil, _ text: (Int) -> Result.Text?) {
    var (texts, bytes, left) = (result.texts, result.bytes, 0)
    result.texts = []
    collector.collect(events, into: &result.candidates, among: rows) { row, candidateBytes in
      guard let text = text(row) else { return nil }
      var size = MemoryLayout<Result.Text>.stride
      if case .json(let json) = text { size += 32 + json.count }
      guard candidateBytes + bytes + size <= Self.mostBytes else {
        left += 1
        return nil
      }
      bytes += size
      texts.append(text)
      return texts.count - 1 - ended
    }
    (result.texts, result.bytes) = (texts, bytes)
    result.left += left
  }

  public func endUnit(_ sequence: Int) async throws {
    result.candidates.moveOrders(from: ended, by: sequence << 32)
    ended = result.candidates.count
  }

  public func finish() -> Result {
    result.timeless = collector.timeless
    result.notes = collector.notes
    return result
  }
}
