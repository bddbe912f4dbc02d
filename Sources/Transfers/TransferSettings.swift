/// How all transfers of a client go.
public struct TransferSettings: Sendable, Equatable {
  public enum Proxy: Sendable, Equatable {
    /// What `http_proxy`, `HTTPS_PROXY`, `ALL_PROXY` and `NO_PROXY` say, as other programs read them.
    case environment
    case none
    /// `http://`, `https://`, `socks5://` or `socks5h://` with host and port, and hosts that are reached without it, as
    /// `NO_PROXY` names them.
    case url(String, except: String = "")
  }

  /// Whose certificates are believed.
  public enum Trust: Sendable, Equatable {
    /// The authorities that the system knows.
    case system
    /// A file of certificates in PEM, beside the system's.
    case systemAnd(String)
    /// A file of certificates in PEM and nothing else.
    case only(String)
  }

  public var proxy = Proxy.environment
  public var trust = Trust.system
  public var connectTimeout: Duration = .seconds(10)
  /// Nothing is given up sooner, whatever the request and these settings say: tests have servers of their own, which a busy machine may
  /// give no turn for a while.
  package var leastTimeout = Duration.zero
  /// Further ones wait for their turn. A poll that waits for messages holds one all the time.
  public var mostTransfers = 64
  public var userAgent = "Martlet"

  public init() {}
}
