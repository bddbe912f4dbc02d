import CloudTrail
import Detection
import Events
import Inputs
import Segments

/// The texts of a segment's events, by their rows.
struct SegmentTexts: EventTexts {
  let segment: Segment

  func length(of number: UInt32) -> Int {
    Int(segment.summary.sourceBytes) / max(1, segment.summary.rowCount)
  }

  func withRow<Result>(_ number: UInt32, _ body: (RecordRow) throws -> Result) throws -> Result {
    let records = StoredRecords()
    var row: RecordRow?
    try segment.withSources([Int(number)]) { _, text in row = records.only(text) }
    guard let row else { throw SegmentTextFault(path: segment.path, row: Int(number)) }
    return try withExtendedLifetime(records) { try body(row) }
  }
}

/// A stored text is no event any longer.
struct SegmentTextFault: Error, CustomStringConvertible {
  var path: String
  var row: Int
  var description: String {
    "reading event \(row) of \(path): its text is not that of one event; martlet verify says what else is damaged"
  }
}

/// Records out of stored texts, with their numbers. One task's own.
final class StoredRecords {
  private let text: TextBuffer
  private let scanner: RecordScanner
  /// Of each row of the batch its number.
  private(set) var numbers: [UInt32] = []

  private static let capacity = 1 << 16

  init(capacity: Int = StoredRecords.capacity) {
    text = TextBuffer(capacity: capacity)
    scanner = RecordScanner(leanFields: [], registry: EventRegistry(remembers: false))
    scanner.beginBatch()
  }

  /// The records; their texts stay until `removeAll`.
  var batch: RecordBatch { scanner.batch }

  /// Whether a text of some bytes finds room behind the others. One alone always does.
  func hasRoom(for count: Int) -> Bool { numbers.isEmpty || text.count + count + TextBuffer.padding <= text.capacity }

  /// Adds a text, which must have room, and tells whether it is that of one event; of several or none nothing is right.
  func append(_ source: UnsafeBufferPointer<UInt8>, number: UInt32) -> Bool {
    guard let start = source.baseAddress else { return false }
    if numbers.isEmpty, text.count == 0 { text.grow(to: source.count + TextBuffer.padding) }
    (text.start + text.count).update(from: start, count: source.count)
    let own = text.commit(source.count)
    // The zeros behind a text stay behind it.
    text.count += TextBuffer.padding
    let before = scanner.batch.rows.count
    _ = scanner.scan(own, of: TextRegion(file: "store"))
    let found = scanner.batch.rows.count - before
    for _ in 0..<found { numbers.append(number) }
    return found == 1
  }

  /// The one event of a text, in place of all records there were; nil where it is not that of one.
  func only(_ source: UnsafeBufferPointer<UInt8>) -> RecordRow? {
    removeAll()
    return append(source, number: 0) ? scanner.batch.rows.first : nil
  }

  /// Forgets all records.
  func removeAll() {
    scanner.finishBatch()
    scanner.beginBatch()
    text.count = 0
    numbers.removeAll(keepingCapacity: true)
  }
}
