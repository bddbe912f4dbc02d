/// Events of one data stream with all that is kept of them: row `i` of each part is the same event.
public struct SourcedBatch {
  /// The data stream that all events belong to.
  public var dataStream: String
  public var heads: [EventHead]
  /// The source texts, one behind the other.
  public var sources: [UInt8]
  /// Where each source text ends in `sources`; it begins where the one before ends.
  public var sourceEnds: [Int]
  /// Every field of the events.
  public var events: EventBatch

  public init(dataStream: String, heads: [EventHead], sources: [UInt8], sourceEnds: [Int], events: EventBatch) {
    precondition(heads.count == sourceEnds.count && heads.count == events.rowCount, "a row for each event")
    self.dataStream = dataStream
    self.heads = heads
    self.sources = sources
    self.sourceEnds = sourceEnds
    self.events = events
  }
}
