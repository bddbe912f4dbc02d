import Events

/// Writes the columns of a batch, and of the objects under nested fields, and their directory.
struct BatchEncoder: ~Copyable {
  var values = StreamSpace(.values)
  var codes = StreamSpace(.codes)
  /// Finished blocks of filters.
  private(set) var filters = ByteRoom()
  private(set) var filterBlocks: [BlockPlace] = []
  private var encoder: ColumnEncoder
  private var totals: BatchShape.Totals

  /// - Parameter filteredValues: a column of so many distinct values has a filter.
  init(version: UInt32, filteredValues: Int) {
    encoder = ColumnEncoder(filteredValues: version >= 2 ? filteredValues : .max)
    totals = BatchShape.Totals(version: version)
  }

  /// - Parameters:
  ///   - heads: those of the rows, where the rows are events.
  ///   - footer: the directory goes there.
  ///   - file: blocks of values go there as they are made; those of codes follow all of them.
  mutating func encode(
    _ batch: EventBatch, heads: [EventHead]?, depth: Int = 0, _ packer: borrowing BlockPacker,
    to footer: inout ByteRoom,
    _ file: inout NewFile
  ) throws(SegmentFault) {
    let columns = batch.columnByPath.filter { !batch.columns[$0.value].isEmpty }
      .sorted { ($0.value, $0.key) < ($1.value, $1.key) }
    try count(columns.count)
    footer.append(varint: columns.count)
    for (path, place) in columns {
      try check(path)
      let column = batch.columns[place]
      precondition(column.rowCount == batch.rowCount, "a column of another batch")
      totals.entries += column.entryCount
      try checkTotals()
      var shape = encoder.encode(column, heads: heads, values: &values, codes: &codes)
      totals.valueBytes += values.streamBytes
      totals.codeBytes += codes.streamBytes
      try checkTotals()
      (shape.valueBytes, shape.codeBytes) = (values.streamBytes, codes.streamBytes)
      try values.endStream(packer)
      try values.drain(to: &file)
      try codes.endStream(packer)
      if heads != nil, encoder.hasFilter {
        shape.filter = filterBlocks.count
        filterBlocks.append(
          try packer.append(.filters, number: filterBlocks.count, encoder.filter.bytes, to: &filters))
      }
      footer.append(text: path)
      shape.append(to: &footer, version: totals.version)
    }
    let nested = batch.nested.filter { $0.value.batch.rowCount > 0 }.sorted { $0.key < $1.key }
    try count(nested.count)
    footer.append(varint: nested.count)
    guard !nested.isEmpty else { return }
    guard depth < SegmentFormat.deepestNesting else { throw .tooLarge("fields are nested too deep") }
    for (path, rows) in nested {
      try check(path)
      try encode(rows, path, parentRows: batch.rowCount, depth: depth + 1, packer, to: &footer, &file)
    }
  }

  private mutating func encode(
    _ nested: NestedRows, _ path: String, parentRows: Int, depth: Int, _ packer: borrowing BlockPacker,
    to footer: inout ByteRoom, _ file: inout NewFile
  ) throws(SegmentFault) {
    precondition(nested.parents.count == nested.batch.rowCount, "an object has a parent")
    guard nested.batch.rowCount <= SegmentFormat.mostRows else {
      throw .tooLarge(
        "the nested field \(path) has \(nested.batch.rowCount) objects, of at most \(SegmentFormat.mostRows)")
    }
    var last: UInt32 = 0
    for parent in nested.parents {
      precondition(parent >= last && parent < parentRows, "parents ascend, and are rows")
      codes.room.append(varint: UInt64(parent - last))
      last = parent
    }
    footer.append(text: path)
    footer.append(varint: nested.batch.rowCount)
    footer.append(varint: codes.streamBytes)
    totals.entries += nested.batch.rowCount
    totals.codeBytes += codes.streamBytes
    try checkTotals()
    try codes.endStream(packer)
    try encode(nested.batch, heads: nil, depth: depth, packer, to: &footer, &file)
  }

  private mutating func count(_ columns: Int) throws(SegmentFault) {
    totals.columns += columns
    guard totals.columns <= SegmentFormat.mostColumns else {
      throw .tooLarge("there are more than \(SegmentFormat.mostColumns) columns")
    }
  }

  private func checkTotals() throws(SegmentFault) {
    guard totals.entries <= SegmentFormat.mostEntries else {
      throw .tooLarge("the columns have more than \(SegmentFormat.mostEntries) values")
    }
    guard totals.valueBytes <= SegmentFormat.mostColumnBytes, totals.codeBytes <= SegmentFormat.mostColumnBytes else {
      throw .tooLarge("the columns have more than \(SegmentFormat.mostColumnBytes) bytes")
    }
  }

  private func check(_ path: String) throws(SegmentFault) {
    guard path.utf8.count <= SegmentFormat.longestPath else {
      throw .tooLarge("a field's path has \(path.utf8.count) bytes, of at most \(SegmentFormat.longestPath)")
    }
  }
}
