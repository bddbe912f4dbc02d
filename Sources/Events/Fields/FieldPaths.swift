/// The paths of fields, so that those which begin with some text are found by halving.
struct FieldPaths: Sendable {
  /// In the order of their bytes.
  let sorted: [String]

  init(_ paths: [String]) {
    sorted = paths.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
  }

  /// The paths that begin with some text.
  func starting(with start: Substring.UTF8View) -> ArraySlice<String> {
    let first = place { !$0.utf8.lexicographicallyPrecedes(start) }
    let end = place { start.lexicographicallyPrecedes($0.utf8) && !$0.utf8.starts(with: start) }
    return sorted[first..<max(first, end)]
  }

  /// The first place from which on a condition holds.
  private func place(_ holds: (String) -> Bool) -> Int {
    var (low, high) = (0, sorted.count)
    while low < high {
      let middle = (low + high) / 2
      if holds(sorted[middle]) { high = middle } else { low = middle + 1 }
    }
    return low
  }
}
