extension UnsafeBufferPointer<UInt8> {
  /// The offset behind the JSON string that opens at `quote`, or `limit`.
  func stringEnd(_ quote: Int, _ limit: Int) -> Int {
    var place = quote + 1
    while place < limit {
      switch self[place] {
      case UInt8(ascii: "\\"): place += 2
      case UInt8(ascii: "\""): return place + 1
      default: place += 1
      }
    }
    return limit
  }
}
