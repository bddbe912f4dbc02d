/// Events of one data stream with all that is kept of them: row `i` of each part is the same event.
public struct SourcedBatch {
  /// The data stream that all events belong to.
  public var dataStream: String
  public var heads: [EventHead]
  public var sources: SourceTexts
  /// Every field of the events.
  public var events: EventBatch

  public init(dataStream: String, heads: [EventHead], sources: SourceTexts, events: EventBatch) {
    precondition(heads.count == sources.count && heads.count == events.rowCount, "a row for each event")
    self.dataStream = dataStream
    self.heads = heads
    self.sources = sources
    self.events = events
  }
}
