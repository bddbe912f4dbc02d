/// Fills an `EventBatch` row by row. One worker's own; its room is used again for the next batch.
public final class EventBatchBuilder {
  public let plan: FieldPlan
  private var batch: EventBatch
  /// Paths met so far; codes index `columnOfPath`.
  private var paths = ValueDictionary()
  /// The column of each known path, or -1 for one that is not wanted.
  private var columnOfPath: [Int32] = [-1]
  private var row = -1
  private var nestedBuilders: [String: EventBatchBuilder] = [:]
  private var nestedParents: [String: [UInt32]] = [:]

  public init(_ plan: FieldPlan) {
    self.plan = plan
    batch = EventBatch(rowCount: 0, dataStream: Column(), columns: [], columnByPath: [:], nested: [:])
    reset()
  }

  private func reset() {
    batch = EventBatch(rowCount: 0, dataStream: Column(), columns: [], columnByPath: [:], nested: [:])
    paths = ValueDictionary()
    columnOfPath = [-1]
    row = -1
    for path in plan.paths { _ = column(path) }
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
    let code = Int(paths.insert(Scalar(.string, path)))
    if code < columnOfPath.count { return Int(columnOfPath[code]) }
    let name = String(decoding: path, as: UTF8.self)
    var column: Int32 = -1
    if plan.wants(name) {
      column = Int32(batch.columns.count)
      batch.columns.append(Column())
      batch.columnByPath[name] = Int(column)
    }
    columnOfPath.append(column)
    return Int(column)
  }

  /// Adds a value to the current row.
  public func append(_ value: Scalar, column: Int) {
    batch.columns[column].append(value, row: row)
  }

  /// Adds a row for an object under a nested field, when that field is wanted, and lets `fill` put in its values.
  public func appendNested(_ path: String, _ fill: (EventBatchBuilder) -> Void) {
    guard let builder = nestedBuilders[path] else { return }
    builder.beginRow()
    nestedParents[path]!.append(UInt32(row))
    fill(builder)
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
    reset()
    return finished
  }
}
