import Events

/// Reads columns of a segment. One reader's own.
struct BatchDecoder: ~Copyable {
  private let segment: Segment
  private var values: StreamReader
  private var codes: StreamReader
  private var decoder = ColumnDecoder()
  /// The heads by row, once a column is made of them: whole, or their times alone.
  private var heads: [EventHead]?
  private var headsAreWhole = false
  /// The rows that are meant, where they are fewer than all: what is made of heads, a text for each row, is made for these alone.
  private var wanted: Bitmap?

  init(_ segment: Segment) {
    self.segment = segment
    let footer = segment.footer
    let unpacker = segment.unpacker()
    values = StreamReader(unpacker, footer.values, starts: footer.valueStarts)
    codes = StreamReader(unpacker, footer.codes, starts: footer.codeStarts)
  }

  /// Leaves other rows without what would be made for them.
  mutating func limit(to rows: [Int]?) {
    guard let rows, rows.count < segment.footer.rowCount else { return }
    var wanted = Bitmap(count: segment.footer.rowCount)
    for row in rows { wanted.insert(row) }
    self.wanted = wanted
  }

  /// The columns that a plan asks for, of the events or of the objects under a nested field, which are of no data stream.
  mutating func batch(
    _ shape: BatchShape?, _ plan: FieldPlan, dataStream: String? = nil
  ) throws(SegmentFault) -> EventBatch {
    let rowCount = shape?.rowCount ?? 0
    var columns = plan.paths.map { _ in Column(rowCount: rowCount) }
    var columnByPath: [String: Int] = [:]
    for (place, path) in plan.paths.enumerated() { columnByPath[path] = place }
    // Fields of alerts whose values are asked for under another name alone.
    var targets: [String: Column?] = Dictionary(plan.aliases.map { ($0.target, nil) }) { first, _ in first }
    // In the order of the file, so that every block is unpacked once.
    for column in Self.columns(plan, in: shape) {
      if let place = columnByPath[column.path] {
        columns[place] = try self.column(column, rowCount: rowCount, isNamed: true)
      } else if plan.wants(column.path) {
        columnByPath[column.path] = columns.count
        columns.append(try self.column(column, rowCount: rowCount, isNamed: false))
      } else if targets[column.path] != nil {
        targets[column.path] = try self.column(column, rowCount: rowCount, isNamed: true)
      }
    }
    for (name, target) in plan.aliases {
      guard let theirs = columnByPath[target].map({ columns[$0] }) ?? (targets[target] ?? nil) else { continue }
      if let place = columnByPath[name] {
        columns[place] = columns[place].joined(with: theirs)
      } else {
        columnByPath[name] = columns.count
        columns.append(theirs)
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

  /// The columns that a plan may want, in the order of the file.
  private static func columns(_ plan: FieldPlan, in shape: BatchShape?) -> [NamedColumn] {
    guard let shape else { return [] }
    guard plan.asksByPath else { return shape.columns.indices.map(shape.column) }
    let paths = plan.paths + plan.aliases.map(\.target)
    return Set(paths.compactMap(shape.paths.place)).sorted().map(shape.column)
  }

  /// Reads columns that come late; nil where all are read at once.
  var late: LateEntries?

  /// A column that is read at once.
  mutating func column(_ column: NamedColumn, rowCount: Int) throws(SegmentFault) -> Column {
    let shape = column.shape
    do throws(SegmentFault) {
      if shape.codes.isOfHeads { try readHeads(for: shape.codes) }
      var values = try values.bytes(shape.valuesStart, shape.valueBytes, of: segment.footer.place)
      var codes = try codes.bytes(shape.codesStart, shape.codeBytes, of: segment.footer.place)
      return try decoder.decode(
        shape, rowCount: rowCount, heads: heads, only: wanted, values: &values, codes: &codes)
    } catch {
      throw Self.fault(error, in: column)
    }
  }

  /// Reads of the heads what a column is made of.
  private mutating func readHeads(for codes: ColumnShape.Codes) throws(SegmentFault) {
    guard heads == nil || codes == .identity && !headsAreWhole else { return }
    headsAreWhole = codes == .identity
    heads = headsAreWhole ? try segment.readHeads() : try segment.readTimedHeads()
  }

  private static func fault(_ error: SegmentFault, in column: NamedColumn) -> SegmentFault {
    var fault = error
    if fault.kind == .damaged { fault.cause = "column \(column.path): \(fault.cause)" }
    return fault
  }

  /// A column as the reader of late ones says.
  ///
  /// - Parameter isNamed: it is asked for by its path, so that its values are wanted in all likelihood.
  private mutating func column(
    _ column: NamedColumn, rowCount: Int, isNamed: Bool
  ) throws(SegmentFault) -> Column {
    let shape = column.shape
    let isOfHeads = shape.codes.isOfHeads
    // What is made for some rows alone costs little; what is made for all may be for nothing.
    guard let late, !(isNamed && isOfHeads && wanted != nil) else { return try self.column(column, rowCount: rowCount) }
    let values = isNamed && !isOfHeads ? try values(column) : nil
    return Column(
      StoredColumn(column, rowCount: rowCount, late, values: values), dictionary: values, valueCount: shape.valueCount,
      rowCount: rowCount, entryCount: shape.entryCount, isOnePerRow: shape.rows == .every && !shape.hasCounts)
  }

  /// The values of a column that is not made of heads.
  mutating func values(_ column: NamedColumn) throws(SegmentFault) -> ValueDictionary {
    let shape = column.shape
    do throws(SegmentFault) {
      var values = try values.bytes(shape.valuesStart, shape.valueBytes, of: segment.footer.place)
      return try decoder.values(shape, &values)
    } catch {
      throw Self.fault(error, in: column)
    }
  }

  /// Of each of some pieces: false where no value of a column that is not made of heads holds it; true in doubt.
  ///
  /// The values are not taken apart: what begins in one and ends in the next seems to be there.
  mutating func mayHold(_ pieces: [SoughtBytes], _ column: NamedColumn) throws(SegmentFault) -> [Bool] {
    let shape = column.shape
    do throws(SegmentFault) {
      var values = try values.bytes(shape.valuesStart, shape.valueBytes, of: segment.footer.place)
      // A kind and a length take a byte each at least.
      let lead = (shape.kind == nil ? shape.valueCount : 0) + (shape.length == nil ? shape.valueCount : 0)
      _ = try values.take(lead)
      let bytes = try values.take(values.left)
      return pieces.map { $0.stands(in: bytes) }
    } catch {
      throw Self.fault(error, in: column)
    }
  }

  /// Whether a value passes that holds some of the pieces, in a column that is not made of heads. Others are not taken out.
  mutating func mayPass(
    _ column: NamedColumn, holding pieces: [SoughtBytes], _ passes: (Scalar) -> Bool
  ) throws(SegmentFault) -> Bool {
    let shape = column.shape
    do throws(SegmentFault) {
      var values = try values.bytes(shape.valuesStart, shape.valueBytes, of: segment.footer.place)
      return try decoder.mayPass(shape, &values, holding: pieces, passes)
    } catch {
      throw Self.fault(error, in: column)
    }
  }

  /// The entries of a column.
  mutating func fill(_ column: NamedColumn, rowCount: Int, _ filler: inout EntryFiller) throws(SegmentFault) {
    let shape = column.shape
    do throws(SegmentFault) {
      var codes = try codes.bytes(shape.codesStart, shape.codeBytes, of: segment.footer.place)
      try decoder.fill(shape, rowCount: rowCount, &codes, &filler)
    } catch {
      throw Self.fault(error, in: column)
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
