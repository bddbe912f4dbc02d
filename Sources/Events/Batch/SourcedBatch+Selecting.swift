extension SourcedBatch {
  /// Some of the events, by their rows, ascending.
  public func selecting(_ rows: [Int]) -> SourcedBatch {
    var texts: [UInt8] = []
    var ends: [Int] = []
    ends.reserveCapacity(rows.count)
    for row in rows {
      texts.append(contentsOf: sources[(row == 0 ? 0 : sourceEnds[row - 1])..<sourceEnds[row]])
      ends.append(texts.count)
    }
    return SourcedBatch(
      dataStream: dataStream, heads: rows.map { heads[$0] }, sources: texts, sourceEnds: ends,
      events: events.selecting(rows))
  }
}
