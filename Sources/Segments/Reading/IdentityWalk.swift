import Events

/// Goes through the identities of a segment, in the order of their ids, then of their scopes, then of their rows. Nothing is unpacked.
/// One task's own.
public final class IdentityWalk {
  private let segment: Segment
  private var blocks: IdentityBlocks
  private var place = 0
  /// Where it stands; nil behind the last.
  public private(set) var current: (identity: EventIdentity, row: Int)?

  /// Stands at the first.
  public init(_ segment: Segment) throws(SegmentError) {
    self.segment = segment
    blocks = IdentityBlocks(segment)
    try advance()
  }

  /// Goes on to the next.
  public func advance() throws(SegmentError) {
    guard place < segment.footer.rowCount else {
      current = nil
      return
    }
    let entry = try segment.telling { () throws(SegmentFault) in try blocks.entry(place) }
    current = (entry.identity, Int(entry.row))
    place += 1
  }
}
