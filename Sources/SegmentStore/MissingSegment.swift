import Events
import Segments
import Store

/// A segment that cannot be read, with what the catalog knows of it.
struct MissingSegment: Sendable {
  /// The segment's number; nil where that is of no matter.
  var number: Int64?
  /// The name of its file.
  var name = ""
  var summary: SegmentSummary
  /// Rows of it that no longer count.
  var hidden: [Int] = []
  /// In which spans the dates of fields lie; nil where that is not known.
  var spans: FieldSpans?
  var reason: String
  /// True for one whose file was moved away.
  var isSetAside = false
  /// True where the file is damaged or not there, which it will be tomorrow as well.
  var isDamage = false

  init(summary: SegmentSummary, reason: String) {
    (self.summary, self.reason) = (summary, reason)
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

  /// What whoever reads is told of it.
  var told: MissingPart {
    MissingPart(
      number: number, dataStream: summary.dataStream, eventCount: summary.rowCount - hidden.count, times: summary.times,
      spans: spans, reason: reason, isSetAside: isSetAside)
  }
}

/// The segments of a folder as of one moment.
struct StoredSegments: Sendable {
  /// In the order in which they were committed.
  var parts: [SegmentPart] = []
  var missing: [MissingSegment] = []

  var snapshot: PartedSnapshot<SegmentPart> { PartedSnapshot(parts, missing: missing.map(\.told)) }
}
