import Events

extension Segment {
  /// Calls `body` with the source texts of some rows, byte for byte as they came.
  ///
  /// Each block is unpacked once. At least 64 bytes behind a text may be read: they are those of the next texts of its block,
  /// and zeros behind the last.
  ///
  /// - Parameters:
  ///   - rows: ascending.
  ///   - damaged: called, in place of an error, with the place in `rows` of each row whose block cannot be read; the others are
  ///     read.
  ///   - body: gets the place in `rows`, and the text, which is there until it returns.
  /// - Throws: `SegmentError`, and what `body` throws.
  public func withSources(
    _ rows: [Int], damaged: ((Int, SegmentError) -> Void)? = nil,
    _ body: (Int, UnsafeBufferPointer<UInt8>) throws -> Void
  ) throws {
    let unpacker = self.unpacker()
    var texts = UnpackedSources()
    defer { withExtendedLifetime(texts) {} }
    var block = -1
    // The rows of the block that is unpacked.
    var first = 0
    var end = 0
    var last = 0
    var fault: SegmentError?
    for (place, row) in rows.enumerated() {
      precondition(row >= last && row < summary.rowCount, "rows ascend, and are rows of the segment")
      last = row
      if row >= end {
        block = self.block(ofRow: row)
        (first, end) = (footer.sourceRows[block], footer.sourceRows[block + 1])
        fault = nil
        do throws(SegmentError) {
          try telling { () throws(SegmentFault) in try unpackSources(block, unpacker, into: &texts) }
        } catch {
          guard damaged != nil else { throw error }
          fault = error
        }
      }
      if let fault {
        damaged?(place, fault)
        continue
      }
      try body(place, texts.text(row - first))
    }
  }

  /// The rows whose source texts are unpacked together with that of a row.
  public func rowsUnpacked(with row: Int) -> Range<Int> {
    precondition(row >= 0 && row < summary.rowCount, "a row of the segment")
    let block = block(ofRow: row)
    return footer.sourceRows[block]..<footer.sourceRows[block + 1]
  }

  /// Unpacks a block of sources, and checks where its texts lie.
  func unpackSources(
    _ block: Int, _ unpacker: BlockUnpacker, into texts: inout UnpackedSources
  ) throws(SegmentFault) {
    try texts.unpack(
      footer.sources[block], rows: footer.sourceRows[block + 1] - footer.sourceRows[block],
      memberTexts: footer.memberTexts[block], unpacker)
  }

  private func block(ofRow row: Int) -> Int {
    var low = 0
    var high = footer.sources.count - 1
    while low < high {
      let middle = (low + high + 1) / 2
      if footer.sourceRows[middle] <= row { low = middle } else { high = middle - 1 }
    }
    return low
  }
}
