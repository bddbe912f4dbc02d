import Events

/// Objects that are known to have been taken, so that the store is not asked at each look: a number each, two million at most.
struct KnownObjects {
  private var numbers: Set<Int> = []
  private static let most = 2_000_000

  func contains(_ object: SourceObject) -> Bool { numbers.contains(object.hashValue) }

  mutating func insert(_ object: SourceObject) {
    // The store knows them all the same.
    if numbers.count >= Self.most { numbers.removeAll(keepingCapacity: true) }
    numbers.insert(object.hashValue)
  }
}
