import Synchronization

/// Hands out the places of so many things, one by one, to whichever task asks next.
final class WorkFeed: Sendable {
  private let next = Atomic<Int>(0)
  private let count: Int

  init(_ count: Int) { self.count = count }

  /// The next place; nil when all are handed out.
  func take() -> Int? {
    let place = next.wrappingAdd(1, ordering: .relaxed).oldValue
    return place < count ? place : nil
  }
}
