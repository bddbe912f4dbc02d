import Events

extension Segment {
  /// Reads everything, and checks every checksum and whatever the parts say of each other.
  ///
  /// - Throws: the first fault, with the block and where that starts.
  public func verify() throws(SegmentError) {
    try telling("verifying the segment") { () throws(SegmentFault) in
      let unpacker = self.unpacker()
      var room = ByteRoom()
      var texts = UnpackedSources()
      for block in footer.blocks {
        if block.kind == .sources {
          try unpackSources(block.number, unpacker, into: &texts)
        } else {
          try unpacker.unpack(block, into: &room)
        }
      }
      _ = try readHeads()
      var decoder = BatchDecoder(self)
      try verify(footer.batch, &decoder)
    }
  }

  /// Checks every checksum, and unpacks nothing: that takes hardly longer than reading the file. Those of its ends were checked when it was
  /// opened.
  ///
  /// - Throws: the first fault, with the block and where that starts.
  public func checkSums() throws(SegmentError) {
    try telling("verifying the segment") { () throws(SegmentFault) in
      let unpacker = self.unpacker()
      for block in footer.blocks { _ = try unpacker.stored(block) }
    }
  }

  private func verify(_ batch: BatchShape, _ decoder: inout BatchDecoder) throws(SegmentFault) {
    for place in batch.columns.indices {
      let column = batch.column(place)
      let values = try decoder.column(column, rowCount: batch.rowCount).dictionary
      guard let filter = column.shape.filter else { continue }
      // A filter that lacks a value would hide events.
      for code in 0..<values.count {
        guard try mayHold(values.withValue(UInt32(code + 1)) { ValueFilter.hash($0.bytes) }, filter) else {
          throw SegmentFault(cause: "column \(column.path): its filter lacks a value", block: footer.filters[filter])
        }
      }
    }
    for nested in batch.nested {
      _ = try decoder.parents(nested, parentRows: batch.rowCount)
      try verify(nested.batch, &decoder)
    }
  }
}
