/// An instant: milliseconds since 1970-01-01T00:00:00Z, the resolution of Elasticsearch's `date` type.
public struct Timestamp: Hashable, Comparable, Sendable, BitwiseCopyable {
  /// Milliseconds since the Unix epoch; negative before it.
  public var milliseconds: Int64

  public init(milliseconds: Int64) {
    self.milliseconds = milliseconds
  }

  public static func < (left: Timestamp, right: Timestamp) -> Bool {
    left.milliseconds < right.milliseconds
  }
}
