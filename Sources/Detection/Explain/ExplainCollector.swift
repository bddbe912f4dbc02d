import CloudTrail
import Events
import JSON

/// Looks for one event, and runs one rule over all of them. One worker's own.
public final class ExplainCollector: RecordConsumer {
  public struct Found: Sendable {
    var findings: HuntFindings
    /// The events of the id that this worker met.
    var records: [FoundRecord]
  }

  private let hunt: HuntCollector
  private let wanted: EventID
  private let id: String
  private let indexer = StructuralIndexer()
  private var records: [FoundRecord] = []
  /// Events of one id that are told apart; in two indices there may be two.
  private static let mostRecords = 1000
  private static let mostBytes = 64 << 20
  private var bytes = 0

  /// `id` is the event's `event.id`, the `_id` of its document, or an alert's `kibana.alert.uuid`.
  public init(_ plan: HuntPlan, id: String) {
    hunt = HuntCollector(plan, isForAlerts: false)
    self.id = id
    wanted = EventID(named: id)
  }

  public var leanFields: [LeanField] { hunt.leanFields }

  public var problems: ProblemLog { hunt.problems }

  public func consume(_ batch: RecordBatch) throws {
    for row in batch.rows where records.count < Self.mostRecords && bytes < Self.mostBytes {
      guard let isExact = matches(row) else { continue }
      records.append(FoundRecord(row, isExact: isExact))
      bytes += row.length
    }
    try hunt.consume(batch)
  }

  /// Nil for an event of another id; else whether it is the event's own, or one that it names.
  private func matches(_ row: RecordRow) -> Bool? {
    if row.id == wanted || row.id.text == id { return true }
    guard row.kind == .ecs, let index = try? indexer.index(row.text) else { return nil }
    let record = JSONNode(index, token: 0)
    if record.member("_id")?.string == id { return true }
    let fields = EventFields(ECSReader.event(of: record))
    if row.isAlert, fields.first("kibana.alert.uuid") == id { return true }
    return fields.all("event.id").contains(id) ? false : nil
  }

  public func finish() -> Found { Found(findings: hunt.finish(), records: records) }
}
