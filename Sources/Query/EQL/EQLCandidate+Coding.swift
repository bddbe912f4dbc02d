import Events

// A candidate as bytes: its time, its tiebreaker, and its items: how many; of each its number, how many keys it has, and of each
// key its values. Its order belongs to the input that it came from and is not written.
extension EQLCandidate {
  public func encoded() -> [UInt8] {
    var output = ValueWriter()
    output.append(UInt64(bitPattern: time))
    output.append(tiebreaker)
    output.append(count: items.count)
    for (item, keys) in items {
      output.append(count: item)
      output.append(count: keys.count)
      for key in keys {
        output.append(count: key.values.count)
        for value in key.values { output.append(value) }
      }
    }
    return output.bytes
  }

  /// Reads what `encoded` gave; nil for anything else.
  ///
  /// - Parameter itemCount: how many items the query has.
  public init?(_ bytes: UnsafeRawBufferPointer, order: Int, itemCount: Int) {
    var input = ValueReader(bytes)
    guard let time = input.word(), let tiebreaker = input.value(), let count = input.count() else { return nil }
    var items: [(item: Int, keys: [JoinKey])] = []
    for _ in 0..<count {
      guard let item = input.number(), item < itemCount, let keyCount = input.count() else { return nil }
      var keys: [JoinKey] = []
      for _ in 0..<keyCount {
        guard let width = input.count() else { return nil }
        var values: [Value?] = []
        for _ in 0..<width {
          guard let value = input.value() else { return nil }
          values.append(value)
        }
        keys.append(JoinKey(values))
      }
      items.append((item, keys))
    }
    guard input.isAtEnd else { return nil }
    self.init(time: Int64(bitPattern: time), tiebreaker: tiebreaker, order: order, items: items)
  }
}
