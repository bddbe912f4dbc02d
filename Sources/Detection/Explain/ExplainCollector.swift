import CloudTrail
import Events
import JSON

/// Looks for one event, and runs one rule over all of them. One worker's own.
public final class ExplainCollector: RecordConsumer {
  public struct Found: Sendable {
    var findings: HuntFindings
    /// The event, when this worker met it.
    var record: FoundRecord?
  }

  private let hunt: HuntCollector
  private let wanted: EventID
  private let id: String
  private let indexer = StructuralIndexer()
  private var record: FoundRecord?

  /// `id` is the event's `event.id`, or the `_id` of its document.
  public init(_ plan: HuntPlan, id: String) {
    hunt = HuntCollector(plan, notesPolicies: false)
    self.id = id
    wanted = EventID(named: id)
  }

  public var leanFields: [LeanField] { hunt.leanFields }

  public func consume(_ batch: RecordBatch) throws {
    for row in batch.rows where record == nil && isWanted(row) { record = FoundRecord(row) }
    try hunt.consume(batch)
  }

  private func isWanted(_ row: RecordRow) -> Bool {
    if row.id == wanted || row.id.text == id { return true }
    guard row.kind == .ecs, let index = try? indexer.index(row.text) else { return false }
    let record = JSONNode(index, token: 0)
    return record.member("_id")?.string == id || EventFields(ECSReader.event(of: record)).all("event.id").contains(id)
  }

  public func finish() -> Found { Found(findings: hunt.finish(), record: record) }
}

/// A record's text by itself, with what was known of it.
struct FoundRecord: Sendable {
  private let bytes: [UInt8]
  private let kind: RecordKind
  private let time: Timestamp
  private let id: EventID

  init(_ row: RecordRow) {
    bytes = Array(row.text) + [UInt8](repeating: 0, count: 64)
    kind = row.kind
    time = row.time
    id = row.id
  }

  func withRow<Result>(_ body: (RecordRow) throws -> Result) rethrows -> Result {
    try bytes.withUnsafeBufferPointer { buffer in
      guard let start = buffer.baseAddress else { preconditionFailure("a record's text is not empty") }
      return try body(RecordRow(start: start, length: bytes.count - 64, kind: kind, time: time, id: id))
    }
  }
}
