import Events

/// Reads the entries of a segment's columns when they are asked for, and keeps what was wrong with them, since whoever asks
/// a column cannot be told. One task's own.
public final class LateEntries {
  private var decoder: BatchDecoder?
  private let segment: Segment
  /// The first fault that was found: what was answered from then on is not to be used.
  public private(set) var fault: SegmentError?

  public init(_ segment: Segment) { self.segment = segment }

  func fill(_ shape: ColumnShape, rowCount: Int, isOnePerRow: Bool, _ filler: inout EntryFiller) {
    do throws(SegmentError) {
      try segment.telling { () throws(SegmentFault) in
        if decoder == nil { decoder = try BatchDecoder(segment) }
        try decoder!.fill(shape, rowCount: rowCount, &filler)
      }
    } catch {
      fault = fault ?? error
      // Nothing was put in yet: entries are, once all are found right. Rows must have theirs whatever they are.
      if isOnePerRow { for row in 0..<rowCount { filler.append(1, row: row) } }
    }
  }
}
