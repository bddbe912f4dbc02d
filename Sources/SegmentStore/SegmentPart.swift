import Events
import Query
import Segments
import Store

/// A segment with the rows of it that count. It stays readable for as long as it is held, whatever is merged or deleted meanwhile.
public struct SegmentPart: Sendable {
  public let number: Int64
  public let segment: Segment
  /// Rows that no longer count, ascending: they were replaced, or had been stored before.
  public let hidden: [Int]
  /// In which spans the dates of fields lie; nil where that is not known.
  public let spans: FieldSpans?

  public var summary: SegmentSummary { segment.summary }

  init(number: Int64, segment: Segment, hidden: [Int], spans: FieldSpans?) {
    self.number = number
    self.segment = segment
    self.hidden = hidden
    self.spans = spans
  }

  /// A segment that does not count yet, and has no number of its own.
  init(uncounted segment: Segment, spans: FieldSpans? = nil) {
    self.init(number: 0, segment: segment, hidden: [], spans: spans)
  }
}

extension SegmentPart: EventPart {
  public var name: String { "segment \(number)" }
  public var location: String { segment.path }
  public var dataStream: String { summary.dataStream }
  public var rowCount: Int { summary.rowCount }
  public var times: ClosedRange<Timestamp>? { summary.times }
  public var paths: [String] { segment.paths }
  public var sourceBytes: Int { summary.sourceBytes }

  public func mayHold(_ query: BoundQuery, of queries: QuerySet) -> Bool {
    queries.mayMatch(query, StoredValues(segment: segment))
  }

  public func timesOfRows() throws -> [Timestamp] { try segment.times() }
  public func forms() throws -> [UInt8] { try segment.forms() }
  public func heads() throws -> [EventHead] { try segment.heads() }

  public func rows(of identities: [EventIdentity]) throws -> [(place: Int, row: Int)] {
    try segment.rows(of: identities)
  }

  public func rows(ofIDs ids: [EventID]) throws -> [(place: Int, row: Int)] { try segment.rows(ofIDs: ids) }

  public func withColumns<Result>(
    _ plan: FieldPlan, only rows: [Int]?, _ body: (EventBatch) throws -> Result
  ) throws -> Result {
    let late = LateEntries(segment)
    let result = try body(try segment.events(plan, late: late, only: rows))
    if let fault = late.fault { throw fault }
    return result
  }

  public func events(_ plan: FieldPlan) throws -> EventBatch { try segment.events(plan) }

  public func withSources(
    _ rows: [Int], damaged: ((Int, SegmentError) -> Void)?, _ body: (Int, UnsafeBufferPointer<UInt8>) throws -> Void
  ) throws {
    try segment.withSources(rows, damaged: damaged, body)
  }

  public func rowsUnpacked(with row: Int) -> Range<Int> { segment.rowsUnpacked(with: row) }

  public func letGo() { segment.letGo() }
}

/// What a segment says of its values.
private struct StoredValues: ValueKnowledge {
  let segment: Segment

  var dataStream: String? { segment.summary.dataStream }

  func hasColumn(_ path: String) -> Bool { segment.hasColumn(path) }

  /// A filter that is damaged says nothing; what is damaged is told where events depend on it.
  func mayHold(_ text: [UInt8], in path: String) -> Bool { (try? segment.mayHold(text, in: path)) ?? true }
}
