/// How many letters must change to turn one name into another.
enum EditDistance {
  /// The number of bytes to insert, remove, replace or swap with their neighbour, or nil when it is more than `bound`.
  static func between(_ left: [UInt8], _ right: [UInt8], atMost bound: Int) -> Int? {
    guard abs(left.count - right.count) <= bound else { return nil }
    // Three rows of the usual table: a swap looks two rows back.
    var twoBack: [Int] = []
    var oneBack = Array(0...right.count)
    for row in 0..<left.count {
      var current = [row + 1]
      current.reserveCapacity(right.count + 1)
      for column in 0..<right.count {
        let replaced = oneBack[column] + (left[row] == right[column] ? 0 : 1)
        var best = min(replaced, oneBack[column + 1] + 1, current[column] + 1)
        if row > 0, column > 0, left[row] == right[column - 1], left[row - 1] == right[column] {
          best = min(best, twoBack[column - 1] + 1)
        }
        current.append(best)
      }
      // A later row can undercut this one only through a swap, which costs one more than the row before it.
      if let least = current.min(), let before = oneBack.min(), least > bound, before >= bound { return nil }
      twoBack = oneBack
      oneBack = current
    }
    return oneBack[right.count] <= bound ? oneBack[right.count] : nil
  }
}
