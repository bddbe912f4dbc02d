import Events
import Foundation

/// Turns columns into values, codes and an entry of the directory. What it needs on the way is kept from column to column.
struct ColumnEncoder: ~Copyable {
  private var room = 0
  /// By entry: its row, and the number of its value in order of first use, from 0.
  private var rows: UnsafeMutablePointer<UInt32> = .allocate(capacity: 0)
  private var codes: UnsafeMutablePointer<UInt32> = .allocate(capacity: 0)
  /// By that number: the code in the column's dictionary.
  private var used: UnsafeMutablePointer<UInt32> = .allocate(capacity: 0)
  private var dictionaryRoom = 0
  /// By code: the number and 1, or 0 where no row has the value. All are 0 between columns.
  private var numbers: UnsafeMutablePointer<UInt32> = .allocate(capacity: 0)
  private var text = HeadText()
  private let filteredValues: Int
  /// The filter over the values of the column that was encoded last, where `hasFilter` says so.
  private(set) var filter = ByteRoom()
  private(set) var hasFilter = false

  /// - Parameter filteredValues: a column of so many distinct values has a filter.
  init(filteredValues: Int) { self.filteredValues = filteredValues }

  deinit {
    rows.deallocate()
    codes.deallocate()
    used.deallocate()
    numbers.deallocate()
  }

  /// Encodes a column that has values. How many bytes they and the codes take is for the caller to put in.
  ///
  /// - Parameter heads: those of the rows, where the rows are events.
  mutating func encode(
    _ column: Column, heads: [EventHead]?, values: inout StreamSpace, codes codeSpace: inout StreamSpace
  ) -> ColumnShape {
    makeRoom(column)
    hasFilter = false
    let (valueCount, presentCount) = renumber(column)
    let entryCount = column.entryCount
    let isSequential = valueCount == entryCount
    var shape = ColumnShape(
      ColumnFlags(isSequential ? .sequential : .packed, hasCounts: presentCount < entryCount), entryCount: entryCount,
      presentCount: presentCount, valueCount: valueCount,
      width: isSequential ? 0 : BitPacking.writtenWidth(count: valueCount))
    if let heads, presentCount == entryCount, let kept = heldByHeads(column.dictionary, entryCount, heads) {
      shape.flags.codes = kept
      (shape.valueCount, shape.width) = (entryCount, 0)
    } else {
      appendValues(column.dictionary, &shape, to: &values.room)
      if heads != nil, valueCount >= filteredValues,
        values.streamBytes / valueCount <= SegmentFormat.filteredValueBytes
      {
        makeFilter(column.dictionary, valueCount)
      }
    }
    appendRows(rowCount: column.rowCount, &shape, to: &codeSpace.room)
    if shape.codes == .packed {
      BitPacking.append(
        UnsafeBufferPointer(start: codes, count: entryCount), width: shape.width, to: &codeSpace.room)
    }
    for at in 0..<valueCount { numbers[Int(used[at])] = 0 }
    return shape
  }

  private mutating func makeRoom(_ column: Column) {
    if column.entryCount > room {
      room = max(room * 2, column.entryCount)
      for list in [rows, codes, used] { list.deallocate() }
      rows = .allocate(capacity: room)
      codes = .allocate(capacity: room)
      used = .allocate(capacity: room)
    }
    if column.dictionary.count >= dictionaryRoom {
      dictionaryRoom = max(dictionaryRoom * 2, column.dictionary.count + 1)
      numbers.deallocate()
      numbers = .allocate(capacity: dictionaryRoom)
      numbers.initialize(repeating: 0, count: dictionaryRoom)
    }
  }

  /// Takes the entries over, and says how many values they have and how many rows.
  private func renumber(_ column: Column) -> (values: Int, rows: Int) {
    let (rows, codes, used, numbers) = (rows, codes, used, numbers)
    column.copyEntries(rows: rows, codes: codes)
    var count: UInt32 = 0
    for at in 0..<column.entryCount {
      let code = codes[at]
      var number = numbers[Int(code)]
      if number == 0 {
        used[Int(count)] = code
        count += 1
        number = count
        numbers[Int(code)] = number
      }
      codes[at] = number - 1
    }
    guard column.hasSeveral else { return (Int(count), column.entryCount) }
    let present = (0..<column.entryCount).count { $0 == 0 || rows[$0] != rows[$0 - 1] }
    return (Int(count), present)
  }

