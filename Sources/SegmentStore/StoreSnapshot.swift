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
    /// In which spans the dates of fields lie; nil where that is not known.
    public let spans: FieldSpans?

    public var summary: SegmentSummary { segment.summary }
  }

  /// A segment that cannot be read, with what the catalog knows of it.
  public struct Missing: Sendable {
    /// The segment's number; nil where that is of no matter.
    let number: Int64?
    /// The name of its file.
    var name = ""
    public let summary: SegmentSummary
    /// Rows of it that no longer count.
    var hidden: [Int] = []
    /// In which spans the dates of fields lie; nil where that is not known.
    public private(set) var spans: FieldSpans?
    public let reason: String
    /// True for one whose file was moved away.
    public private(set) var isSetAside = false
    /// True where the file is damaged or not there, which it will be tomorrow as well.
    var isDamage = false

    /// How many of its events are missing, where that is not all.
    private var part: Int?
    /// How many events are missing.
    public var count: Int { part ?? summary.rowCount }

    /// - Parameter count: how many of its events; all unless given.
    public init(summary: SegmentSummary, count: Int? = nil, reason: String) {
      (number, self.summary, part, self.reason) = (nil, summary, count, reason)
    }

    init(
      number: Int64, name: String, summary: SegmentSummary, hidden: [Int], spans: FieldSpans?, reason: String,
      isSetAside: Bool = false, isDamage: Bool = true
    ) {
      self.spans = spans
      self.number = number
      self.name = name
      self.summary = summary
      self.hidden = hidden
      self.reason = reason
      self.isSetAside = isSetAside
      self.isDamage = isDamage
    }
  }

  /// In the order in which they were committed.
  public let parts: [Part]
  public let missing: [Missing]

  public var eventCount: Int { parts.reduce(0) { $0 + $1.eventCount } }
}
