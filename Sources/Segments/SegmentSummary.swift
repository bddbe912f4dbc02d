import Events

/// What is known of a segment without opening it: kept in the catalog as well.
public struct SegmentSummary: Equatable, Sendable {
  /// The data stream that all events belong to.
  public var dataStream: String
  public var rowCount: Int
  /// The first and the last time of the events that have one; nil when none has.
  public var times: ClosedRange<Timestamp>?
  /// Bytes of the file.
  public var fileBytes: Int
  /// Bytes of the source texts, unpacked.
  public var sourceBytes: Int

  public init(
    dataStream: String, rowCount: Int, times: ClosedRange<Timestamp>?, fileBytes: Int, sourceBytes: Int
  ) {
    self.dataStream = dataStream
    self.rowCount = rowCount
    self.times = times
    self.fileBytes = fileBytes
    self.sourceBytes = sourceBytes
  }
}
