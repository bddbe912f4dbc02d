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
  /// What the file says that lies under its name, where that could be opened: it says otherwise than the catalog, or the catalog nothing.
  var file: SegmentSummary?
  /// Rows of it that no longer count.
  var hidden: [Int] = []
  /// In which spans the dates of fields lie; nil where that is not known.
  var spans: FieldSpans?
  var reason: String
  /// True for one whose file was moved away.
  var isSetAside = false
  /// True where the file is damaged or not there, which it will be tomorrow as well.
  var isDamage = false

  /// A file that the catalog does not know.
  ///
  /// - Parameter file: what it says; nil where it cannot be opened.
  init(unknown file: SegmentSummary?, reason: String) {
    summary = file ?? SegmentSummary(dataStream: "", rowCount: 0, times: nil, fileBytes: 0, sourceBytes: 0)
    self.file = file
    self.reason = reason
  }

  init(
    number: Int64, name: String, summary: SegmentSummary, file: SegmentSummary? = nil, hidden: [Int],
    spans: FieldSpans?, reason: String, isSetAside: Bool = false, isDamage: Bool = true
  ) {
    self.spans = spans
    self.number = number
    self.name = name
    self.summary = summary
    self.file = file
    self.hidden = hidden
    self.reason = reason
    self.isSetAside = isSetAside
    self.isDamage = isDamage
  }

  /// What whoever reads is told of it: what is in doubt is not left out, so that nobody passes over it for what may be wrong.
  var told: MissingPart {
    let isOther = file.map { !SegmentStore.isSame($0, summary) } ?? false
    // That no event has a time is believed of the file alone.
    let areTimesKnown = summary.times != nil || file != nil && !isOther
    return MissingPart(
      number: number, dataStream: file.map { $0.dataStream == summary.dataStream } ?? true ? summary.dataStream : "",
      eventCount: summary.rowCount - hidden.count, times: areTimesKnown ? Self.union(summary.times, file?.times) : nil,
      areTimesKnown: areTimesKnown, spans: file == nil ? spans : nil, reason: reason, isSetAside: isSetAside)
  }

  private static func union(
    _ one: ClosedRange<Timestamp>?, _ other: ClosedRange<Timestamp>?
  ) -> ClosedRange<Timestamp>? {
    guard let one, let other else { return one ?? other }
    return min(one.lowerBound, other.lowerBound)...max(one.upperBound, other.upperBound)
  }
}

/// The segments of a folder as of one moment.
struct StoredSegments: Sendable {
  /// In the order in which they were committed.
  var parts: [SegmentPart] = []
  var missing: [MissingSegment] = []

  var snapshot: PartedSnapshot<SegmentPart> { PartedSnapshot(parts, missing: missing.map(\.told)) }
}
