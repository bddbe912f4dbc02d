extension SourcedBatch {
  /// Some of the events, by their rows, ascending.
  ///
  /// - Throws: why their texts cannot be unpacked.
  public func selecting(_ rows: [Int]) throws -> SourcedBatch {
    SourcedBatch(
      dataStream: dataStream, heads: rows.map { heads[$0] }, sources: try sources.selecting(rows),
      events: events.selecting(rows))
  }
}
