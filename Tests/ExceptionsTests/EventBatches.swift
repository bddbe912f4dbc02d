import CloudTrail
import Events
import JSON
import Query

/// Asks events, read as files are read, which of them a predicate is true of.
enum EventBatches {
  static func matching(_ predicate: Predicate, _ events: [JSONValue]) -> [Bool] {
    var bytes: [UInt8] = []
    for (at, event) in events.enumerated() {
      // Without an id of its own an event would be its twin's duplicate.
      var members = event.objectValue ?? [:]
      members["@timestamp"] = members["@timestamp"] ?? "2026-01-01T00:00:00.000Z"
      members["_id"] = .string("event-\(at)")
      JSONValue.object(["_id": .string("event-\(at)"), "_source": .object(members.filter { $0.key != "_id" })])
        .append(to: &bytes)
      bytes.append(UInt8(ascii: "\n"))
    }
    let text = UnsafeMutableBufferPointer<UInt8>.allocate(capacity: bytes.count + 64)
    defer { text.deallocate() }
    text.initialize(repeating: 0)
    _ = text.update(fromContentsOf: bytes)
    let scanner = RecordScanner(leanFields: [], registry: EventRegistry())
    scanner.beginBatch()
    scanner.scan(UnsafeBufferPointer(rebasing: text[..<bytes.count]), of: TextRegion(file: "test"))
    scanner.finishBatch()
    precondition(scanner.batch.rows.count == events.count, "\(scanner.problems.problems)")
    var set = QuerySet(now: Timestamp(milliseconds: 0))
    let query = set.add(predicate)
    let mapper = EventMapper(
      set.plan, context: EventContext(readAt: Timestamp(milliseconds: 0), ingestsAtEventTime: false),
      flattenedRoots: FieldCatalog.standard.flattenedRoots)
    let evaluator = QueryEvaluator(set)
    evaluator.begin(mapper.batch(of: scanner.batch, rows: Array(events.indices)))
    let rows = evaluator.rows(query).bitmap(rowCount: events.count)
    return events.indices.map { rows.contains($0) }
  }
}
