/// A sum of doubles that remembers what was rounded away, so that many small numbers are not lost beside a large one.
struct CompensatedSum {
  private(set) var total = 0.0
  private var lost = 0.0

  mutating func add(_ value: Double) {
    let next = total + (value - lost)
    lost = (next - total) - (value - lost)
    if !next.isFinite { lost = 0 }
    total = next
  }

  mutating func add(_ other: CompensatedSum) {
    add(other.total)
    add(-other.lost)
  }

  /// The sum of some numbers.
  static func of(_ values: some Sequence<Double>) -> Double {
    var sum = CompensatedSum()
    for value in values { sum.add(value) }
    return sum.total
  }
}
