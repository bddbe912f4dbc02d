import Events
import Synchronization

/// What is wrong with the parts of a service, for `/health/ready` and for whoever raises alarms.
public final class ServiceHealth: Sendable {
  /// A trouble that lasts.
  public struct Trouble: Sendable, Equatable {
    public var part: String
    public var reason: String
    public var since: Timestamp
  }

  private struct State {
    var troubles: [String: Trouble] = [:]
    var isReady = false
    var beats: [String: (at: ContinuousClock.Instant, within: Duration)] = [:]
  }

  private let state = Mutex(State())
  private let clock: any ServiceClock

  public init(_ clock: any ServiceClock) { self.clock = clock }

  /// Says that a part works, or why it does not.
  ///
  /// - Returns: whether that is otherwise than it was before, whatever the reason.
  @discardableResult
  public func set(_ part: String, _ reason: String?) -> Bool {
    let now = clock.now
    return state.withLock { state in
      let before = state.troubles[part]
      state.troubles[part] = reason.map { Trouble(part: part, reason: $0, since: before?.since ?? now) }
      return (before == nil) != (reason == nil)
    }
  }

  /// Says that everything that a service needs is open, or that it ends.
  public func setReady(_ isReady: Bool) { state.withLock { $0.isReady = isReady } }

  /// Says that a loop goes on, and within which time it says so again.
  public func beat(_ loop: String, within time: Duration) {
    state.withLock { $0.beats[loop] = (.now, time) }
  }

  /// Whether events are taken in and rules are run.
  public var isReady: Bool {
    state.withLock { $0.isReady && $0.troubles["store"] == nil && $0.troubles["rules"] == nil }
  }

  /// Loops that have not gone on within their time.
  public var stuck: [String] {
    state.withLock { state in state.beats.filter { .now - $0.value.at > $0.value.within }.keys.sorted() }
  }

  /// What is wrong, by part.
  public var troubles: [Trouble] { state.withLock { $0.troubles.values.sorted { $0.part < $1.part } } }
}
