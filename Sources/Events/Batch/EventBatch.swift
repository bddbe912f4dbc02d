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
}
