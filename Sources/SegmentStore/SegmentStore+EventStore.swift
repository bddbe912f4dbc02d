import Events
import Foundation
import Query
import Segments
import Store

extension SegmentStore: EventStore {
  /// Each batch is a segment; one transaction of the catalog makes them count. Throws `StoreError` and `SegmentError`.
  public func append(
    _ batches: sending [SourcedBatch], from object: SourceObject?, _ precedence: Precedence, at now: Timestamp
  ) throws -> AppendOutcome {
    if let object, try knows(object) { return AppendOutcome(isRepeated: true) }
    return try append(batches, objects: object.map { [$0] } ?? [], precedence, token: object, at: now)
  }

  /// Segments of which nothing is left are deleted, and of others rows no longer count. Throws `StoreError` and
  /// `SegmentError`.
  @discardableResult
  public func delete(before time: Timestamp, of index: IndexPattern?, at now: Timestamp) throws -> Int {
    precondition(lock != nil, "a folder that is open for writing")
    return try state.withLock { state in
      var change = Catalog.Change()
      var (parts, missing) = (state.parts, state.missing)
      var (count, names): (Int, [String]) = (0, [])
      func isMeant(_ summary: SegmentSummary) -> Bool {
        summary.times.map { $0.lowerBound < time } ?? false && index?.matches(summary.dataStream) ?? true
      }
      for part in state.parts where isMeant(part.summary) {
        let times: [Timestamp]
        do {
          times = try part.segment.times()
        } catch {
          // All of it that has a time is to go, and nothing else can be told of the rest.
          guard let last = part.summary.times?.upperBound, last < time else { throw error }
          times = []
        }
        let rows = part.rows.filter { $0 >= times.count || times[$0] != .missing && times[$0] < time }
        count += rows.count
        if rows.count == part.eventCount {
          change.removed.append(part.number)
          names.append(part.segment.path)
          parts.removeAll { $0.number == part.number }
        } else {
          let hidden = rows.map { (segment: part.number, row: $0) }
          change.hidden += hidden
          Self.hide(hidden, in: &parts)
        }
      }
      // What cannot be read goes when all of it is meant.
      missing.removeAll { part in
        guard isMeant(part.summary), let last = part.summary.times?.upperBound, last < time, let number = part.number
        else { return false }
        change.removed.append(number)
        if part.isSetAside { names.append(folder.damaged + "/" + part.name) }
        count += part.summary.rowCount - part.hidden.count
        return true
      }
      guard !change.removed.isEmpty || !change.hidden.isEmpty else { return 0 }
      try commit(change, at: now)
      (state.parts, state.missing) = (parts, missing)
      // Whoever reads them has them mapped.
      for name in names { unlink(name) }
      return count
    }
  }
}

extension StoreSnapshot.Part: EventPart {
  public var dataStream: String { summary.dataStream }
  public var rowCount: Int { summary.rowCount }
  public var times: ClosedRange<Timestamp>? { summary.times }

  public func mayHold(_ query: BoundQuery, of queries: QuerySet) -> Bool {
    queries.mayMatch(query, StoredValues(segment: segment))
  }

  public func timesOfRows() throws -> [Timestamp] { try segment.times() }
  public func heads() throws -> [EventHead] { try segment.heads() }

  public func rows(of identities: [EventIdentity]) throws -> [(place: Int, row: Int)] {
    try segment.rows(of: identities)
  }

  public func rows(ofIDs ids: [EventID]) throws -> [(place: Int, row: Int)] { try segment.rows(ofIDs: ids) }

  public func withColumns<Result>(_ plan: FieldPlan, _ body: (EventBatch) throws -> Result) throws -> Result {
    try withColumns(plan, only: nil, body)
  }

  /// The columns that a plan asks for, of which others than some rows may lack values. Which rows have which values is read only
  /// of columns that are looked into.
  ///
  /// - Parameter rows: ascending; all where nil.
  public func withColumns<Result>(
    _ plan: FieldPlan, only rows: [Int]?, _ body: (EventBatch) throws -> Result
  ) throws -> Result {
    let late = LateEntries(segment)
    let result = try body(try segment.events(plan, late: late, only: rows))
    if let fault = late.fault { throw fault }
    return result
  }

  public func events(_ plan: FieldPlan) throws -> EventBatch { try segment.events(plan) }

  public func withSources(_ rows: [Int], _ body: (Int, UnsafeBufferPointer<UInt8>) throws -> Void) throws {
    try segment.withSources(rows, body)
  }
}

/// What a segment says of its values.
private struct StoredValues: ValueKnowledge {
  let segment: Segment

  func hasColumn(_ path: String) -> Bool { segment.hasColumn(path) }

  /// A filter that is damaged says nothing; what is damaged is told where events depend on it.
  func mayHold(_ text: [UInt8], in path: String) -> Bool { (try? segment.mayHold(text, in: path)) ?? true }
}

extension StoreSnapshot: EventSnapshot {
  /// The same events, as the operations of every store read them.
  private var answers: PartedSnapshot<Part> { PartedSnapshot(parts, missing: missingParts) }

  public var missingParts: [MissingPart] {
    missing.map {
      MissingPart(
        dataStream: $0.summary.dataStream, eventCount: $0.summary.rowCount, times: $0.summary.times, reason: $0.reason)
    }
  }

  public func scan(_ request: ScanRequest, _ body: (ScanBatch) throws -> ScanStep) async throws -> ReadSummary {
    try await answers.scan(request, body)
  }

  public func groups(_ request: GroupRequest) async throws -> (groups: EventGroups, summary: ReadSummary) {
    try await answers.groups(request)
  }

  public func histogram(
    _ request: HistogramRequest
  ) async throws -> (histogram: TimeHistogram, summary: ReadSummary) {
    try await answers.histogram(request)
  }

  public func fetch(
    _ references: [EventReference], _ projection: Projection, _ body: (ScanBatch) throws -> Void
  ) async throws -> (notFound: [EventReference], missing: [MissingPart]) {
    try await answers.fetch(references, projection, body)
  }

  public func references(of ids: [EventID]) async throws -> (references: [EventReference], missing: [MissingPart]) {
    try await answers.references(of: ids)
  }
}
