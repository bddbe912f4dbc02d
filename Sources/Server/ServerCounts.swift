import Synchronization

/// What a server has done since it began, for `/metrics`.
public final class ServerCounts: Sendable {
  private let state = Mutex(State())

  /// Reasons for which connections are ended that there are wherever clients come from: numbers of them are there before there is one.
  public static let usualRefusals = [
    "the client does not take its answer", "the connection ended within a request",
    "the header is longer than is allowed",
    "the request's body came too slowly", "the request's header came too slowly", "what came is no HTTP",
  ]

  public struct State: Sendable {
    /// Answers by their status.
    public var answers: [Int: Int] = [:]
    /// Connections that were ended for what their client did, by reason.
    public var refusedConnections: [String: Int] = [:]
    /// Requests that were answered with 429 for what their client asks for in a time, by what it was too much of.
    public var limited: [RateLimiter.Reason: Int] = [:]
  }

  public init() {}

  public var now: State { state.withLock { $0 } }

  func note(_ status: Int) { state.withLock { $0.answers[status, default: 0] += 1 } }

  func note(_ limited: RateLimiter.Reason) { state.withLock { $0.limited[limited, default: 0] += 1 } }

  func note(_ refusal: RefusedConnection) {
    state.withLock {
      if refusal.status > 0 { $0.answers[refusal.status, default: 0] += 1 }
      // Reasons with a name of a client's choice are few, and no more than these are kept.
      if $0.refusedConnections.count < 100 || $0.refusedConnections[refusal.reason] != nil {
        $0.refusedConnections[refusal.reason, default: 0] += 1
      }
    }
  }
}
