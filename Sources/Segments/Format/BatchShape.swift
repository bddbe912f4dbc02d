/// How a batch lies in a segment: the directory of its columns, and of the objects under nested fields.
struct BatchShape: Sendable {
  let rowCount: Int
  /// The paths of the columns, by place.
  let paths: ColumnPaths
  let columns: [ColumnShape]
  private(set) var nested: [NestedShape] = []

  /// The column at a place.
  func column(_ place: Int) -> NamedColumn { NamedColumn(path: paths.all[place], shape: columns[place]) }

  /// The column of a path.
  func column(_ path: String) -> ColumnShape? { paths.place(of: path).map { columns[$0] } }

  /// What all columns of a segment have taken so far.
  struct Totals {
    var columns = 0
    var entries = 0
    var valueBytes = 0
    var codeBytes = 0
    var filters = 0
    /// The version of the format.
    let version: UInt32

    init(version: UInt32) { self.version = version }
  }

  init(
    _ reader: inout ByteReader, rowCount: Int, depth: Int = 0, sharing shared: SharedPaths, _ totals: inout Totals
  ) throws(SegmentFault) {
    self.rowCount = rowCount
    let count = try reader.count(upTo: SegmentFormat.mostColumns - totals.columns, "the number of columns")
    totals.columns += count
    // Shapes stay in memory as long as the segment is open; a directory that lies gets room for no more than it has bytes.
    let room = min(count, reader.left)
    var paths: [UnsafeRawBufferPointer] = []
    var columns: [ColumnShape] = []
    paths.reserveCapacity(room)
    columns.reserveCapacity(room)
    for _ in 0..<count {
      paths.append(try reader.textBytes("the length of a path"))
      var column = try ColumnShape(&reader, rowCount: rowCount, &totals)
      guard !column.codes.isOfHeads || depth == 0 else { throw reader.fault("objects have ids or times") }
      guard column.filter == nil || depth == 0 else { throw reader.fault("a field of objects has a filter") }
      column.valuesStart = totals.valueBytes
      column.codesStart = totals.codeBytes
      totals.entries += column.entryCount
      totals.valueBytes += column.valueBytes
      totals.codeBytes += column.codeBytes
      guard totals.entries <= SegmentFormat.mostEntries, totals.valueBytes <= SegmentFormat.mostColumnBytes,
        totals.codeBytes <= SegmentFormat.mostColumnBytes
      else { throw reader.fault("the columns have more values than a segment may have") }
      columns.append(column)
    }
    self.paths = try shared.list(paths, reader)
    self.columns = columns
    var nestedPaths: Set<String> = []
    let inner = try reader.count(upTo: SegmentFormat.mostColumns - totals.columns, "the number of nested fields")
    totals.columns += inner
    guard inner == 0 || depth < SegmentFormat.deepestNesting else { throw reader.fault("fields are nested too deep") }
    for _ in 0..<inner {
      let next = try NestedShape(&reader, parentRows: rowCount, depth: depth + 1, sharing: shared, &totals)
      guard nestedPaths.insert(next.path).inserted else {
        throw reader.fault("two nested fields have one path")
      }
      nested.append(next)
    }
  }
}

/// A column of a segment by its path.
struct NamedColumn: Sendable {
  var path: String
  var shape: ColumnShape
}

/// How the objects under a nested field lie in a segment.
struct NestedShape: Sendable {
  var path: String
  /// What the list of parents takes of the codes, and where it starts.
  var parentBytes: Int
  var parentsStart: Int
  var batch: BatchShape

  init(
    _ reader: inout ByteReader, parentRows: Int, depth: Int, sharing shared: SharedPaths,
    _ totals: inout BatchShape.Totals
  ) throws(SegmentFault) {
    path = try reader.text("the length of a path")
    let rowCount = try reader.count(upTo: SegmentFormat.mostRows, "the number of objects")
    guard rowCount > 0, parentRows > 0 else { throw reader.fault("a nested field has no objects") }
    parentBytes = try reader.count(upTo: SegmentFormat.mostColumnBytes, "the length of parents")
    parentsStart = totals.codeBytes
    totals.codeBytes += parentBytes
    totals.entries += rowCount
    guard totals.entries <= SegmentFormat.mostEntries, totals.codeBytes <= SegmentFormat.mostColumnBytes else {
      throw reader.fault("the columns have more values than a segment may have")
    }
    batch = try BatchShape(&reader, rowCount: rowCount, depth: depth, sharing: shared, &totals)
  }
}
