/// The bounds of a request with many documents.
public struct BulkLimits: Sendable {
  public var mostActions = 200_000
  /// Actions of all requests that are read and not answered: each takes some hundred bytes of memory, however little of it was sent.
  public var mostActionsInHand = 400_000
  /// Bytes of a line that says what to do.
  public var longestAction = 16 << 10
  /// Bytes of a document.
  public var longestDocument = 10 << 20
  /// Bytes of an `_id`; Elasticsearch's own bound.
  public var longestID = 512
  /// Bytes of an index's name; Elasticsearch's own bound.
  public var longestIndex = 255

  public init() {}
}
