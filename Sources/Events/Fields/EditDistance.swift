/// How many letters must change to turn one name into another.
public enum EditDistance {
  /// The number of bytes to insert, remove, replace or swap with their neighbour, or nil when it is more than `bound`.
  ///
  /// What both begin and end with is left out, and of the table only the cells that a path of `bound` edits can reach are
  /// filled: it takes length × bound steps.
  public static func between(_ left: [UInt8], _ right: [UInt8], atMost bound: Int) -> Int? {
    guard bound >= 0, abs(left.count - right.count) <= bound else { return nil }
    var (start, leftEnd, rightEnd) = (0, left.count, right.count)
    while start < leftEnd, start < rightEnd, left[start] == right[start] { start += 1 }
    while leftEnd > start, rightEnd > start, left[leftEnd - 1] == right[rightEnd - 1] {
      leftEnd -= 1
      rightEnd -= 1
    }
    let (rows, columns) = (leftEnd - start, rightEnd - start)
    guard rows > 0, columns > 0 else { return max(rows, columns) <= bound ? max(rows, columns) : nil }
    let beyond = bound + 1
    // Three rows of the usual table: a swap looks two rows back.
    var twoBack = [Int](repeating: beyond, count: columns + 1)
    var oneBack = (0...columns).map { min($0, beyond) }
    var current = twoBack
    for row in 1...rows {
      let (low, high) = (max(1, row - bound), min(columns, row + bound))
      guard low <= high else { return nil }
      current[low - 1] = low == 1 ? min(row, beyond) : beyond
      var least = current[low - 1]
      for column in low...high {
        let isEqual = left[start + row - 1] == right[start + column - 1]
        var best = min(oneBack[column - 1] + (isEqual ? 0 : 1), current[column - 1] + 1)
        // Beyond the band of the row before stands what an earlier row left there.
        if column < row + bound { best = min(best, oneBack[column] + 1) }
        if row > 1, column > 1, left[start + row - 1] == right[start + column - 2],
          left[start + row - 2] == right[start + column - 1]
        {
          best = min(best, twoBack[column - 2] + 1)
        }
        current[column] = min(best, beyond)
        least = min(least, best)
      }
      // A later row can undercut this one only through a swap, which costs one more than the row before it.
      if least > bound, oneBack[max(0, low - 2)...high].allSatisfy({ $0 >= bound }) { return nil }
      (twoBack, oneBack, current) = (oneBack, current, twoBack)
    }
    return oneBack[columns] <= bound ? oneBack[columns] : nil
  }
}
