import Events
import Segments
import Store

/// The events of a folder as of one moment. Nothing that is written later changes it, and it stays readable for as long as
/// it is held, whatever is merged or deleted meanwhile.
public struct StoreSnapshot: Sendable {
  /// A segment with the rows of it that count.
  public struct Part: Sendable {
    public let number: Int64
    public let segment: Segment
    /// Rows that no longer count, ascending: they were replaced, or had been stored before.
    public let hidden: [Int]

    public var summary: SegmentSummary { segment.summary }
  }

  /// A segment that cannot be read, with what the catalog knows of it.
  public struct Missing: Sendable {
    /// The segment's number; nil where that is of no matter.
    let number: Int64?
    public let summary: SegmentSummary
    public let reason: String

    public init(_ number: Int64? = nil, summary: SegmentSummary, reason: String) {
      self.number = number
      self.summary = summary
      self.reason = reason
    }
  }

  /// In the order in which they were committed.
  public let parts: [Part]
  public let missing: [Missing]

  public var eventCount: Int { parts.reduce(0) { $0 + $1.eventCount } }
}
