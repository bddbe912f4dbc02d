import Events
import Foundation

/// The time by which a service does what is due: the machine's, or a simulated one.
///
/// An implementer's `now` may jump in both directions, as the clocks of machines do; whoever uses one waits in short steps and looks again.
public protocol ServiceClock: Sendable {
  /// What the clock says.
  var now: Timestamp { get }
  /// Waits for so long; may return earlier. Throws `CancellationError` where the task is cancelled.
  func sleep(for duration: Duration) async throws
}

/// The machine's clock.
public struct MachineClock: ServiceClock {
  public init() {}

  public var now: Timestamp { Timestamp(milliseconds: Int64(Date().timeIntervalSince1970 * 1000)) }

  public func sleep(for duration: Duration) async throws { try await Task.sleep(for: duration) }
}

/// A clock that runs at a rate of its own, so that a day passes in a minute: for trials.
public struct RunningClock: ServiceClock {
  private let start: Int64
  private let origin: Int64
  private let rate: Double

  /// Reads `START,ORIGIN,RATE`: what it says at a time of the machine's, in milliseconds since 1970, and how much faster it runs. Nil
  /// for anything else.
  public init?(_ text: String) {
    let parts = text.split(separator: ",")
    guard parts.count == 3, let start = Timestamp(iso8601: String(parts[0])), let origin = Int64(parts[1]),
      let rate = Double(parts[2]), rate > 0, rate <= 100_000
    else { return nil }
    (self.start, self.origin, self.rate) = (start.milliseconds, origin, rate)
  }

  public var now: Timestamp {
    let passed = Double(MachineClock().now.milliseconds - origin) * rate
    return Timestamp(milliseconds: start + Int64(max(-1e15, min(1e15, passed))))
  }

  public func sleep(for duration: Duration) async throws { try await Task.sleep(for: duration / rate) }
}
