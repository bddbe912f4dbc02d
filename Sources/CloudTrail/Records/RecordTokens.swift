import JSON

/// Where the records of a text stand among its tokens, so that whoever maps them need not look for these again.
///
/// That holds until the indexer of the text is used for another one; from then on nothing is known of any record.
struct RecordTokens {
  /// What the text's tokens are, who made it, and which of the things that he made it is.
  private var made: (index: StructuralIndex, by: StructuralIndexer, generation: Int)?
  /// The first row of the batch that a record of the text may be.
  private var firstRow = 0
  /// The token at which the record of each row from there on starts; `none` where it was read out of another text.
  private var starts: [UInt32] = []

  private static let none = UInt32.max

  /// Rows from a place on are records of another text, of which no tokens are known yet.
  mutating func begin(at row: Int) {
    made = nil
    firstRow = row
    starts.removeAll(keepingCapacity: true)
  }

  /// The text has been indexed, by its own indexer alone.
  mutating func set(_ index: StructuralIndex, by indexer: StructuralIndexer) {
    made = (index, indexer, indexer.generation)
  }

  /// The next row is an object that has been walked to its end.
  @inline(__always)
  mutating func append(_ object: Int, in index: StructuralIndex) {
    // Texts within the text, and records that are read one by one, have indexes of their own.
    starts.append(index.positions == made?.index.positions ? UInt32(truncatingIfNeeded: object) : Self.none)
  }

  /// The record of a row; nil where its tokens are not known, or no longer.
  @inline(__always)
  func record(of row: Int) -> JSONNode? {
    let place = row - firstRow
    guard place >= 0, place < starts.count, starts[place] != Self.none, let made,
      made.generation == made.by.generation
    else { return nil }
    return JSONNode(made.index, token: Int(starts[place]))
  }
}
