import Parallel
import Synchronization

/// Memory that the workers of a run share for what they keep of the input.
///
/// What is taken is an estimate that errs upwards. A run that needs more leaves things out and says so, instead of ending
/// where the system has no more memory.
public final class MemoryBudget: Sendable {
  /// Bytes in all.
  public let limit: Int
  private let left: Atomic<Int>

  /// A budget of some bytes; a sixth of what the process may have unless given: what workers found
  /// stands twice while it is put together, and is sorted.
  public init(bytes: Int = ProcessMemory.available / 6) {
    limit = bytes
    left = Atomic(bytes)
  }

  /// Takes bytes; false, and none are taken, when fewer are left.
  func take(_ bytes: Int) -> Bool {
    var now = left.load(ordering: .relaxed)
    while now >= bytes {
      let (exchanged, original) = left.compareExchange(expected: now, desired: now - bytes, ordering: .relaxed)
      if exchanged { return true }
      now = original
    }
    return false
  }
}

/// One worker's part of a `MemoryBudget`, fetched piece by piece so that workers do not wait for each other.
struct MemoryShare {
  private static let piece = 1 << 18
  private let budget: MemoryBudget
  private var granted = 0
  /// Something was asked for that there was no memory for; from then on nothing is had.
  private(set) var isUsedUp = false

  init(_ budget: MemoryBudget) { self.budget = budget }

  var limit: Int { budget.limit }

  /// Takes bytes; false when the budget is used up.
  @inline(__always)
  mutating func take(_ bytes: Int) -> Bool {
    if isUsedUp { return false }
    if granted < bytes, !fetch(bytes) {
      isUsedUp = true
      return false
    }
    granted -= bytes
    return true
  }

  private mutating func fetch(_ bytes: Int) -> Bool {
    let wanted = max(bytes - granted, Self.piece)
    guard budget.take(wanted) else {
      // The last bytes of a budget, smaller than a piece.
      guard wanted > bytes - granted, budget.take(bytes - granted) else { return false }
      granted = bytes
      return true
    }
    granted += wanted
    return true
  }
}
