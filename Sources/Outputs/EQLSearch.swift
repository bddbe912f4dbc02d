import CloudTrail
import Events
import JSON
import Parallel
import Query

/// Collects the events that take part in an EQL query, with their text. One worker's own.
public final class EQLSearch: RecordConsumer {
  /// What workers found, together.
  public struct Result: Sendable {
    /// The candidates, each with its event as a line of JSON.
    var found: [(candidate: EQLCandidate, json: [UInt8])] = []
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
      found += other.found
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
  private var result = Result()
  /// Candidates before this one belong to units that have ended.
  private var ended = 0
  private var unprinted = ProblemLog()

  /// - Parameters:
  ///   - index: restricts the data streams that are searched; `times` restricts the times of events, both ends included.
  ///   - unknown: fields that no event is known to have; which have values is noted.
  ///   - counts: hits are only counted, so that no text is kept.
  public init(
    _ collector: EQLCollector, index: IndexPattern?, times: ClosedRange<Timestamp>?, unknown: [String], counts: Bool,
    context: EventContext, catalog: FieldCatalog
  ) {
    self.collector = collector
    self.index = index
    self.times = times
    self.unknown = unknown
    self.counts = counts
    mapper = EventMapper(collector.queries.plan, context: context, flattenedRoots: catalog.flattenedRoots)
    writer = EventJSON(context)
  }

  public var problems: ProblemLog {
    var problems = mapper.problems
    problems.merge(unprinted)
    return problems
  }

  public func consume(_ batch: RecordBatch) throws {
    mapper.forEachBatch(of: batch, rows: Array(batch.rows.indices)) { events, rows in
      for field in unknown where events.column(field)?.isEmpty == false { result.met.insert(field) }
      let isSearched = (0...events.dataStream.dictionary.count).map { code in
        code > 0 && index?.matches(events.dataStream.dictionary.text(UInt32(code))) ?? true
      }
      func isAsked(_ row: Int) -> Bool {
        guard isSearched[Int(events.dataStream.code(row: row))] else { return false }
        return times.map { times in batch.rows[rows[row]].ownTime.map(times.contains) ?? false } ?? true
      }
      for row in 0..<events.rowCount where isAsked(row) { result.asked += 1 }
      collector.forEachCandidate(events) { row, candidate in
        guard isAsked(row) else { return }
        var json: [UInt8] = []
        do {
          if !counts { try writer.append(batch.rows[rows[row]], to: &json) }
        } catch {
          unprinted.note(batch.problem(with: rows[row], .noRoom, "\(error)"))
          return
        }
        let size = json.count + 200
        guard result.bytes + size <= Self.mostBytes else {
          result.left += 1
          return
        }
        result.bytes += size
        var candidate = candidate
        candidate.order = result.found.count - ended
        result.found.append((candidate, json))
      }
    }
  }

  public func endUnit(_ sequence: Int) async throws {
    for at in ended..<result.found.count {
      result.found[at].candidate.order += sequence << 32
    }
    ended = result.found.count
  }

  public func finish() -> Result {
    result.timeless = collector.timeless
    result.notes = collector.notes
    return result
  }
}
