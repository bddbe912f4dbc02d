import CloudTrail
import Events
import Hashing
import Segments

/// Gathers records until they make a segment: their heads, their texts, and all their fields. One worker's own.
public final class EventPacker {
  private let mapper: EventMapper
  private var heads: [EventHead] = []
  /// The texts of each data stream, by its code in the batch.
  private var texts: [UInt32: SourcePacker] = [:]
  /// Bytes of all of them.
  private var textBytes = 0

  /// A segment has so many events unless told otherwise, or so many bytes of text, or an event more.
  public static let segmentEvents = 24 << 10
  public static let segmentTextBytes = 40 << 20

  private static let keptPackers = 16

  private let mostEvents: Int

  public init(_ context: EventContext, catalog: FieldCatalog, segmentEvents: Int = EventPacker.segmentEvents) {
    mostEvents = segmentEvents
    var plan = FieldPlan.all
    plan.keepsRepeats = { catalog.keepsRepeats(at: $0) }
    for path in catalog.nestedPaths { plan.nested[path] = .all }
    mapper = EventMapper(plan, context: context, flattenedRoots: catalog.flattenedRoots)
  }

  /// What had to be left out of events, for the end of the run.
  public var problems: ProblemLog { mapper.problems }

  /// True when there is nothing to be stored.
  public var isEmpty: Bool { heads.isEmpty }

  /// True when the events should be stored before others are added.
  public var isFull: Bool {
    !isEmpty && (heads.count >= mostEvents || textBytes >= Self.segmentTextBytes || mapper.isFull)
  }

  /// Adds the records of a batch that has heads.
  ///
  /// - Parameters:
  ///   - ingested: what `event.ingested` is of an event that does not say it, asked for before each record; nil leaves it as a hunt over files
  ///     has it.
  ///   - told: is told of each record, by its row, whether it was added; one that was not cannot be indexed for want of memory, which is
  ///     among `problems`.
  ///   - store: called when what was gathered should be stored: it is to `finish`.
  /// - Throws: `SegmentError` where a text is longer than a segment can have, and what `store` throws.
  public func append(
    _ records: RecordBatch, ingested: () -> Timestamp?, told: (Int, Bool) -> Void = { _, _ in },
    whenFull store: () throws -> Void
  ) throws {
    try records.forEachSource { rows, source in
      // A text whose member is kept belongs into one segment.
      if source != nil, !isEmpty, heads.count + rows.count > mostEvents { try store() }
      var run = Run(source)
      for row in rows {
        records.prefetch(row + 1)
        let isAdded = map(records, row, ingested: ingested())
        told(row, isAdded)
        if isAdded { try run.append(records.rows[row].text, to: self) }
        guard isFull else { continue }
        try run.end(in: self)
        try store()
      }
      try run.end(in: self)
    }
  }

  /// The texts of neighbours that came in one gzip member and are of one data stream. They are borrowed, so that it ends with its source.
  private struct Run {
    let source: (start: UnsafePointer<UInt8>, member: GzipMember)?
    var stream: UInt32 = 0
    var texts: [UnsafeBufferPointer<UInt8>] = []

    init(_ source: (start: UnsafePointer<UInt8>, member: GzipMember)?) { self.source = source }

    mutating func append(_ text: UnsafeBufferPointer<UInt8>, to packer: EventPacker) throws {
      let stream = packer.mapper.dataStreamCode
      guard source != nil else { return try packer.texts(of: stream).append(text) }
      if stream != self.stream { try end(in: packer) }
      self.stream = stream
      texts.append(text)
    }

    mutating func end(in packer: EventPacker) throws {
      guard let source, !texts.isEmpty else { return }
      try packer.texts(of: stream).append(texts, of: source.member, from: source.start)
      texts.removeAll(keepingCapacity: true)
    }
  }

  private func texts(of stream: UInt32) throws -> SourcePacker {
    if let packer = texts[stream] { return packer }
    let packer = try texts.first.map { SourcePacker(beside: $0.value) } ?? SourcePacker()
    texts[stream] = packer
    return packer
  }

  /// Adds the fields and the head of a record; false where there is no memory for it.
  private func map(_ records: RecordBatch, _ row: Int, ingested: Timestamp?) -> Bool {
    var head = records.heads[row]
    // Alerts are made and not taken in: theirs is that of the event they stand on.
    switch mapper.append(records, row: row, ingested: records.rows[row].isAlert ? nil : ingested) {
    case .notAtAll: return false
    case .asItCame: break
    case .withIngestionTime: head.isIngestedHere = true
    }
    let text = records.rows[row].text
    if head.content == EventHead.unnamed { head.identity = Self.identity(of: text, at: records.place(of: row)) }
    heads.append(head)
    textBytes += text.count
    return true
  }

  /// The identity of a delivery that names no id: its place and its text.
  private static func identity(
    of text: UnsafeBufferPointer<UInt8>, at place: (file: String, place: String, offset: Int?)?
  ) -> EventIdentity {
    var hash = SHA256()
    hash.update(place?.place ?? "")
    hash.update("\0\(place?.offset ?? -1)\0")
    hash.update(UnsafeRawBufferPointer(text))
    return EventIdentity(EventID(hash.finalize()))
  }

  /// Ends what was gathered and starts anew: a content for each data stream, in the order in which they came.
  ///
  /// - Throws: `SegmentError` where there is no memory for it.
  public func finish() throws -> [SourcedBatch] { try finishTelling().map(\.content) }

  /// The same, with which of the records each event of a content was, in the order in which they were added.
  public func finishTelling() throws -> [(content: SourcedBatch, records: [Int])] {
    guard !isEmpty else { return [] }
    let (events, heads) = (mapper.finish(), self.heads)
    self.heads = []
    textBytes = 0
    let streams = events.dataStream.dictionary
    var rows: [(stream: UInt32, rows: [Int])] = []
    var places: [UInt32: Int] = [:]
    for row in 0..<events.rowCount {
      let stream = events.dataStream.code(row: row)
      if let place = places[stream] {
        rows[place].rows.append(row)
      } else {
        places[stream] = rows.count
        rows.append((stream, [row]))
      }
    }
    // Of a worker that meets many, none is kept for those that may not come again.
    defer { if texts.count > Self.keptPackers { texts.removeAll() } }
    let parts = rows.count == 1 ? [events] : events.parted(rows.map(\.rows))
    return try zip(rows, parts).map { place, events in
      let (stream, rows) = place
      // Every event has a text.
      let sources = try texts[stream]!.finish()
      let content = SourcedBatch(
        dataStream: stream == 0 ? EventContext.fallbackDataStream : streams.text(stream),
        heads: rows.count == heads.count ? heads : rows.map { heads[$0] }, sources: sources, events: events)
      return (content, rows)
    }
  }
}
