import Events

/// Reads what is asked of a segment's columns when it is asked for, and keeps what was wrong with them, since whoever asks a
/// column cannot be told. One task's own.
public final class LateEntries {
  private var decoder: BatchDecoder?
  private let segment: Segment
  /// The first fault that was found: what was answered from then on is not to be used.
  public private(set) var fault: SegmentError?

  public init(_ segment: Segment) { self.segment = segment }

  /// What `body` reads; nil where it finds a fault.
  fileprivate func read<Result>(_ body: (inout BatchDecoder) throws(SegmentFault) -> Result) -> Result? {
    do throws(SegmentError) {
      return try segment.telling { () throws(SegmentFault) in
        if decoder == nil { decoder = BatchDecoder(segment) }
        return try body(&decoder!)
      }
    } catch {
      fault = fault ?? error
      return nil
    }
  }
}

/// A column of a segment that is read when it is asked.
final class StoredColumn: LateColumn {
  private let column: NamedColumn
  private let rowCount: Int
  private let late: LateEntries
  private var known: ValueDictionary?
  /// The whole of a column that is made of heads, once it was asked for.
  private var made: Column?
  private var isBroken = false
  /// How often single values have been looked at: who wants more of them reads them all.
  private var looks = 0
  private static let mostLooks = 2

  /// - Parameter values: where they have been read.
  init(_ column: NamedColumn, rowCount: Int, _ late: LateEntries, values: ValueDictionary? = nil) {
    (self.column, self.rowCount, self.late, known) = (column, rowCount, late, values)
  }

  private var shape: ColumnShape { column.shape }

  var kind: ScalarKind? { shape.kind }

  private var isOnePerRow: Bool { shape.rows == .every && !shape.hasCounts }

  func mayHold(_ pieces: [SoughtBytes]) -> [Bool] {
    let every = [Bool](repeating: true, count: pieces.count)
    // Values that have been read are as quickly looked at.
    guard known == nil else { return every }
    switch shape.codes {
    case .identity: return pieces.map { HeadText.mayHold($0, as: .identity) }
    case .time: return pieces.map { HeadText.mayHold($0, as: .time) }
    case .packed, .sequential:
      return late.read { decoder throws(SegmentFault) in try decoder.mayHold(pieces, column) } ?? every
    }
  }

  func mayPass(holding pieces: [SoughtBytes], _ passes: (Scalar) -> Bool) -> Bool {
    guard known == nil, !shape.codes.isOfHeads, looks < Self.mostLooks else { return true }
    looks += 1
    return late.read { decoder throws(SegmentFault) in try decoder.mayPass(column, holding: pieces, passes) } ?? true
  }

  var values: ValueDictionary {
    if let known { return known }
    let values: ValueDictionary?
    if shape.codes.isOfHeads {
      made = late.read { decoder throws(SegmentFault) in try decoder.column(column, rowCount: rowCount) }
      values = made?.dictionary
    } else {
      values = late.read { decoder throws(SegmentFault) in try decoder.values(column) }
    }
    if values == nil { isBroken = true }
    known = values ?? Self.anyValue
    return known!
  }

  /// One value, for entries that cannot be read.
  private static var anyValue: ValueDictionary {
    var values = ValueDictionary()
    _ = values.append(Scalar(.string, UnsafeBufferPointer(start: nil, count: 0)))
    return values
  }

  func fill(_ filler: inout EntryFiller) {
    // Codes are of use where the values are there that they stand for.
    _ = values
    if let made { return made.forEachEntry { filler.append($1, row: $0) } }
    if !isBroken,
      late.read({ decoder throws(SegmentFault) in try decoder.fill(column, rowCount: rowCount, &filler) }) != nil
    {
      return
    }
    // Nothing was put in yet: entries are, once all are found right. Rows must have theirs whatever they are.
    if isOnePerRow { for row in 0..<rowCount { filler.append(1, row: row) } }
  }
}
