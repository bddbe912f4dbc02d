import Events
import Service
import Synchronization

/// A clock that a test sets; waiting takes no time.
final class SimulatedClock: ServiceClock {
  private let time: Mutex<Int64>

  init(_ text: String) { time = Mutex(Timestamp(iso8601: text)?.milliseconds ?? 0) }

  var now: Timestamp { Timestamp(milliseconds: time.withLock { $0 }) }

  func move(by seconds: Double) { time.withLock { $0 += Int64(seconds * 1000) } }

  func sleep(for duration: Duration) async throws { try await Task.sleep(for: .milliseconds(2)) }
}
