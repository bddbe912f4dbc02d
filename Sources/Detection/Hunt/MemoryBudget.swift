import Foundation
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
  public init(bytes: Int = MemoryBudget.available / 6) {
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

  /// Bytes that the process may have: the machine's memory, or the limit of its group or of the process where it is lower.
  public static let available: Int = {
    var bytes = Int(clamping: ProcessInfo.processInfo.physicalMemory)
    for file in ["/sys/fs/cgroup/memory.max", "/sys/fs/cgroup/memory/memory.limit_in_bytes"] {
      let text = (try? String(contentsOfFile: file, encoding: .utf8))?.trimmingCharacters(in: .whitespacesAndNewlines)
      if let limit = text.flatMap({ Int($0) }), limit > 0 { bytes = min(bytes, limit) }
    }
    var limit = rlimit()
    #if canImport(Glibc)
      let space = getrlimit(__rlimit_resource_t(RLIMIT_AS.rawValue), &limit)
    #else
      let space = getrlimit(RLIMIT_AS, &limit)
    #endif
    if space == 0 { bytes = min(bytes, Int(clamping: limit.rlim_cur)) }
    return bytes
  }()
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
