import Events

/// Reads columns of a segment. One reader's own.
struct BatchDecoder: ~Copyable {
  private let segment: Segment
  private var values: StreamReader
  private var codes: StreamReader
  private var decoder = ColumnDecoder()
  /// The heads by row, once a column is made of them.
  private var heads: [EventHead]?

  init(_ segment: Segment) throws(SegmentFault) {
    self.segment = segment
    let footer = segment.footer
    let unpacker = try segment.unpacker()
    values = StreamReader(unpacker, footer.values, starts: footer.valueStarts)
    codes = StreamReader(unpacker, footer.codes, starts: footer.codeStarts)
  }

  /// The columns that a plan asks for, of the events or of the objects under a nested field, which are of no data stream.
  mutating func batch(
    _ shape: BatchShape?, _ plan: FieldPlan, dataStream: String? = nil
  ) throws(SegmentFault) -> EventBatch {
    let rowCount = shape?.rowCount ?? 0
    var columns = plan.paths.map { _ in Column(rowCount: rowCount) }
    var columnByPath: [String: Int] = [:]
    for (place, path) in plan.paths.enumerated() { columnByPath[path] = place }
    // In the order of the file, so that every block is unpacked once.
    for column in shape?.columns ?? [] {
      if let place = columnByPath[column.path] {
        columns[place] = try self.column(column, rowCount: rowCount)
      } else if plan.wants(column.path) {
        columnByPath[column.path] = columns.count
        columns.append(try self.column(column, rowCount: rowCount))
      }
    }
    var nested: [String: NestedRows] = [:]
    for (path, inner) in plan.nested {
      let shape = shape?.nested.first { $0.path == path }
      nested[path] = NestedRows(
        parents: try shape.map { shape throws(SegmentFault) in try parents(shape, parentRows: rowCount) } ?? [],
        batch: try batch(shape?.batch, inner))
    }
    return EventBatch(
      rowCount: rowCount,
      dataStream: dataStream.map { decoder.constant($0, rowCount: rowCount) } ?? Column(rowCount: rowCount),
      columns: columns, columnByPath: columnByPath, nested: nested)
  }

  /// Reads columns whose entries come late; nil where all are read at once.
  var late: LateEntries?

  mutating func column(_ shape: ColumnShape, rowCount: Int) throws(SegmentFault) -> Column {
    if let late, !shape.codes.isOfHeads { return try column(shape, rowCount: rowCount, late) }
    do throws(SegmentFault) {
      if shape.codes.isOfHeads, heads == nil { heads = try segment.readHeads() }
      var values = try values.bytes(shape.valuesStart, shape.valueBytes, of: segment.footer.place)
      var codes = try codes.bytes(shape.codesStart, shape.codeBytes, of: segment.footer.place)
      return try decoder.decode(shape, rowCount: rowCount, heads: heads, values: &values, codes: &codes)
    } catch {
      throw Self.fault(error, in: shape)
    }
  }

  private static func fault(_ error: SegmentFault, in shape: ColumnShape) -> SegmentFault {
    var fault = error
    if fault.kind == .damaged { fault.cause = "column \(shape.path): \(fault.cause)" }
    return fault
  }

  /// A column with its values, whose entries are read when they are asked for.
  private mutating func column(
    _ shape: ColumnShape, rowCount: Int, _ late: LateEntries
  ) throws(SegmentFault) -> Column {
    do throws(SegmentFault) {
      var values = try values.bytes(shape.valuesStart, shape.valueBytes, of: segment.footer.place)
      let dictionary = try decoder.values(shape, &values)
      let isOnePerRow = shape.rows == .every && !shape.hasCounts
      return Column(
        dictionary: dictionary, rowCount: rowCount, entryCount: shape.entryCount, isOnePerRow: isOnePerRow
      ) { late.fill(shape, rowCount: rowCount, isOnePerRow: isOnePerRow, &$0) }
    } catch {
      throw Self.fault(error, in: shape)
    }
  }

  /// The entries of a column.
  mutating func fill(_ shape: ColumnShape, rowCount: Int, _ filler: inout EntryFiller) throws(SegmentFault) {
    do throws(SegmentFault) {
      var codes = try codes.bytes(shape.codesStart, shape.codeBytes, of: segment.footer.place)
      try decoder.fill(shape, rowCount: rowCount, &codes, &filler)
    } catch {
      throw Self.fault(error, in: shape)
    }
  }

  mutating func parents(_ shape: NestedShape, parentRows: Int) throws(SegmentFault) -> [UInt32] {
    var reader = try codes.bytes(shape.parentsStart, shape.parentBytes, of: segment.footer.place)
    var parents: [UInt32] = []
    var last = 0
    for _ in 0..<shape.batch.rowCount {
      last += try reader.count(upTo: parentRows, "a distance of parents")
      guard last < parentRows else { throw reader.fault("the parent of an object is row \(last), of \(parentRows)") }
      parents.append(UInt32(last))
    }
    try reader.finish()
    return parents
  }
}
