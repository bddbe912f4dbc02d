import CMemory
import Events
import JSON

/// The records of a piece of input: where each one's text lies, when it happened, which it is, and its lean fields.
///
/// Rows borrow their text from the buffers of the worker that made them; the batch is read before those are used again.
public struct RecordBatch {
  public internal(set) var rows: [RecordRow]
  /// Of each row which event it tells, where that was asked for; else empty.
  public internal(set) var heads: [EventHead] = []
  /// Of each row when a store took its event in, `Timestamp.missing` for one that says so itself; empty where nothing is known of
  /// that, as of files.
  public var ingestionTimes: [Timestamp] = []
  /// A column for each lean field that was asked for; that of `ip` is empty unless `address` was asked for too.
  public internal(set) var lean: [Column]
  public let leanFields: [LeanField]
  /// Records met, duplicates and bad ones too.
  public internal(set) var recordsRead = 0
  /// Records left out because they had been met before.
  public internal(set) var duplicates = 0
  /// Records that are events, those met before too.
  public var eventsFound: Int { rows.count + duplicates }
  /// Texts that came as JSON strings inside JSON; rows may borrow from them.
  var unwrapped: [UnsafeMutableBufferPointer<UInt8>] = []
  private var scratch: [UInt8] = []
  /// Of the text that was scanned last where its records stand, where that was asked for.
  var tokens = RecordTokens()

  /// The texts that rows were found in, in the order of the rows.
  private var sources: [Source] = []

  private struct Source {
    var region: TextRegion
    var text: UnsafeBufferPointer<UInt8>
    /// The first row that may have come of it.
    var firstRow: Int
  }

  /// A batch of the rows given, which stay in place for as long as it is used, for a start.
  public init(leanFields: [LeanField], rows: [RecordRow] = []) {
    self.rows = rows
    self.leanFields = leanFields
    lean = leanFields.map { _ in Column() }
  }

  /// When a store took a row's event in, where that is known and the event does not say it itself.
  public func ingestionTime(of row: Int) -> Timestamp? {
    guard row < ingestionTimes.count, ingestionTimes[row] != .missing else { return nil }
    return ingestionTimes[row]
  }

  /// The batch with some of its lean fields, by their places.
  public func withLeanFields(_ places: [Int]) -> RecordBatch {
    var batch = RecordBatch(leanFields: places.map { leanFields[$0] }, rows: rows)
    batch.sources = sources
    batch.ingestionTimes = ingestionTimes
    batch.tokens = tokens
    batch.lean = places.map { lean[$0] }
    return batch
  }

  /// Unescapes the raw text of a string into a text of its own, which has zeros behind it and stays as long as the batch.
  mutating func keepUnescaped(_ raw: UnsafeBufferPointer<UInt8>) -> UnsafeBufferPointer<UInt8> {
    scratch.removeAll(keepingCapacity: true)
    JSONString.appendUnescaped(raw, to: &scratch)
    return keep(scratch)
  }

  /// Keeps a copy of a text, which has zeros behind it and stays as long as the batch.
  mutating func keep(_ text: [UInt8]) -> UnsafeBufferPointer<UInt8> {
    let copy = UnsafeMutableBufferPointer<UInt8>.allocate(capacity: text.count + 64)
    let end = copy.initialize(fromContentsOf: text)
    copy[end...].initialize(repeating: 0)
    unwrapped.append(copy)
    return UnsafeBufferPointer(rebasing: copy[..<end])
  }

  /// The rows that follow were found in a text.
  mutating func begin(_ region: TextRegion, _ text: UnsafeBufferPointer<UInt8>) {
    sources.append(Source(region: region, text: text, firstRow: rows.count))
    tokens.begin(at: rows.count)
  }

  /// Has the processor bring a row near that is soon to be read as a whole, if there is such a row: text, and tokens where they are
  /// known.
  public func prefetch(_ row: Int) {
    guard row < rows.count else { return }
    martlet_prefetch_to_read(rows[row].start, min(rows[row].length, 4096))
    tokens.prefetch(row)
  }

  /// Calls `body` with the rows of each text, in order, and with where the text starts and the gzip member that it came as, where
  /// that is known of it. Rows may lie elsewhere than in the text, as those do that were put together of it.
  public func forEachSource(
    _ body: (Range<Int>, (start: UnsafePointer<UInt8>, member: GzipMember)?) throws -> Void
  ) rethrows {
    var row = 0
    for (place, source) in sources.enumerated() {
      if source.firstRow > row { try body(row..<source.firstRow, nil) }
      row = source.firstRow
      let end = place + 1 < sources.count ? sources[place + 1].firstRow : rows.count
      guard end > row else { continue }
      if let member = source.region.member, let start = source.text.baseAddress {
        try body(row..<end, (start, member))
      } else {
        try body(row..<end, nil)
      }
      row = end
    }
    if row < rows.count { try body(row..<rows.count, nil) }
  }

  /// Where a row was found: its file as it is called, by what that is told from others, and where it is known the place of its text in it, in bytes;
  /// nil where nothing is known.
  public func place(of row: Int) -> (file: String, place: String, offset: Int?)? {
    guard let source = sources.last(where: { $0.firstRow <= row }) else { return nil }
    var offset: Int?
    if let start = source.text.baseAddress, start <= rows[row].start, rows[row].start < start + source.text.count {
      offset = source.region.offset + (rows[row].start - start)
    }
    return (source.region.file, source.region.place ?? source.region.file, offset)
  }

  /// A problem with one row, as it is told: with its file, and where it is known the place in it.
  public func problem(with row: Int, _ cause: ProblemCause, _ detail: String) -> RecordProblem {
    guard let place = place(of: row) else {
      return RecordProblem(file: "event \(rows[row].id.text)", cause: cause, detail: detail)
    }
    return RecordProblem(file: place.file, cause: cause, offset: place.offset, detail: detail)
  }

  /// Forgets all rows but keeps the room that `rows` took.
  public mutating func removeAll() {
    rows.removeAll(keepingCapacity: true)
    heads.removeAll(keepingCapacity: true)
    lean.removeAll()
    sources.removeAll(keepingCapacity: true)
    tokens.begin(at: 0)
    recordsRead = 0
    duplicates = 0
    for text in unwrapped { text.deallocate() }
    unwrapped.removeAll()
  }
}
