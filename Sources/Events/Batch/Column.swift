/// The values of one field over the rows of a batch: distinct values, and entries that say which row has which of them.
///
/// A row may have a value several times, in fields that keep that (`ValueKeeping`); equal values of a row have one code.
/// A view that never changes. The dictionary may hold values that no row has, which came in another batch.
public struct Column {
  /// Nil for a stored column whose values are read late.
  private let own: ValueDictionary?
  private let late: (any LateColumn)?
  /// Rows of the batch.
  public let rowCount: Int
  private let layout: Layout
  private let entries: ColumnEntries

  private enum Layout {
    /// Every row has one value, the same in all.
    case constant(UInt32)
    /// Every row has one value: entry `i` is that of row `i`.
    case everyRow
    /// The entries name their rows.
    case someRows
  }

  /// A column without values.
  public init(rowCount: Int = 0) { self.init(ValueDictionary(), ColumnEntries(), rowCount: rowCount) }

  /// A column of at most one value a row: a code for each row, 0 for none.
  public init(dictionary: ValueDictionary, codes: some Collection<UInt32>) {
    let entries = ColumnEntries(capacity: codes.count)
    for (row, code) in codes.enumerated() where code != 0 { entries.list.pointee.append(code, row: row) }
    self.init(dictionary, entries, rowCount: codes.count)
  }

  /// A column of entries given one by one.
  ///
  /// - Parameters:
  ///   - rows: the row of each entry, ascending; those of a row in the order of its values.
  ///   - codes: the code of each entry, none of them 0, all of the dictionary.
  ///   - rowCount: rows of the batch, which all of `rows` lie in.
  public init(
    dictionary: ValueDictionary, rows: UnsafeBufferPointer<UInt32>, codes: UnsafeBufferPointer<UInt32>, rowCount: Int
  ) {
    precondition(rows.count == codes.count, "an entry has a row and a code")
    let entries = ColumnEntries(capacity: codes.count)
    var last = 0
    for (row, code) in zip(rows, codes) {
      precondition(row >= last && row < rowCount && code != 0 && code <= dictionary.count, "an entry of another column")
      last = Int(row)
      entries.list.pointee.append(code, row: last)
    }
    self.init(dictionary, entries, rowCount: rowCount)
  }

  /// A column whose entries, and whose values where none are given, are read when somebody first asks for them. One task's own.
  ///
  /// - Parameters:
  ///   - dictionary: all values, where they have been read.
  ///   - valueCount: how many values there are.
  ///   - entryCount: how many entries there are.
  ///   - isOnePerRow: every row has one.
  public init(
    _ late: any LateColumn, dictionary: ValueDictionary? = nil, valueCount: Int, rowCount: Int, entryCount: Int,
    isOnePerRow: Bool
  ) {
    own = dictionary
    self.late = dictionary == nil ? late : nil
    self.rowCount = rowCount
    self.entryCount = entryCount
    entries = ColumnEntries(capacity: entryCount) { late.fill(&$0) }
    layout =
      !isOnePerRow || entryCount != rowCount || rowCount == 0 ? .someRows : valueCount == 1 ? .constant(1) : .everyRow
  }

  /// A column of entries, which nobody changes as long as it is used.
  init(_ dictionary: ValueDictionary, _ entries: ColumnEntries, rowCount: Int) {
    own = dictionary
    late = nil
    self.entries = entries
    self.rowCount = rowCount
    let list = entries.list.pointee
    entryCount = list.count
    if list.count != rowCount || rowCount == 0 || list.hasSeveral {
      layout = .someRows
    } else {
      layout = list.isConstant ? .constant(list.codes[0]) : .everyRow
    }
  }

  /// The distinct values.
  public var dictionary: ValueDictionary { own ?? late?.values ?? ValueDictionary() }

  /// The kind of all values; nil where they differ, or where it is not known without looking.
  public var kind: ScalarKind? { late?.kind }

  /// Of each of some pieces: false where no value holds it, whatever the case of ASCII letters; nil where it is as cheap to
  /// look at the values.
  public func mayHold(_ pieces: [SoughtBytes]) -> [Bool]? { late?.mayHold(pieces) }

  /// False where no value passes that holds some of the pieces, whatever the case of ASCII letters; true in doubt, and where it
  /// is as cheap to look at all values.
  public func mayPass(holding pieces: [SoughtBytes], _ passes: (Scalar) -> Bool) -> Bool {
    late?.mayPass(holding: pieces, passes) ?? true
  }

  /// How many values the rows have together.
  public let entryCount: Int

  /// True when some row has more than one.
  public var hasSeveral: Bool { if case .someRows = layout { entries.list.pointee.hasSeveral } else { false } }

  /// True when no row has a value.
  public var isEmpty: Bool { entryCount == 0 }

  /// The code of a row's first value, or 0.
  public func code(row: Int) -> UInt32 { codes(row: row).first ?? 0 }

