import Events
import Query

/// Events that were appended at once.
///
/// Unchecked in its sending: the batch is the store's own from the append on, all its entries are there, and nobody changes it.
public struct MemoryPart: EventPart, @unchecked Sendable {
  public let number: Int64
  private let batch: SourcedBatch
  public internal(set) var hidden: [Int] = []
  public let times: ClosedRange<Timestamp>?

  init(_ number: Int64, _ batch: SourcedBatch) {
    self.number = number
    var batch = batch
    // Every event is of the batch's data stream, whatever its columns say.
    var name = batch.dataStream
    var values = ValueDictionary()
    let code = name.withUTF8 { values.insert(Scalar(.string, $0)) }
    batch.events = EventBatch(
      rowCount: batch.events.rowCount,
      dataStream: Column(dictionary: values, codes: repeatElement(code, count: batch.events.rowCount)),
      columns: batch.events.columns, columnByPath: batch.events.columnByPath, nested: batch.events.nested)
    Self.read(batch.events)
    self.batch = batch
    let known = batch.heads.map(\.time).filter { $0 != .missing }
    times = known.min().flatMap { first in known.max().map { first...$0 } }
  }

  /// Sees to it that no entry is left to be read when somebody first asks.
  private static func read(_ batch: EventBatch) {
    for column in batch.columns where column.rowCount > 0 { _ = column.code(row: 0) }
    for nested in batch.nested.values { read(nested.batch) }
  }

  public var dataStream: String { batch.dataStream }
  public var rowCount: Int { batch.heads.count }

  public func mayHold(_ query: BoundQuery, of queries: QuerySet) -> Bool { true }
  public func timesOfRows() -> [Timestamp] { batch.heads.map(\.time) }
  public func heads() -> [EventHead] { batch.heads }

  public func rows(of identities: [EventIdentity]) -> [(place: Int, row: Int)] {
    let rows = Dictionary(grouping: batch.heads.indices, by: { batch.heads[$0].identity })
    return identities.enumerated().flatMap { place, identity in (rows[identity] ?? []).map { (place, $0) } }
  }

  public func rows(ofIDs ids: [EventID]) -> [(place: Int, row: Int)] {
    let rows = Dictionary(grouping: batch.heads.indices, by: { batch.heads[$0].identity.id })
    return ids.enumerated().flatMap { place, id in (rows[id] ?? []).map { (place, $0) } }
  }

  public func withColumns<Result>(_ plan: FieldPlan, _ body: (EventBatch) throws -> Result) rethrows -> Result {
    try body(events(plan))
  }

  public func events(_ plan: FieldPlan) -> EventBatch { batch.events.projecting(plan) }

  public func withSources(_ rows: [Int], _ body: (Int, UnsafeBufferPointer<UInt8>) throws -> Void) throws {
    try batch.sources.forEach(rows, body)
  }
}
