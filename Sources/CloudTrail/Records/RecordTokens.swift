import CMemory
import JSON

/// Where the records of a text and their members stand among its tokens, so that whoever maps them need not look for these again.
///
/// That holds until the indexer of the text is used for another one; from then on nothing is known of any record.
struct RecordTokens {
  /// What the text's tokens are, who made it, and which of the things that he made it is.
  private var made: (index: StructuralIndex, by: StructuralIndexer, generation: Int)?
  /// The first row of the batch that a record of the text may be.
  private var firstRow = 0
  /// The record of each row from there on.
  private var records: [Record] = []
  /// The tokens of the values of their known members.
  private var values: [UInt32] = []

  private struct Record: BitwiseCopyable {
    /// The token at which the record starts; `none` where it was read out of another text.
    var start: UInt32
    /// Where its members begin in `values`.
    var firstValue: UInt32
    var overview = RecordMembers.Overview()

    static let none = UInt32.max
  }

  /// Rows from a place on are records of another text, of which no tokens are known yet.
  mutating func begin(at row: Int) {
    made = nil
    firstRow = row
    records.removeAll(keepingCapacity: true)
    values.removeAll(keepingCapacity: true)
  }

  /// The text has been indexed, by its own indexer alone.
  mutating func set(_ index: StructuralIndex, by indexer: StructuralIndexer) {
    made = (index, indexer, indexer.generation)
  }

  /// The next row is an object that has been walked to its end, with these members.
  mutating func append(_ members: RecordMembers, in index: StructuralIndex) {
    var record = Record(start: Record.none, firstValue: UInt32(truncatingIfNeeded: values.count))
    // Texts within the text, and records that are read one by one, have indexes of their own.
    if index.positions == made?.index.positions {
      record.start = UInt32(truncatingIfNeeded: members.documentToken)
      record.overview = members.overview(in: index)
      members.withTokens(of: record.overview.keys) { values.append(contentsOf: $0) }
    }
    records.append(record)
  }

  /// The record of a row; nil where its tokens are not known, or no longer.
  @inline(__always)
  func record(of row: Int) -> JSONNode? {
    let place = row - firstRow
    guard place >= 0, place < records.count, records[place].start != Record.none, let made,
      made.generation == made.by.generation
    else { return nil }
    return JSONNode(made.index, token: Int(records[place].start))
  }

  /// Has the processor bring near where the tokens of a row lie in the text, if they are known: the scanner went over many records since.
  func prefetch(_ row: Int) {
    let place = row - firstRow
    guard place >= 0, place < records.count, records[place].start != Record.none, let made else { return }
    let start = Int(records[place].start)
    let next = place + 1 < records.count ? Int(records[place + 1].start) : made.index.count
    guard next > start, next <= made.index.count else { return }
    martlet_prefetch_to_read(made.index.positions + start, min(next - start, Self.mostNear) * 4)
  }

  private static let mostNear = 1024

  /// Gives the members of the record of a row whose tokens are known to `members`.
  func restore(_ members: RecordMembers, ofRow row: Int) {
    let record = records[row - firstRow]
    values.withUnsafeBufferPointer {
      members.restore(
        document: Int(record.start), record.overview,
        UnsafeBufferPointer(rebasing: $0[Int(record.firstValue)...]))
    }
  }
}
