import Events
import Segments

/// The events of a folder as of one moment. Nothing that is written later changes it, and it stays readable for as long as
/// it is held, whatever is merged or deleted meanwhile.
public struct StoreSnapshot: Sendable {
  /// A segment with the rows of it that count.
  public struct Part: Sendable {
    public let number: Int64
    public let segment: Segment
    /// Rows that no longer count, ascending: they were replaced, or had been stored before.
    public let hidden: [Int]

    /// How many events count.
    public var eventCount: Int { segment.summary.rowCount - hidden.count }
    public var summary: SegmentSummary { segment.summary }

    /// The rows that count, ascending.
    public var rows: [Int] {
      guard !hidden.isEmpty else { return Array(0..<summary.rowCount) }
      var next = 0
      return (0..<summary.rowCount).filter { row in
        guard next < hidden.count, hidden[next] == row else { return true }
        next += 1
        return false
      }
    }
  }

  /// A segment that cannot be read, with what the catalog knows of it.
  public struct Missing: Sendable {
    public let summary: SegmentSummary
    public let reason: String

    public init(summary: SegmentSummary, reason: String) {
      self.summary = summary
      self.reason = reason
    }
  }

  /// In the order in which they were committed.
  public let parts: [Part]
  public let missing: [Missing]

  public var eventCount: Int { parts.reduce(0) { $0 + $1.eventCount } }
}
