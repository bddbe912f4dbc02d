import CloudTrail
import Events
import JSON

/// Reads text as files are read, into batches with the columns of a plan.
final class EventBatches {
  private let scanner = RecordScanner(leanFields: [], registry: EventRegistry())
  private let text: UnsafeMutableBufferPointer<UInt8>

  /// One event a line.
  convenience init(_ events: [JSONValue]) { self.init(texts: events.map(\.text)) }

  /// One event a line, as written.
  init(texts: [String]) {
    var bytes: [UInt8] = []
    for text in texts {
      bytes += text.utf8
      bytes.append(UInt8(ascii: "\n"))
    }
    text = .allocate(capacity: bytes.count + 64)
    text.initialize(repeating: 0)
    _ = text.update(fromContentsOf: bytes)
    scanner.beginBatch()
    scanner.scan(UnsafeBufferPointer(rebasing: text[..<bytes.count]), of: TextRegion(file: "test"))
    scanner.finishBatch()
  }

  deinit { text.deallocate() }

  var rowCount: Int { scanner.batch.rows.count }

  /// The text of a row.
  func text(_ row: Int) -> String { String(decoding: scanner.batch.rows[row].text, as: UTF8.self) }

  var problems: [RecordProblem] { scanner.problems.problems }

  static func mapper(_ plan: FieldPlan) -> EventMapper {
    EventMapper(
      plan, context: EventContext(readAt: Timestamp(milliseconds: 0), ingestsAtEventTime: false),
      flattenedRoots: FieldCatalog.standard.flattenedRoots)
  }

  func batch(_ mapper: EventMapper, rows: [Int]? = nil) -> EventBatch {
    mapper.batch(of: scanner.batch, rows: rows ?? Array(0..<rowCount))
  }
}
