import Events

/// Turns values, codes and an entry of the directory into columns. What it needs on the way is kept from column to column.
struct ColumnDecoder: ~Copyable {
  private var room = 0
  private var rows: UnsafeMutablePointer<UInt32> = .allocate(capacity: 0)
  private var codes: UnsafeMutablePointer<UInt32> = .allocate(capacity: 0)
  private var lengths: UnsafeMutablePointer<UInt32> = .allocate(capacity: 0)
  /// 0, 1, 2 and so on.
  private var everyRow: UnsafeMutablePointer<UInt32> = .allocate(capacity: 0)
  private var everyRowCount = 0
  private var text = HeadText()

  deinit {
    rows.deallocate()
    codes.deallocate()
    lengths.deallocate()
    everyRow.deallocate()
  }

  /// - Parameters:
  ///   - heads: those of the rows, where the column is made of them.
  ///   - wanted: the rows that get values of heads; all unless given.
  mutating func decode(
    _ shape: ColumnShape, rowCount: Int, heads: [EventHead]?, only wanted: Bitmap?, values: inout ByteReader,
    codes codeReader: inout ByteReader
  ) throws(SegmentFault) -> Column {
    makeRoom(shape.entryCount, rowCount: rowCount)
    var rows = try readRows(shape, rowCount: rowCount, &codeReader)
    var count = shape.entryCount
    let dictionary: ValueDictionary
    if let heads, shape.codes.isOfHeads {
      try codeReader.finish()
      if let wanted { (rows, count) = keep(wanted, of: rows, count) }
      dictionary = try readHeads(shape.codes, heads, rows, count, of: codeReader)
    } else {
      try readCodes(shape, &codeReader)
      dictionary = try readValues(shape, &values)
    }
    return Column(
      dictionary: dictionary, rows: UnsafeBufferPointer(start: rows, count: count),
      codes: UnsafeBufferPointer(start: codes, count: count), rowCount: rowCount)
  }

  /// Those of the rows of entries that are wanted, and how many there are.
  private func keep(
    _ wanted: Bitmap, of all: UnsafeMutablePointer<UInt32>, _ count: Int
  ) -> (UnsafeMutablePointer<UInt32>, Int) {
    var kept = 0
    for at in 0..<count where wanted.contains(Int(all[at])) {
      rows[kept] = all[at]
      kept += 1
    }
    return (rows, kept)
  }

  /// The values of a column that is not made of heads, in the order of their codes.
  mutating func values(_ shape: ColumnShape, _ reader: inout ByteReader) throws(SegmentFault) -> ValueDictionary {
    makeRoom(shape.entryCount, rowCount: 0)
    return try readValues(shape, &reader)
  }

  /// Whether a value passes that holds some of the pieces, in a column that is not made of heads.
  mutating func mayPass(
    _ shape: ColumnShape, _ reader: inout ByteReader, holding pieces: [SoughtBytes], _ passes: (Scalar) -> Bool
  ) throws(SegmentFault) -> Bool {
    makeRoom(shape.entryCount, rowCount: 0)
    let (kinds, bytes) = try readBounds(shape, &reader)
    let (kind, common) = (shape.kind, shape.length)
    func length(_ value: Int) -> Int { common ?? Int(lengths[value]) }
    for piece in pieces {
      var value = 0
      var (start, end) = (0, length(0))
      var from = 0
      while let distance = piece.place(in: UnsafeRawBufferPointer(rebasing: bytes[from...])) {
        let place = from + distance
        while end <= place {
          value += 1
          start = end
          end += length(value)
        }
        guard place + piece.bytes.count <= end else {
          // It begins in one value and ends in another.
          from = place + 1
          continue
        }
        let text = UnsafeRawBufferPointer(rebasing: bytes[start..<end]).assumingMemoryBound(to: UInt8.self)
        if passes(Scalar(kind ?? ScalarKind(rawValue: kinds![value])!, text)) { return true }
        from = end
      }
    }
    return false
  }

  /// The entries of a column that is not made of heads.
  mutating func fill(
    _ shape: ColumnShape, rowCount: Int, _ reader: inout ByteReader, _ filler: inout EntryFiller
  ) throws(SegmentFault) {
    makeRoom(shape.entryCount, rowCount: rowCount)
    let rows = try readRows(shape, rowCount: rowCount, &reader)
    try readCodes(shape, &reader)
    for at in 0..<shape.entryCount { filler.append(codes[at], row: Int(rows[at])) }
  }

  /// A column with one value in every row.
  mutating func constant(_ value: String, rowCount: Int) -> Column {
    guard rowCount > 0 else { return Column() }
    makeRoom(rowCount, rowCount: rowCount)
    var dictionary = ValueDictionary()
    var value = value
    let code = value.withUTF8 { dictionary.append(Scalar(.string, $0)) }
    codes.update(repeating: code, count: rowCount)
    return Column(
      dictionary: dictionary, rows: UnsafeBufferPointer(start: everyRow, count: rowCount),
      codes: UnsafeBufferPointer(start: codes, count: rowCount), rowCount: rowCount)
  }

  private mutating func makeRoom(_ entryCount: Int, rowCount: Int) {
    if entryCount > room {
      room = max(room * 2, entryCount)
      for list in [rows, codes, lengths] { list.deallocate() }
      rows = .allocate(capacity: room)
      codes = .allocate(capacity: room)
      lengths = .allocate(capacity: room)
    }
    if rowCount > everyRowCount {
      everyRowCount = rowCount
      everyRow.deallocate()
      everyRow = .allocate(capacity: rowCount)
      for row in 0..<rowCount { everyRow[row] = UInt32(row) }
    }
  }

  // MARK: Rows

