import Events

/// A part of a store that cannot be read, or of which some events cannot, with what is known of it all the same.
public struct MissingPart: Equatable, Sendable {
  /// The part's number; nil where it has none.
  public var number: Int64?
  /// Empty where it is not known.
  public var dataStream: String
  /// All events of the part.
  public var eventCount: Int
  /// How many of its events cannot be read.
  public var count: Int
  /// The first and the last time of its events; nil where none has one, or none is known.
  public var times: ClosedRange<Timestamp>?
  /// False where nothing says when its events were, so that each may lie at any time.
  public var areTimesKnown: Bool
  /// Between which times the dates of other fields lie; nil where that is not known.
  public var spans: FieldSpans?
  /// Why, for a person.
  public var reason: String
  /// True where the store has put the part aside as damaged, and goes on without it until its events are there again.
  public var isSetAside: Bool

  /// - Parameter count: how many of its events cannot be read; all unless given.
  public init(
    number: Int64? = nil, dataStream: String, eventCount: Int, count: Int? = nil, times: ClosedRange<Timestamp>?,
    areTimesKnown: Bool = true, spans: FieldSpans? = nil, reason: String, isSetAside: Bool = false
  ) {
    self.number = number
    self.dataStream = dataStream
    self.eventCount = eventCount
    self.count = count ?? eventCount
    self.times = times
    self.areTimesKnown = areTimesKnown
    self.spans = spans
    self.reason = reason
    self.isSetAside = isSetAside
  }

  /// A part that is there, and of which some events cannot be read; all that count unless told otherwise.
  public init(_ part: some EventPart, count: Int? = nil, reason: String) {
    self.init(
      number: part.number, dataStream: part.dataStream, eventCount: part.eventCount, count: count, times: part.times,
      spans: part.spans, reason: reason)
  }

  /// True where events of it may have a time within a span.
  public func mayLie(within span: ClosedRange<Timestamp>) -> Bool {
    times.map { $0.overlaps(span) } ?? false || !areTimesKnown
  }

  /// The data stream, for a person.
  public var streamName: String { dataStream.isEmpty ? "an unknown data stream" : dataStream }
}
