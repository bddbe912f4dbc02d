import Events

/// Chooses some of a group's values by chance. The chance is that of a hash of the values, so that the same rows give the same
/// sample however they come.
struct ESQLSample {
  /// How often each value is there.
  private var counts: [Value: Int] = [:]

  mutating func take(_ values: [Value]) { for value in values { counts[value, default: 0] += 1 } }

  mutating func join(_ other: ESQLSample) { counts.merge(other.counts, uniquingKeysWith: +) }

  /// So many of the values at most, in order.
  ///
  /// - Parameter seed: samples of different seeds are chosen apart from each other.
  func chosen(_ most: Int, seed: UInt64) -> [Value] {
    var drawn: [(lot: UInt64, value: Value)] = []
    func cut() {
      drawn.sort { $0.lot != $1.lot ? $0.lot < $1.lot : ($0.value.order($1.value) ?? 0) < 0 }
      drawn.removeLast(max(0, drawn.count - most))
    }
    for (value, count) in counts {
      var writer = ValueWriter()
      writer.append(value)
      // Equal values draw apart too.
      for number in 0..<count {
        var bytes = writer.bytes
        withUnsafeBytes(of: UInt64(number).littleEndian) { bytes += $0 }
        drawn.append((bytes.withUnsafeBufferPointer { ByteHash.hash($0, seed: seed) }, value))
        if drawn.count > 2 * most + 1024 { cut() }
      }
    }
    cut()
    return ESQLAggregateCall.sorted(drawn.map(\.value))
  }
}
