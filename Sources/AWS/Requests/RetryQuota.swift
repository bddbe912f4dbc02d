import Synchronization

/// Keeps retries from becoming a storm: each takes something out of a store that answers fill again.
final class RetryQuota: Sendable {
  private let left = Mutex(500)

  /// False where too many requests have failed of late; then the failure is the caller's.
  func take(_ cost: Int) -> Bool {
    left.withLock { left in
      guard left >= cost else { return false }
      left -= cost
      return true
    }
  }

  func give(_ amount: Int) { left.withLock { $0 = min(500, $0 + amount) } }
}
