/// Some thousands of events in columns.
///
/// Only the fields that were asked for have columns; a path without a column here has no value in any row.
public struct EventBatch {
  public internal(set) var rowCount: Int
  /// The data stream that each row belongs to.
  public internal(set) var dataStream: Column
  /// Columns by the field's full dotted path.
  public internal(set) var columns: [Column]
  public internal(set) var columnByPath: [String: Int]
  /// Objects of nested fields that were asked for, by path.
  public internal(set) var nested: [String: NestedRows]
  /// What is known of each row beside its fields; empty where whoever made the batch was not asked for it.
  public var heads: [EventHead] = []

  /// A batch of finished columns whose rows belong to no data stream in particular.
  public init(columns: [Column], paths: [String], rowCount: Int) {
    self.rowCount = rowCount
    self.columns = columns
    dataStream = Column(rowCount: rowCount)
    columnByPath = Dictionary(uniqueKeysWithValues: zip(paths, columns.indices))
    nested = [:]
  }

  /// A batch of finished columns.
  ///
  /// - Parameters:
  ///   - columnByPath: the place of each path's column in `columns`.
  ///   - nested: objects of nested fields, by path; their parents are rows of this batch.
  public init(
    rowCount: Int, dataStream: Column, columns: [Column], columnByPath: [String: Int], nested: [String: NestedRows]
  ) {
    self.rowCount = rowCount
    self.dataStream = dataStream
    self.columns = columns
    self.columnByPath = columnByPath
    self.nested = nested
  }

  /// The batch of some of the rows, in the order given; distinct values keep their codes.
  public func selecting(_ rows: [Int]) -> EventBatch {
    var batch = EventBatch(
      rowCount: rows.count, dataStream: dataStream.selecting(rows), columns: columns.map { $0.selecting(rows) },
      columnByPath: columnByPath, nested: nested.mapValues { $0.selecting(parents: rows) })
    if !heads.isEmpty { batch.heads = rows.map { heads[$0] } }
    return batch
  }

  /// The columns that a plan asks for: those of `plan.paths` first, each at its place, then those that it wants by everything or
  /// by pattern. `plan.nullValues` was answered when the columns were made.
  public func projecting(_ plan: FieldPlan) -> EventBatch {
    var columns = plan.paths.map { column($0) ?? Column(rowCount: rowCount) }
    var places = Dictionary(uniqueKeysWithValues: zip(plan.paths, plan.paths.indices))
    for (path, place) in columnByPath.sorted(by: { $0.value < $1.value }) where places[path] == nil && plan.wants(path)
    {
      places[path] = columns.count
      columns.append(self.columns[place])
    }
    for (name, target) in plan.aliases {
      guard let theirs = column(target) else { continue }
      if let place = places[name] {
        columns[place] = columns[place].joined(with: theirs)
      } else {
        places[name] = columns.count
        columns.append(theirs)
      }
    }
    var nested: [String: NestedRows] = [:]
    for (path, inner) in plan.nested {
      let rows = self.nested[path] ?? NestedRows(parents: [], batch: EventBatch(columns: [], paths: [], rowCount: 0))
      nested[path] = NestedRows(parents: rows.parents, batch: rows.batch.projecting(inner))
    }
    return EventBatch(
      rowCount: rowCount, dataStream: dataStream, columns: columns, columnByPath: places, nested: nested)
  }

  /// The same rows, all of one data stream.
  public func belonging(to dataStream: String) -> EventBatch {
    var (names, name) = (ValueDictionary(), dataStream)
    let code = name.withUTF8 { names.insert(Scalar(.string, $0)) }
    var batch = self
    batch.dataStream = Column(dictionary: names, codes: repeatElement(code, count: rowCount))
    return batch
  }

  /// The column of a path, or nil when no row has a value there.
  public func column(_ path: String) -> Column? {
    columnByPath[path].map { columns[$0] }
  }
}

/// The objects under a nested field, as rows of a batch of their own.
public struct NestedRows {
  /// The row of the event that each object belongs to, ascending.
  public internal(set) var parents: [UInt32]
  /// The objects' fields, named by their full paths.
  public internal(set) var batch: EventBatch

  public init(parents: [UInt32], batch: EventBatch) {
    self.parents = parents
    self.batch = batch
  }

  /// The objects of some of the events, in the order in which their rows are given; these count from 0 in the result.
  func selecting(parents rows: [Int]) -> NestedRows {
    var kept: [Int] = []
    var parents: [UInt32] = []
    for (place, row) in rows.enumerated() {
      var object = first(of: row)
      while object < self.parents.count, self.parents[object] == row {
        kept.append(object)
        parents.append(UInt32(place))
        object += 1
      }
    }
    return NestedRows(parents: parents, batch: batch.selecting(kept))
  }

  /// The first object of a row, or where it would be.
  private func first(of row: Int) -> Int {
    var (low, high) = (0, parents.count)
    while low < high {
      let middle = (low + high) / 2
      if parents[middle] < row { low = middle + 1 } else { high = middle }
    }
    return low
  }
}