  /// Whether the value of every entry is the text of its row's id, or of its row's time; nil where it is neither.
  private mutating func heldByHeads(
    _ dictionary: ValueDictionary, _ entryCount: Int, _ heads: [EventHead]
  ) -> ColumnShape.Codes? {
    for kept in [ColumnShape.Codes.identity, .time] {
      let areAll = (0..<entryCount).allSatisfy { at in
        guard text.write(heads[Int(rows[at])], as: kept) else { return false }
        return dictionary.withValue(used[Int(codes[at])]) { value in
          value.kind == .string && value.bytes.count == text.bytes.count
            && memcmp(value.bytes.baseAddress!, text.bytes, text.bytes.count) == 0
        }
      }
      if areAll { return kept }
    }
    return nil
  }

  /// Kinds where they differ, lengths where they differ, then the bytes.
  private func appendValues(_ dictionary: ValueDictionary, _ shape: inout ColumnShape, to room: inout ByteRoom) {
    let first = dictionary.withValue(used[0]) { ($0.kind, $0.bytes.count) }
    var (isOneKind, isOneLength) = (true, true)
    for at in 0..<shape.valueCount {
      dictionary.withValue(used[at]) { value in
        if value.kind != first.0 { isOneKind = false }
        if value.bytes.count != first.1 { isOneLength = false }
      }
    }
    shape.flags.kind = isOneKind ? first.0 : nil
    shape.flags.hasLength = isOneLength
    if !isOneKind {
      for at in 0..<shape.valueCount { room.append(dictionary.withValue(used[at]) { $0.kind.rawValue }) }
    }
    if !isOneLength {
      for at in 0..<shape.valueCount { room.append(varint: dictionary.withValue(used[at]) { $0.bytes.count }) }
    }
    for at in 0..<shape.valueCount {
      dictionary.withValue(used[at]) { room.append(UnsafeRawBufferPointer($0.bytes)) }
    }
  }

  private mutating func makeFilter(_ dictionary: ValueDictionary, _ count: Int) {
    hasFilter = true
    ValueFilter.clear(&filter, valueCount: count)
    for at in 0..<count {
      dictionary.withValue(used[at]) { ValueFilter.insert(ValueFilter.hash($0.bytes), filter.start, filter.count) }
    }
  }

  /// Which rows have values, and how many where some have several.
  private func appendRows(rowCount: Int, _ shape: inout ColumnShape, to room: inout ByteRoom) {
    if shape.presentCount < rowCount {
      // A listed row takes a byte or two.
      shape.flags.rows = shape.presentCount >= rowCount / 8 ? .bitmap : .listed
      appendPresent(rowCount: rowCount, shape, to: &room)
    }
    guard shape.hasCounts else { return }
    var at = 0
    while at < shape.entryCount {
      let start = at
      repeat { at += 1 } while at < shape.entryCount && rows[at] == rows[start]
      room.append(varint: at - start - 1)
    }
  }

  private func appendPresent(rowCount: Int, _ shape: ColumnShape, to room: inout ByteRoom) {
    if shape.rows == .bitmap {
      let bytes = (rowCount + 7) / 8
      room.reserve(bytes)
      let bits = room.start + room.count
      bits.update(repeating: 0, count: bytes)
      for at in 0..<shape.entryCount { bits[Int(rows[at] >> 3)] |= 1 << UInt8(rows[at] & 7) }
      room.setCount(room.count + bytes)
      return
    }
    var next = 0
    for at in 0..<shape.entryCount where at == 0 || rows[at] != rows[at - 1] {
      room.append(varint: Int(rows[at]) - next)
      next = Int(rows[at]) + 1
    }
  }
}
