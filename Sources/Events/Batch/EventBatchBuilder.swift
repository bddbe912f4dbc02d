/// Fills an `EventBatch` row by row. One worker's own; its room is used again for the next batch.
public final class EventBatchBuilder {
  public let plan: FieldPlan
  /// How many batches have been finished.
  public private(set) var batchNumber = 0
  private var batch: EventBatch
  /// The paths that the plan names, those of columns, and some that are not wanted; codes index `columnOfPath`. Whatever
  /// events may name is looked up here and not kept, unless it would have to be matched with patterns again.
  private var paths = ValueDictionary()
  /// The column of each known path, or -1 for one that is not wanted.
  private var columnOfPath: [Int32] = [-1]
  private var row = -1
  /// Not wanted and kept in `paths`.
  private var refusedPaths = 0
  /// A path longer than this is not known, and is not kept.
  public let longestPath: Int
  private let hasPatterns: Bool
  private var cut: BatchCut = []
  private var nestedBuilders: [String: EventBatchBuilder] = [:]
  private var nestedParents: [String: [UInt32]] = [:]

  public init(_ plan: FieldPlan) {
    self.plan = plan
    longestPath = plan.paths.reduce(BatchLimits.pathBytes) { max($0, $1.utf8.count) }
    hasPatterns = plan.everything || !plan.patterns.isEmpty
    batch = EventBatch(rowCount: 0, dataStream: Column(), columns: [], columnByPath: [:], nested: [:])
    reset()
  }

  private func reset() {
    batch = EventBatch(rowCount: 0, dataStream: Column(), columns: [], columnByPath: [:], nested: [:])
    paths = ValueDictionary()
    columnOfPath = [-1]
    refusedPaths = 0
    row = -1
    for path in plan.paths {
      var name = path
      name.withUTF8 { _ = keep(path, $0, isWanted: true) }
    }
    for (path, plan) in plan.nested {
      nestedBuilders[path] = EventBatchBuilder(plan)
      nestedParents[path] = []
    }
  }

  /// Starts the next row.
  public func beginRow(dataStream: String) {
    row += 1
    var name = dataStream
    name.withUTF8 { batch.dataStream.append(Scalar(.string, $0), row: row) }
  }

  /// Starts the next row, which belongs to no data stream.
  public func beginRow() { row += 1 }

  /// The column of a path, or -1 when it is not wanted. Stays valid until the batch is finished.
  public func column(_ path: String) -> Int {
    var path = path
    return path.withUTF8 { column($0) }
  }

  /// The column of a path given as bytes, or -1 when it is not wanted.
  public func column(_ path: UnsafeBufferPointer<UInt8>) -> Int {
    guard path.count <= longestPath else {
      if hasPatterns { cut.insert(.paths) }
      return -1
    }
    let code = Int(paths.code(of: Scalar(.string, path)))
    if code != 0 { return Int(columnOfPath[code]) }
    guard hasPatterns else { return -1 }
    let name = String(decoding: path, as: UTF8.self)
    guard plan.wants(name) else {
      guard refusedPaths < BatchLimits.refusedPaths else { return -1 }
      refusedPaths += 1
      return keep(name, path, isWanted: false)
    }
    guard batch.columns.count < plan.paths.count + BatchLimits.columns else {
      cut.insert(.columns)
      return -1
    }
    return keep(name, path, isWanted: true)
  }

  /// Remembers a path that is not known yet, with a column if it is wanted.
  private func keep(_ name: String, _ path: UnsafeBufferPointer<UInt8>, isWanted: Bool) -> Int {
    let code = Int(paths.insert(Scalar(.string, path)))
    if code < columnOfPath.count { return Int(columnOfPath[code]) }
    var column: Int32 = -1
    if isWanted {
      column = Int32(batch.columns.count)
      batch.columns.append(Column())
      batch.columnByPath[name] = Int(column)
    }
    columnOfPath.append(column)
    return Int(column)
  }

  /// What had to be left out since the last time that this was asked.
  public func takeCut() -> BatchCut {
    defer { cut = [] }
    return cut
  }

  /// True when the batch should be ended before it grows further.
  public var isFull: Bool { batch.columns.count * (row + 2) > BatchLimits.entries || isCrowded }

  /// True when so many columns were made for what events name that the next event may not find room for its own.
  private var isCrowded: Bool { batch.columns.count > plan.paths.count + BatchLimits.columns / 4 }

  /// Adds a value to the current row.
  public func append(_ value: Scalar, column: Int) {
    batch.columns[column].append(value, row: row)
  }

  /// Adds a value to the current row, and returns its code in the column, which stays until the batch is finished.
  public func place(_ value: Scalar, column: Int) -> UInt32 {
    let code = batch.columns[column].dictionaryInsert(value)
    batch.columns[column].append(code: code, row: row)
    return code
  }

  /// Adds values of the batch to the current row by their columns and codes.
  public func append(codes: ArraySlice<(column: Int32, code: UInt32)>) {
    let row = row
    batch.columns.withUnsafeMutableBufferPointer { columns in
      for (column, code) in codes { columns[Int(column)].append(code: code, row: row) }
    }
  }

  /// Adds a row for an object under a nested field, when that field is wanted, and lets `fill` put in its values.
  public func appendNested(_ path: String, _ fill: (EventBatchBuilder) -> Void) {
    guard let builder = nestedBuilders[path] else { return }
    builder.beginRow()
    nestedParents[path]!.append(UInt32(row))
    fill(builder)
    cut.formUnion(builder.takeCut())
  }

  /// Ends the batch and starts a new one.
  public func finish() -> EventBatch {
    let rowCount = row + 1
    batch.rowCount = rowCount
    batch.dataStream.finish(rowCount: rowCount)
    for at in batch.columns.indices { batch.columns[at].finish(rowCount: rowCount) }
    for (path, builder) in nestedBuilders {
      batch.nested[path] = NestedRows(parents: nestedParents[path]!, batch: builder.finish())
    }
    let finished = batch
    batchNumber += 1
    reset()
    return finished
  }
}
