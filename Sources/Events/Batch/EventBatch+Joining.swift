extension EventBatch {
  /// The rows of several batches, one behind the other. A path that one of them has is in the result.
  public init(joining batches: [EventBatch]) {
    let rowCount = batches.reduce(0) { $0 + $1.rowCount }
    // Columns are joined path by path, so that one at a time stands twice.
    var paths: [String] = []
    var columnByPath: [String: Int] = [:]
    for batch in batches {
      for (path, _) in batch.columnByPath.sorted(by: { $0.value < $1.value }) where columnByPath[path] == nil {
        columnByPath[path] = paths.count
        paths.append(path)
      }
    }
    let columns = paths.map { path in Self.joined(batches.map { ($0.column(path), $0.rowCount) }, rowCount: rowCount) }
    var nested: [String: NestedRows] = [:]
    for path in Set(batches.flatMap(\.nested.keys)) {
      var parents: [UInt32] = []
      var start: UInt32 = 0
      for batch in batches {
        if let rows = batch.nested[path] { parents += rows.parents.map { $0 + start } }
        start += UInt32(batch.rowCount)
      }
      nested[path] = NestedRows(
        parents: parents, batch: EventBatch(joining: batches.compactMap { $0.nested[path]?.batch }))
    }
    self.init(
      rowCount: rowCount, dataStream: Self.joined(batches.map { ($0.dataStream, $0.rowCount) }, rowCount: rowCount),
      columns: columns, columnByPath: columnByPath, nested: nested)
  }

  private static func joined(_ parts: [(column: Column?, rowCount: Int)], rowCount: Int) -> Column {
    // A row has what it had.
    var writer = ColumnWriter(keepsRepeats: true)
    var start = 0
    for (column, count) in parts {
      column?.forEachEntry { row, code in
        column?.dictionary.withValue(code) { writer.append($0, row: start + row) }
      }
      start += count
    }
    return writer.column(rowCount: rowCount)
  }
}
