import Events

extension Segment {
  /// True where a column of that path has a value.
  public func hasColumn(_ path: String) -> Bool { footer.batch.paths.place(of: path) != nil }

  /// False where no event has a value in the column of a path whose bytes are those of a text; true in doubt.
  ///
  /// No value is unpacked: it is the column's filter that is asked, or the ids where the column is that of ids.
  public func mayHold(_ text: [UInt8], in path: String) throws(SegmentError) -> Bool {
    guard let column = footer.batch.column(path) else { return false }
    if column.codes == .identity {
      guard let id = EventID(uuid: text) else { return false }
      return try !rows(ofIDs: [id]).isEmpty
    }
    guard let filter = column.filter else { return true }
    return try telling { () throws(SegmentFault) in
      try mayHold(text.withUnsafeBufferPointer(ValueFilter.hash), filter)
    }
  }

  func mayHold(_ hash: UInt64, _ filter: Int) throws(SegmentFault) -> Bool {
    let block = footer.filters[filter]
    let (codec, bytes) = try BlockUnpacker.stored(block, of: map.bytes, isChecked: isChecked)
    guard codec == .stored else { throw SegmentFault(cause: "a filter is compressed", block: block) }
    return ValueFilter.mayHold(hash, bytes)
  }
}

extension EventID {
  /// The id whose UUID is written so, in lower case and with hyphens; nil where the text is none.
  init?(uuid text: [UInt8]) {
    guard text.count == 36 else { return nil }
    var parts: (UInt64, UInt64) = (0, 0)
    var digits = 0
    for (place, byte) in text.enumerated() {
      if [8, 13, 18, 23].contains(place) {
        guard byte == UInt8(ascii: "-") else { return nil }
        continue
      }
      let digit: UInt8
      switch byte {
      case UInt8(ascii: "0")...UInt8(ascii: "9"): digit = byte - UInt8(ascii: "0")
      case UInt8(ascii: "a")...UInt8(ascii: "f"): digit = byte - UInt8(ascii: "a") + 10
      default: return nil
      }
      if digits < 16 { parts.0 = parts.0 << 4 | UInt64(digit) } else { parts.1 = parts.1 << 4 | UInt64(digit) }
      digits += 1
    }
    self.init(high: parts.0, low: parts.1)
  }
}
