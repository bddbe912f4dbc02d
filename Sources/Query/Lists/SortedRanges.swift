/// Ranges of which none touches another, in order: a value is looked for in logarithmic time.
struct SortedRanges<Bound: Comparable & Sendable>: Sendable {
  private(set) var ranges: [ClosedRange<Bound>] = []

  /// Joins ranges that overlap.
  init(_ all: [ClosedRange<Bound>]) {
    for range in all.sorted(by: { $0.lowerBound < $1.lowerBound }) {
      if let last = ranges.last, range.lowerBound <= last.upperBound {
        ranges[ranges.count - 1] = last.lowerBound...max(last.upperBound, range.upperBound)
      } else {
        ranges.append(range)
      }
    }
  }

  var isEmpty: Bool { ranges.isEmpty }

  func contains(_ value: Bound) -> Bool {
    var low = 0
    var high = ranges.count
    while low < high {
      let middle = (low + high) / 2
      if ranges[middle].upperBound < value { low = middle + 1 } else { high = middle }
    }
    return low < ranges.count && ranges[low].contains(value)
  }
}
