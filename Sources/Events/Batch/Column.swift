/// The values of one field over the rows of a batch: distinct values and, per row, the codes of its values.
public struct Column {
  public private(set) var dictionary = ValueDictionary()
  /// With one value a row: the row's code, 0 for none. With several: all rows' codes one after another.
  public private(set) var codes: [UInt32] = []
  /// Where each row's codes start in `codes`, and the end of the last; nil while no row has several values.
  public private(set) var starts: [UInt32]?
  /// Rows begun so far.
  private var rows = 0
  /// The codes of the last row, once it has many: then a list is no longer searched through.
  private var lastRow: (row: Int, codes: Set<UInt32>) = (0, [])
  private static let fewValues = 64

  public init() {}

  /// A finished column of at most one value a row: a code for each row, 0 for none.
  public init(dictionary: ValueDictionary, codes: [UInt32]) {
    self.dictionary = dictionary
    self.codes = codes
    rows = codes.count
  }

  /// Adds a value to a row; rows come in ascending order, and a row's values in their order. A value that the row has
  /// already is kept once.
  @inlinable
  public mutating func append(_ value: Scalar, row: Int) {
    append(code: dictionaryInsert(value), row: row)
  }

  @usableFromInline
  mutating func dictionaryInsert(_ value: Scalar) -> UInt32 { dictionary.insert(value) }

  @usableFromInline
  mutating func append(code: UInt32, row: Int) {
    if row >= rows {
      fill(to: row)
      if starts != nil { starts!.append(UInt32(codes.count)) }
      codes.append(code)
      rows = row + 1
      return
    }
    // A further value of the last row.
    if starts == nil { makeMultiple() }
    let start = Int(starts![rows - 1])
    if codes.count - start < Self.fewValues {
      guard !codes[start...].contains(code) else { return }
    } else {
      if lastRow.row != rows { lastRow = (rows, Set(codes[start...])) }
      guard lastRow.codes.insert(code).inserted else { return }
    }
    codes.append(code)
  }

  /// The column of some of the rows, in the order given; distinct values keep their codes.
  public func selecting(_ chosen: [Int]) -> Column {
    var column = Column()
    column.dictionary = dictionary
    column.rows = chosen.count
    guard starts != nil else {
      column.codes = chosen.map { codes[$0] }
      return column
    }
    var newStarts: [UInt32] = [0]
    for row in chosen {
      column.codes += codes(row: row)
      newStarts.append(UInt32(column.codes.count))
    }
    column.starts = newStarts
    return column
  }

  /// The column without the values that fail a condition, which is asked once for each distinct value. For finished
  /// columns; the others keep their codes, and the dictionary keeps all.
  public func keepingValues(_ isKept: (Scalar) -> Bool) -> Column {
    let kept = [false] + (1..<max(1, dictionary.count + 1)).map { dictionary.withValue(UInt32($0), isKept) }
    var column = self
    guard let starts else {
      for row in column.codes.indices where !kept[Int(column.codes[row])] { column.codes[row] = 0 }
      return column
    }
    column.codes.removeAll(keepingCapacity: true)
    var newStarts: [UInt32] = [0]
    for row in 0..<(starts.count - 1) {
      column.codes += codes(row: row).filter { kept[Int($0)] }
      newStarts.append(UInt32(column.codes.count))
    }
    column.starts = newStarts
    return column
  }

  /// Ends the column: every row up to `rowCount` has its entry.
  public mutating func finish(rowCount: Int) {
    fill(to: rowCount)
    if starts != nil { starts!.append(UInt32(codes.count)) }
  }

  private mutating func fill(to row: Int) {
    if starts != nil {
      while rows < row {
        starts!.append(UInt32(codes.count))
        rows += 1
      }
    } else if rows < row {
      codes.append(contentsOf: repeatElement(0, count: row - rows))
      rows = row
    }
  }

  private mutating func makeMultiple() {
    var starts: [UInt32] = []
    var packed: [UInt32] = []
    starts.reserveCapacity(rows + 1)
    for code in codes {
      starts.append(UInt32(packed.count))
      if code != 0 { packed.append(code) }
    }
    codes = packed
    self.starts = starts
  }

  /// The codes of a row's values.
  public func codes(row: Int) -> ArraySlice<UInt32> {
    guard let starts else { return codes[row] == 0 ? codes[row..<row] : codes[row...row] }
    return codes[Int(starts[row])..<Int(starts[row + 1])]
  }

  /// Marks in `rows` every row with a value whose code is marked in `wanted` (entry 0 is never read).
  public func mark(_ wanted: [Bool], in rows: inout Bitmap) {
    guard let starts else {
      codes.withUnsafeBufferPointer { codes in
        wanted.withUnsafeBufferPointer { wanted in
          for row in 0..<codes.count where codes[row] != 0 && wanted[Int(codes[row])] { rows.insert(row) }
        }
      }
      return
    }
    for row in 0..<(starts.count - 1) {
      for at in starts[row]..<starts[row + 1] where wanted[Int(codes[Int(at)])] {
        rows.insert(row)
        break
      }
    }
  }
}