  /// The row of every entry.
  private func readRows(
    _ shape: ColumnShape, rowCount: Int, _ reader: inout ByteReader
  ) throws(SegmentFault) -> UnsafeMutablePointer<UInt32> {
    switch shape.rows {
    case .every:
      guard shape.hasCounts else { return everyRow }
      rows.update(from: everyRow, count: rowCount)
    case .bitmap:
      let bits = try reader.take((rowCount + 7) / 8)
      var count = 0
      for (at, byte) in bits.enumerated() {
        var byte = byte
        while byte != 0 {
          let row = at * 8 + byte.trailingZeroBitCount
          guard count < shape.presentCount, row < rowCount else { throw reader.fault("more rows have a value") }
          rows[count] = UInt32(row)
          count += 1
          byte &= byte - 1
        }
      }
      guard count == shape.presentCount else { throw reader.fault("fewer rows have a value") }
    case .listed:
      var next = 0
      for at in 0..<shape.presentCount {
        next += try reader.count(upTo: rowCount, "a distance of rows")
        guard next < rowCount else { throw reader.fault("a row is \(next), of \(rowCount)") }
        rows[at] = UInt32(next)
        next += 1
      }
    }
    if shape.hasCounts { try readCounts(shape, &reader) }
    return rows
  }

  /// Spreads the rows that have values over their entries.
  private func readCounts(_ shape: ColumnShape, _ reader: inout ByteReader) throws(SegmentFault) {
    var left = shape.entryCount - shape.presentCount
    for at in 0..<shape.presentCount {
      let more = try reader.count(upTo: left, "the number of values of a row")
      left -= more
      lengths[at] = UInt32(more)
    }
    guard left == 0 else { throw reader.fault("the rows have fewer values") }
    // From the end, so that no row is written over before it is read.
    var to = shape.entryCount
    for at in stride(from: shape.presentCount - 1, through: 0, by: -1) {
      let row = rows[at]
      for _ in 0...lengths[at] {
        to -= 1
        rows[to] = row
      }
    }
  }

  // MARK: Codes

  /// The code of every entry, of which 1 is the first.
  private func readCodes(_ shape: ColumnShape, _ reader: inout ByteReader) throws(SegmentFault) {
    let numbers = UnsafeMutableBufferPointer(start: codes, count: shape.entryCount)
    if shape.codes != .packed {
      for at in numbers.indices { numbers[at] = UInt32(at + 1) }
    } else if shape.width == 0 {
      numbers.update(repeating: 1)
    } else {
      // The reader has zeros behind its bytes, as unpacking wants it.
      let packed = try reader.take(BitPacking.byteCount(shape.entryCount, width: shape.width))
      BitPacking.unpack(packed.baseAddress!, width: shape.width, into: numbers)
      let valueCount = UInt32(shape.valueCount)
      var most: UInt32 = 0
      for at in numbers.indices {
        most = max(most, numbers[at])
        numbers[at] &+= 1
      }
      guard most < valueCount else { throw reader.fault("a code is \(most), of \(valueCount)") }
    }
    try reader.finish()
  }

  // MARK: Values

  /// The kinds of the values, where they differ, and the bytes of all; where their lengths differ, these are in `lengths`.
  private func readBounds(
    _ shape: ColumnShape, _ reader: inout ByteReader
  ) throws(SegmentFault) -> (kinds: UnsafeRawBufferPointer?, bytes: UnsafeRawBufferPointer) {
    let kinds = shape.kind == nil ? try reader.take(shape.valueCount) : nil
    if let kinds, !kinds.allSatisfy({ ScalarKind(rawValue: $0) != nil }) {
      throw reader.fault("a value is of a kind that is none")
    }
    var total = shape.valueCount * (shape.length ?? 0)
    if shape.length == nil {
      for at in 0..<shape.valueCount {
        let length = try reader.count(upTo: SegmentFormat.mostColumnBytes, "the length of a value")
        lengths[at] = UInt32(length)
        total += length
      }
    }
    guard total == reader.left else { throw reader.fault("values have \(total) bytes, not \(reader.left)") }
    return (kinds, try reader.take(total))
  }

  private func readValues(_ shape: ColumnShape, _ reader: inout ByteReader) throws(SegmentFault) -> ValueDictionary {
    let (kinds, bytes) = try readBounds(shape, &reader)
    var dictionary = ValueDictionary()
    let (commonKind, commonLength) = (shape.kind, shape.length)
    var start = 0
    for at in 0..<shape.valueCount {
      let length = commonLength ?? Int(lengths[at])
      let value = UnsafeRawBufferPointer(rebasing: bytes[start..<start + length])
      let kind = commonKind ?? ScalarKind(rawValue: kinds![at])!
      _ = dictionary.append(Scalar(kind, value.assumingMemoryBound(to: UInt8.self)))
      start += length
    }
    return dictionary
  }

  /// The texts of the ids or the times of rows, and the code of each.
  private mutating func readHeads(
    _ kept: ColumnShape.Codes, _ heads: [EventHead], _ rows: UnsafeMutablePointer<UInt32>, _ count: Int,
    of reader: ByteReader
  ) throws(SegmentFault) -> ValueDictionary {
    var dictionary = ValueDictionary()
    for at in 0..<count {
      let head = heads[Int(rows[at])]
      if kept == .time, at > 0, heads[Int(rows[at - 1])].time == head.time {
        codes[at] = codes[at - 1]
        continue
      }
      guard text.write(head, as: kept) else { throw reader.fault("a row has no time") }
      codes[at] = text.bytes.withUnsafeBufferPointer {
        // An id hardly comes again, a time does.
        kept == .time ? dictionary.insert(Scalar(.string, $0)) : dictionary.append(Scalar(.string, $0))
      }
    }
    return dictionary
  }
}
