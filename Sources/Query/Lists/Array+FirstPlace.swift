extension Array {
  /// The first place from which on a test holds, in a list whose elements fail it up to some place and then pass it; the list's
  /// length where none does.
  public func firstPlace(where holds: (Element) -> Bool) -> Int {
    var (low, high) = (0, count)
    while low < high {
      let middle = (low + high) / 2
      if holds(self[middle]) { high = middle } else { low = middle + 1 }
    }
    return low
  }
}
