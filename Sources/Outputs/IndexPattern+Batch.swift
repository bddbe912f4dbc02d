import Events

extension IndexPattern {
  /// Of each code that a batch has for its data streams, whether the data stream is meant; code 0 is that of none.
  func meant(in events: EventBatch) -> [Bool] {
    let streams = events.dataStream.dictionary
    return (0...streams.count).map { $0 > 0 && matches(streams.text(UInt32($0))) }
  }
}
