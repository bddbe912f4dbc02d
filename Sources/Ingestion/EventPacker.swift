import CloudTrail
import Events
import Hashing
import Segments

/// Gathers records until they make a segment: their heads, their texts, and all their fields. One worker's own.
public final class EventPacker {
  private let mapper: EventMapper
  private var heads: [EventHead] = []
  private var texts: [UInt8] = []
  private var ends: [Int] = []
  /// True when what was gathered has been given away. Its room is used again once another event comes, when whoever took it has let go
  /// of it, so that it is not copied.
  private var isGiven = false

  /// A segment has so many events unless told otherwise, or so many bytes of text, or an event more.
  public static let segmentEvents = 24 << 10
  public static let segmentTextBytes = 40 << 20

  private let mostEvents: Int

  public init(_ context: EventContext, catalog: FieldCatalog, segmentEvents: Int = EventPacker.segmentEvents) {
    mostEvents = segmentEvents
    // Room that is not used costs nothing; an array that grows is copied, and stands twice meanwhile.
    texts.reserveCapacity(Self.segmentTextBytes + (1 << 20))
    var plan = FieldPlan.all
    plan.keepsRepeats = { catalog.keepsRepeats(at: $0) }
    for path in catalog.nestedPaths { plan.nested[path] = .all }
    mapper = EventMapper(plan, context: context, flattenedRoots: catalog.flattenedRoots)
  }

  /// What had to be left out of events, for the end of the run.
  public var problems: ProblemLog { mapper.problems }

  /// True when there is nothing to be stored.
  public var isEmpty: Bool { isGiven || heads.isEmpty }

  /// True when the events should be stored before others are added.
  public var isFull: Bool {
    !isEmpty && (heads.count >= mostEvents || texts.count >= Self.segmentTextBytes || mapper.isFull)
  }

  /// Adds a record of a batch that has heads; false where it cannot be indexed for want of memory, which is among `problems`.
  ///
  /// - Parameter ingested: what `event.ingested` is of an event that does not say it; nil leaves it as a hunt over files has it.
  public func append(_ records: RecordBatch, row: Int, ingested: Timestamp?) -> Bool {
    if isGiven { beginAnew() }
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
    texts.append(contentsOf: text)
    ends.append(texts.count)
    return true
  }

  /// The identity of a delivery that names no id: its place and its text.
  private static func identity(
    of text: UnsafeBufferPointer<UInt8>, at place: (file: String, offset: Int?)?
  ) -> EventIdentity {
    var hash = SHA256()
    hash.update(place?.file ?? "")
    hash.update("\0\(place?.offset ?? -1)\0")
    hash.update(UnsafeRawBufferPointer(text))
    return EventIdentity(EventID(hash.finalize()))
  }

  private func beginAnew() {
    isGiven = false
    heads.removeAll(keepingCapacity: true)
    texts.removeAll(keepingCapacity: true)
    ends.removeAll(keepingCapacity: true)
  }

  /// Ends what was gathered and starts anew: a content for each data stream, in the order in which they came.
  public func finish() -> [SourcedBatch] { finishTelling().map(\.content) }

  /// The same, with which of the records each event of a content was, in the order in which they were added.
  public func finishTelling() -> [(content: SourcedBatch, records: [Int])] {
    guard !isEmpty else { return [] }
    let events = mapper.finish()
    isGiven = true
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
    func name(_ stream: UInt32) -> String {
      stream == 0 ? EventContext.fallbackDataStream : events.dataStream.dictionary.text(stream)
    }
    let whole = SourcedBatch(
      dataStream: name(rows[0].stream), heads: heads, sources: texts, sourceEnds: ends, events: events)
    guard rows.count > 1 else { return [(whole, rows[0].rows)] }
    return rows.map { stream, rows in
      var part = whole.selecting(rows)
      part.dataStream = name(stream)
      return (part, rows)
    }
  }
}
