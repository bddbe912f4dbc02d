import CloudTrail
import Events
import JSON

/// Looks for the events of one id. One worker's own.
final class RecordFinder: RecordConsumer {
  private let wanted: EventID
  private let id: String
  private let indexer = StructuralIndexer()
  /// The events of the id that were met.
  private(set) var records: [FoundRecord] = []
  /// Events of one id that are told apart; in two indices there may be two.
  private static let mostRecords = 1000
  private static let mostBytes = 64 << 20
  private var bytes = 0

  /// `id` is the event's `event.id`, the `_id` of its document, or an alert's `kibana.alert.uuid`.
  init(id: String) {
    self.id = id
    wanted = EventID(named: id)
  }

  func consume(_ batch: RecordBatch) {
    for row in batch.rows where records.count < Self.mostRecords && bytes < Self.mostBytes {
      guard let isExact = matches(row) else { continue }
      records.append(FoundRecord(row, isExact: isExact))
      bytes += row.length
    }
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

  func finish() -> [FoundRecord] { records }

  /// The alerts of an id, and those on events of it.
  ///
  /// - Parameter isAlone: the id is nobody else's: then the start of an alert's id will do, where no other begins so.
  static func records(of id: String, in alerts: [KnownAlert], isAlone: Bool) throws -> [FoundRecord] {
    let finder = RecordFinder(id: isAlone ? wholeID(id, in: alerts) : id)
    try AlertTexts.read(alerts, finder)
    return finder.finish()
  }

  /// Letters of an id from which on they may stand for it.
  private static let shortest = 4

  private static func wholeID(_ start: String, in alerts: [KnownAlert]) -> String {
    guard start.count >= shortest else { return start }
    let ids = alerts.map(\.id).filter { $0.hasPrefix(start) }
    return ids.count == 1 ? ids[0] : start
  }
}
