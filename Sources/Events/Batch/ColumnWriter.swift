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
  /// True while values are not looked up in the dictionary, since in the batch before hardly any that was had come before.
  private var isPlain = false
  /// True while values are not even compared with those that came lately. A row has one then.
  private var isUnseen = false
  /// Batches since values were looked up.
  private var plainBatches = 0
  /// How many values the dictionary had when the batch began.
  private var knownCount = 0
  /// How often the dictionary had been looked into when the batch began.
  private var knownLookUps = 0
  /// True when somebody remembers codes of this column, `place` having given them out.
  private(set) var isPlaced = false

  private var dictionary = ValueDictionary()
  private var entries = ColumnEntries()
  /// The codes of the last row, once it has many: then a list is no longer searched through.
  private var lastRow: (row: Int, codes: Set<UInt32>) = (-1, [])
  private static let fewValues = 64
  /// Whether a row may have a value several times.
  private let keepsRepeats: Bool

  /// - Parameter keepsRepeats: a row has a value as often as it is added, where that is asked for.
  public init(keepsRepeats: Bool = false) {
    self.keepsRepeats = keepsRepeats
    list = entries.list
    table = dictionary.room.table
  }

  /// Adds a value to a row; rows come in ascending order, and a row's values in their order.
  ///
  /// - Parameter once: a value that the row has already is passed over, as it always is in a column without repeats.
  @inline(__always)
  public mutating func append(_ value: Scalar, row: Int, once: Bool = false) {
    if isPlain { appendPlain(value, row: row, once) } else { append(code: insert(value), row: row, once: once) }
  }

  private mutating func appendPlain(_ value: Scalar, row: Int, _ once: Bool) {
    if list.pointee.lastRow == row {
      // Codes do not tell whether the row has the value already.
      isUnseen = false
      let (start, end) = (list.pointee.lastStart, list.pointee.count)
      guard end - start < Self.fewValues else {
        lookUp()
        return append(code: insert(value), row: row, once: once)
      }
      for at in start..<end where table.pointee.holds(list.pointee.codes[at], value) {
        // Equal values of a row have one code.
        if keepsRepeats, !once { list.pointee.append(list.pointee.codes[at], row: row) }
        return
      }
    }
    if isUnseen { return list.pointee.append(table.pointee.addUnseen(value), row: row) }
    if lastCode == 0 || !table.pointee.holds(lastCode, value) { lastCode = table.pointee.insertLately(value) }
    list.pointee.append(lastCode, row: row)
  }

  /// Looks values up from now on, and those that are there already.
  private mutating func lookUp() {
    isPlain = false
    isUnseen = false
    var looked = ValueDictionary()
    for at in 0..<list.pointee.count {
      let value = table.pointee.value(list.pointee.codes[at])
      list.pointee.codes[at] = looked.insert(value)
    }
    dictionary = looked
    table = dictionary.room.table
    lastCode = 0
    knownLookUps = 0
  }

  @inline(__always)
  mutating func insert(_ value: Scalar) -> UInt32 {
    if lastCode != 0, table.pointee.holds(lastCode, value) { return lastCode }
    lastCode = table.pointee.insert(value)
    return lastCode
  }

  @inline(__always)
  mutating func append(code: UInt32, row: Int, once: Bool = false) {
    if list.pointee.lastRow == row {
      appendFurther(code, row: row, once)
    } else {
      list.pointee.append(code, row: row)
    }
  }

  /// Adds a value to the last row, and gives its code, which stays until `begin` says otherwise.
  mutating func place(_ value: Scalar, row: Int) -> UInt32 {
    isPlaced = true
    if isPlain { lookUp() }
    let code = insert(value)
    append(code: code, row: row, once: true)
    return code
  }

  @inline(never)
  private mutating func appendFurther(_ code: UInt32, row: Int, _ once: Bool) {
    guard once || !keepsRepeats else {
      if lastRow.row == row { lastRow.codes.insert(code) }
      return list.pointee.append(code, row: row)
    }
    let start = list.pointee.lastStart
    let codes = UnsafeBufferPointer(start: list.pointee.codes + start, count: list.pointee.count - start)
    if codes.count < Self.fewValues {
      guard !codes.contains(code) else { return }
    } else {
      if lastRow.row != row { lastRow = (row, Set(codes)) }
      guard lastRow.codes.insert(code).inserted else { return }
    }
    list.pointee.append(code, row: row)
  }

  /// The last code of a row that nothing was added behind; 0 where it has none.
  func code(ofLast row: Int) -> UInt32 {
    list.pointee.lastRow == row && list.pointee.count > 0 ? list.pointee.codes[list.pointee.count - 1] : 0
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
    if lastRow.row >= 0 { lastRow = (-1, []) }
    isPlain = isNextPlain
    isUnseen = isPlain && isNextUnseen
    plainBatches = isPlain ? plainBatches + 1 : 0
    let bits = table.pointee.lookUps - knownLookUps >= Self.smallCount ? Self.latelyBits : 0
    defer { knownLookUps = table.pointee.lookUps }
    if !isKnownUniquelyReferenced(&entries) {
      entries = ColumnEntries()
      list = entries.list
    } else {
      let count = list.pointee.count
      list.pointee.removeAll()
      if !forgets, !isPlain, table.pointee.isIndexed, !dictionary.isShared, isWorthKeeping(entries: count) {
        knownCount = table.pointee.count
        if bits > 0 { table.pointee.rememberLately(bits) }
        return true
      }
    }
    guard table.pointee.count > 0 else { return true }
    dictionary.removeAll()
    table = dictionary.room.table
    if bits > 0 { table.pointee.rememberLately(bits) }
    lastCode = 0
    knownCount = 0
    defer { isPlaced = false }
    return !isPlaced
  }

  /// True when hardly any value that was looked up in the batch had come before: now and then all are looked up.
  private var isNextPlain: Bool {
    guard !isPlaced, plainBatches < Self.mostPlainBatches else { return false }
    let looked = table.pointee.lookUps - knownLookUps
    return isPlain || looked >= Self.smallCount && table.pointee.count - knownCount > looked / 4 * 3
  }

  /// True when hardly any value of the batch came twice, and no row had several.
  private var isNextUnseen: Bool {
    let count = list.pointee.count
    return !list.pointee.hasSeveral && count >= Self.smallCount && table.pointee.count - knownCount > count / 4 * 3
  }

  /// Values that a column remembers lately, as a power of two.
  private static let latelyBits = 10
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