  /// The codes of a row's values, in their order.
  public func codes(row: Int) -> Codes {
    precondition(row >= 0 && row < rowCount, "a row of another batch")
    if case .someRows = layout {
      let list = entries.list.pointee
      let start = list.first(row)
      var end = start
      while end < list.count, list.rows[end] == row { end += 1 }
      return Codes(entries: entries, startIndex: start, endIndex: end)
    }
    return Codes(entries: entries, startIndex: row, endIndex: row + 1)
  }

  /// The codes of a row's values.
  public struct Codes: RandomAccessCollection {
    fileprivate let entries: ColumnEntries
    public let startIndex: Int
    public let endIndex: Int

    public subscript(position: Int) -> UInt32 { entries.list.pointee.codes[position] }
  }

  /// The codes of a row's distinct values, in the order in which they come first.
  public func distinctCodes(row: Int) -> DistinctCodes { DistinctCodes(codes(row: row)) }

  /// Calls `body` with the row and the code of every value, rows ascending; several times where a row has a value so often.
  @inline(__always)
  public func forEachEntry(_ body: (_ row: Int, _ code: UInt32) -> Void) {
    defer { withExtendedLifetime(entries) {} }
    let list = entries.list.pointee
    for at in 0..<list.count { body(Int(list.rows[at]), list.codes[at]) }
  }

  /// Writes the row and the code of every value, rows ascending, to where there is room for `entryCount` of each.
  public func copyEntries(rows: UnsafeMutablePointer<UInt32>, codes: UnsafeMutablePointer<UInt32>) {
    defer { withExtendedLifetime(entries) {} }
    let list = entries.list.pointee
    rows.update(from: list.rows, count: list.count)
    codes.update(from: list.codes, count: list.count)
  }

  /// The column of some of the rows, in the order given; distinct values keep their codes.
  public func selecting(_ chosen: [Int]) -> Column {
    let selected = ColumnEntries(capacity: chosen.count)
    defer { withExtendedLifetime(entries) {} }
    let list = entries.list.pointee
    for (place, row) in chosen.enumerated() {
      guard case .someRows = layout else {
        selected.list.pointee.append(list.codes[row], row: place)
        continue
      }
      var at = list.first(row)
      while at < list.count, list.rows[at] == row {
        selected.list.pointee.append(list.codes[at], row: place)
        at += 1
      }
    }
    return Column(dictionary, selected, rowCount: chosen.count)
  }

  /// The column without the values that fail a condition, which is asked once for each distinct value; the others keep
  /// their codes, and the dictionary keeps all.
  public func keepingValues(_ isKept: (Scalar) -> Bool) -> Column {
    let kept = [false] + (0..<dictionary.count).map { dictionary.withValue(UInt32($0 + 1), isKept) }
    let selected = ColumnEntries(capacity: entryCount)
    forEachEntry { row, code in
      if kept[Int(code)] { selected.list.pointee.append(code, row: row) }
    }
    return Column(dictionary, selected, rowCount: rowCount)
  }

  /// The column of other values: each distinct one is turned into another once, which `body` hands on in its call. Values
  /// of a row that become the same are one.
  public func mappingValues(_ body: (Scalar, _ keep: (Scalar) -> Void) -> Void) -> Column {
    var writer = ColumnWriter()
    // By code: the new one, 0 where nothing was handed on, and what no code is where it is not known yet.
    var codes = [UInt32](repeating: .max, count: dictionary.count + 1)
    forEachEntry { row, code in
      if codes[Int(code)] == .max {
        codes[Int(code)] = 0
        dictionary.withValue(code) { value in body(value) { codes[Int(code)] = writer.insert($0) } }
      }
      if codes[Int(code)] != 0 { writer.append(code: codes[Int(code)], row: row) }
    }
    return writer.column(rowCount: rowCount)
  }

  /// The column with the values of another of as many rows behind a row's own.
  public func joined(with other: Column) -> Column {
    if other.isEmpty { return self }
    if isEmpty { return other }
    var writer = ColumnWriter(keepsRepeats: true)
    let all = [self, other]
    for row in 0..<rowCount {
      for column in all {
        for code in column.codes(row: row) {
          column.dictionary.withValue(code) { writer.append($0, row: row) }
        }
      }
    }
    return writer.column(rowCount: rowCount)
  }

  /// Marks in `rows` every row with a value whose code is marked in `wanted` (entry 0 is never read).
  public func mark(_ wanted: [Bool], in rows: inout Bitmap) {
    if case .constant(let code) = layout {
      if wanted[Int(code)] { rows = Bitmap(count: rows.count, all: true) }
      return
    }
    wanted.withUnsafeBufferPointer { wanted in
      forEachEntry { row, code in
        if wanted[Int(code)] { rows.insert(row) }
      }
    }
  }
}
