import CloudTrail
import Detection
import Events
import Inputs
import Store
import Synchronization

/// The texts of a part's events, by their rows. Throws `EventTextFault`.
final class PartTexts<Part: EventPart>: EventTexts {
  private let part: Part
  private let tellsIngestion: Bool
  private let known = Mutex<[Timestamp]?>(nil)
  private let recent: RecentTexts

  /// - Parameters:
  ///   - tellsIngestion: whether it is told when events were taken in.
  ///   - recent: where texts stay for a while that were unpacked with others.
  init(_ part: Part, tellsIngestion: Bool, _ recent: RecentTexts) {
    self.part = part
    self.tellsIngestion = tellsIngestion
    self.recent = recent
  }

  func ingestionTime(of number: UInt32) throws -> Timestamp? {
    guard tellsIngestion else { return nil }
    let times = try known.withLock { known in
      let times = try known ?? telling { try part.ingestionTimes() }
      known = times
      return times
    }
    guard Int(number) < times.count, times[Int(number)] != .missing else { return nil }
    return times[Int(number)]
  }

  func length(of number: UInt32) -> Int {
    part.sourceBytes / max(1, part.rowCount)
  }

  func withRow<Result>(_ number: UInt32, _ body: (RecordRow) throws -> Result) throws -> Result {
    let records = StoredRecords()
    var row: RecordRow?
    try telling { try recent.withText(of: Int(number), in: part) { row = records.only($0) } }
    guard let row else {
      throw EventTextFault(
        part: part.number, row: Int(number),
        description:
          "reading event \(number) of \(part.location): its text is not that of one event; martlet verify says what else "
          + "is damaged")
    }
    return try withExtendedLifetime(records) { try body(row) }
  }

  private func telling<Result>(_ body: () throws -> Result) throws -> Result {
    do {
      return try body()
    } catch let fault as Part.Fault {
      throw EventTextFault(part: part.number, row: nil, description: "\(fault)")
    }
  }
}

/// The text of a stored event could not be had.
public struct EventTextFault: Error, CustomStringConvertible, Sendable {
  /// The number of the event's part.
  let part: Int64
  /// The event, where its text was read and is no event any longer; nil where the part could not be read.
  let row: Int?
  public let description: String
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

  /// When the events of `numbers` were taken in, as far as that was told.
  private var ingestionTimes: [Timestamp] = []

  /// The records; their texts stay until `removeAll`.
  var batch: RecordBatch {
    var batch = scanner.batch
    batch.ingestionTimes = ingestionTimes
    return batch
  }

  /// Whether a text of some bytes finds room behind the others. One alone always does.
  func hasRoom(for count: Int) -> Bool { numbers.isEmpty || text.count + count + TextBuffer.padding <= text.capacity }

  /// Adds a text, which must have room, and tells whether it is that of one event; of several or none nothing is right.
  ///
  /// - Parameter ingested: when the event was taken in, where it does not say it itself.
  func append(
    _ source: UnsafeBufferPointer<UInt8>, number: UInt32, ingested: Timestamp = .missing
  ) -> Bool {
    guard let start = source.baseAddress else { return false }
    if numbers.isEmpty, text.count == 0 { text.grow(to: source.count + TextBuffer.padding) }
    (text.start + text.count).update(from: start, count: source.count)
    let own = text.commit(source.count)
    // The zeros behind a text stay behind it.
    text.count += TextBuffer.padding
    let before = scanner.batch.rows.count
    _ = scanner.scan(own, of: TextRegion(file: "store"))
    let found = scanner.batch.rows.count - before
    for _ in 0..<found {
      numbers.append(number)
      ingestionTimes.append(ingested)
    }
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
    ingestionTimes.removeAll(keepingCapacity: true)
  }
}
