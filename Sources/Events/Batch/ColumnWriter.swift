/// Where the values of one column are gathered, row after row and batch after batch.
///
/// The dictionary is kept from one batch to the next while most of its values come again, so that a value is kept, and
/// looked at by queries, once.
public struct ColumnWriter {
  // What follows the values lies behind pointers that the two owners below keep alive: no reference is counted here.
  private var list: UnsafeMutablePointer<EntryList>
  private var table: UnsafeMutablePointer<ValueTable>
  /// The code of the last value, or 0.
  private var lastCode: UInt32 = 0
  /// True while values are not looked up, since in the batch before hardly any came twice. A row has one then.
  private var isPlain = false
  /// Batches since values were looked up.
  private var plainBatches = 0
  /// How many values the dictionary had when the batch began.
  private var knownCount = 0
  /// True when somebody remembers codes of this column, `place` having given them out.
  private(set) var isPlaced = false

  private var dictionary = ValueDictionary()
  private var entries = ColumnEntries()
  /// The codes of the last row, once it has many: then a list is no longer searched through.
  private var lastRow: (row: Int, codes: Set<UInt32>) = (-1, [])
  private static let fewValues = 64

  public init() {
    list = entries.list
    table = dictionary.room.table
  }

  /// Adds a value to a row; rows come in ascending order, and a row's values in their order. A value that the row has
  /// already is kept once.
  @inline(__always)
  public mutating func append(_ value: Scalar, row: Int) {
    if isPlain {
      guard list.pointee.lastRow == row else { return list.pointee.append(table.pointee.addUnseen(value), row: row) }
      lookUp()
    }
    append(code: insert(value), row: row)
  }

  /// Looks values up from now on, and those that are there already.
  private mutating func lookUp() {
    isPlain = false
    var looked = ValueDictionary()
    for at in 0..<list.pointee.count {
      let value = table.pointee.value(list.pointee.codes[at])
      list.pointee.codes[at] = looked.insert(value)
    }
    dictionary = looked
    table = dictionary.room.table
    lastCode = 0
  }

  @inline(__always)
  mutating func insert(_ value: Scalar) -> UInt32 {
    if lastCode != 0, table.pointee.holds(lastCode, value) { return lastCode }
    lastCode = table.pointee.insert(value)
    return lastCode
  }

  @inline(__always)
  mutating func append(code: UInt32, row: Int) {
    if list.pointee.lastRow == row {
      appendFurther(code, row: row)
    } else {
      list.pointee.append(code, row: row)
    }
  }

  /// Adds a value to the last row, and gives its code, which stays until `begin` says otherwise.
  mutating func place(_ value: Scalar, row: Int) -> UInt32 {
    isPlaced = true
    if isPlain { lookUp() }
    let code = insert(value)
    append(code: code, row: row)
    return code
  }

  @inline(never)
  private mutating func appendFurther(_ code: UInt32, row: Int) {
    let start = list.pointee.first(row)
    let codes = UnsafeBufferPointer(start: list.pointee.codes + start, count: list.pointee.count - start)
    if codes.count < Self.fewValues {
      guard !codes.contains(code) else { return }
    } else {
      if lastRow.row != row { lastRow = (row, Set(codes)) }
      guard lastRow.codes.insert(code).inserted else { return }
    }
    list.pointee.append(code, row: row)
  }

  /// Values added in this batch.
  var entryCount: Int { list.pointee.count }

  /// Bytes that the dictionary takes.
  var dictionaryBytes: Int { table.pointee.byteCount + 48 * table.pointee.count }

  /// The column of the batch. It borrows what is here until `begin`.
  public func column(rowCount: Int) -> Column { Column(dictionary, entries, rowCount: rowCount) }

  /// Starts the next batch.
  ///
  /// - Parameter forgets: the dictionary is to be emptied in any case.
  /// - Returns: false when codes that were given out stand for nothing any longer.
  mutating func begin(forgets: Bool) -> Bool {
    lastRow = (-1, [])
    isPlain = isNextPlain
    plainBatches = isPlain ? plainBatches + 1 : 0
    if !isKnownUniquelyReferenced(&entries) {
      entries = ColumnEntries()
      list = entries.list
    } else {
      let count = list.pointee.count
      list.pointee.removeAll()
      if !forgets, !isPlain, table.pointee.isIndexed, !dictionary.isShared, isWorthKeeping(entries: count) {
        knownCount = table.pointee.count
        return true
      }
    }
    guard table.pointee.count > 0 else { return true }
    dictionary.removeAll()
    table = dictionary.room.table
    lastCode = 0
    knownCount = 0
    defer { isPlaced = false }
    return !isPlaced
  }

  /// True when hardly any value of the batch came twice, as far as they were looked up: now and then they are.
  private var isNextPlain: Bool {
    guard !isPlaced, !list.pointee.hasSeveral, plainBatches < Self.mostPlainBatches else { return false }
    return isPlain
      || list.pointee.count >= Self.smallCount && table.pointee.count - knownCount > list.pointee.count / 4 * 3
  }

  private static let mostPlainBatches = 32
  /// Dictionaries up to this size are kept whatever comes.
  private static let smallCount = 64
  private static let largestCount = 1 << 14
  private static let largestBytes = 1 << 20

  /// True when most of the values were known before, or would be again.
  private func isWorthKeeping(entries: Int) -> Bool {
    let count = table.pointee.count
    guard count <= Self.largestCount, table.pointee.byteCount <= Self.largestBytes else { return false }
    return count <= Self.smallCount || (count - knownCount) * 2 <= entries
  }
}
