import Synchronization

/// Bounds what each client asks for in a time, so that none takes the place of the others.
///
/// A client is a key, or an address where no key was shown or none that is right; of IPv6 the network of 64 bits, which is what a client
/// is given as a rule. Remembered are the clients that have asked for something lately, and no more than `mostClients`: further ones share a bucket.
public final class RateLimiter: Sendable {
  /// Why a client has to wait.
  public enum Reason: String, Sendable, CaseIterable { case requests, bytes }

  /// What comes of a request.
  enum Outcome: Equatable {
    case admitted
    /// - Parameter seconds: after which one is taken again, 1 or more.
    case refused(Reason, seconds: Int)
  }

  /// So many clients are remembered at most.
  public let mostClients: Int
  private let now: @Sendable () -> Duration
  private let state: Mutex<State>

  private struct Client {
    var requests: Double
    /// Below nothing where a body was longer than what was there: the next request waits for it.
    var bytes: Double
    var at: Duration
  }

  private struct State {
    var rates: ClientRates
    var clients: [String: Client] = [:]
    /// Of all clients that found no room among the others.
    var others: Client?
    var swept = Duration.seconds(-60)
  }

  /// - Parameter now: the time since any moment, by a clock that is never set.
  public init(
    _ rates: ClientRates = ClientRates(), mostClients: Int = 10_000,
    now: @escaping @Sendable () -> Duration = RateLimiter.uptime
  ) {
    self.mostClients = mostClients
    self.now = now
    state = Mutex(State(rates: rates))
  }

  private static let begin = ContinuousClock.now

  /// The time since the process first asked for it.
  @Sendable public static func uptime() -> Duration { ContinuousClock.now - begin }

  /// Takes other rates from now on; what clients have used up stays used up.
  public func set(_ rates: ClientRates) { state.withLock { $0.rates = rates } }

  /// Clients that are remembered.
  public var clientCount: Int { state.withLock { $0.clients.count } }

  /// Takes a request of a client, or says for how long it is to wait.
  ///
  /// - Parameter bytes: of the body, as far as they are announced.
  func take(_ name: String, bytes: Int) -> Outcome {
    let now = now()
    return state.withLock { state in
      let rates = state.rates
      guard rates.requests != nil || rates.bytes != nil else { return .admitted }
      return Self.with(name, &state, now, mostClients) { client in
        if let rate = rates.requests, client.requests < 1 {
          return .refused(.requests, seconds: Self.wait(for: 1 - client.requests, rate))
        }
        // A body that is longer than the burst could never be taken otherwise: it goes below nothing.
        if let rate = rates.bytes, client.bytes <= 0 {
          return .refused(.bytes, seconds: Self.wait(for: 1 - client.bytes, rate))
        }
        client.requests -= 1
        client.bytes -= Double(bytes)
        return .admitted
      }
    }
  }

  /// Counts bytes that a request turned out to have beyond those announced.
  func add(_ name: String, bytes: Int) {
    guard bytes > 0 else { return }
    let now = now()
    state.withLock { state in
      guard state.rates.bytes != nil else { return }
      Self.with(name, &state, now, mostClients) { $0.bytes -= Double(bytes) }
    }
  }

  private static func wait(for amount: Double, _ rate: ClientRates.Rate) -> Int {
    Int(min(3600, max(1, (amount / rate.perSecond).rounded(.up))))
  }

  private static func with<Result>(
    _ name: String, _ state: inout State, _ now: Duration, _ most: Int, _ body: (inout Client) -> Result
  ) -> Result {
    if state.clients[name] == nil, state.clients.count >= most { sweep(&state, now) }
    let isOther = state.clients[name] == nil && state.clients.count >= most
    let rates = state.rates
    var client =
      (isOther ? state.others : state.clients[name])
      ?? Client(requests: .infinity, bytes: .infinity, at: now)
    fill(&client, rates, now)
    let result = body(&client)
    if isOther { state.others = client } else { state.clients[name] = client }
    return result
  }

  private static func fill(_ client: inout Client, _ rates: ClientRates, _ now: Duration) {
    let passed = max(0, (now - client.at) / .seconds(1))
    client.at = now
    func filled(_ amount: Double, _ rate: ClientRates.Rate?) -> Double {
      rate.map { min($0.burst, amount + passed * $0.perSecond) } ?? amount
    }
    client.requests = filled(client.requests, rates.requests)
    client.bytes = filled(client.bytes, rates.bytes)
  }

  /// Forgets the clients whose buckets are full again: they are as those that never came. Once a second at most, since it goes through all.
  private static func sweep(_ state: inout State, _ now: Duration) {
    guard now - state.swept >= .seconds(1) else { return }
    state.swept = now
    let rates = state.rates
    state.clients = state.clients.filter { _, client in
      var client = client
      fill(&client, rates, now)
      return rates.requests.map { client.requests < $0.burst } ?? false
        || rates.bytes.map { client.bytes < $0.burst } ?? false
    }
  }
}
