import Synchronization

/// Counts bytes that requests hold, up to a bound of all together.
final class ByteBudget: Sendable {
  let most: Int
  private let taken = Mutex(0)

  init(_ most: Int) { self.most = most }

  /// What is held now.
  var inHand: Int { taken.withLock { $0 } }

  /// Takes so many, or none where that would be too many.
  func take(_ count: Int) -> Bool {
    taken.withLock { taken in
      guard count <= most - taken else { return false }
      taken += count
      return true
    }
  }

  func give(_ count: Int) { taken.withLock { $0 -= count } }
}
