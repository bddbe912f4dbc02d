import Foundation

/// Why nothing, or not all, came back. An answer of any status is no error here.
///
/// It names the host and never the rest of an address, a header or a body, in which secrets may be.
public struct TransferError: Error, Sendable, CustomStringConvertible {
  public enum Cause: Sendable, Equatable {
    /// It cannot be sent as it is.
    case invalid
    /// The name of the host, or of the proxy, is not known.
    case unresolved
    case unconnected
    /// The certificate is not believed, or no encryption could be agreed upon.
    case untrusted
    case timedOut
    /// The connection ended before all had come, or gone.
    case cut
    case tooLong(limit: Int)
    /// The mail server did not take the name and the password.
    case unauthenticated
    /// The mail server's status, 400 to 599.
    case refused(Int)
    case other
  }

  public var cause: Cause
  /// Scheme, host and port.
  public var place: String
  /// What the library says.
  public var words: String
  /// Whether the other side may have had all of it: it is not known then whether what was asked for was done.
  public var mayHaveArrived = false

  public init(_ cause: Cause, at place: String, _ words: String, mayHaveArrived: Bool = false) {
    self.mayHaveArrived = mayHaveArrived
    self.cause = cause
    self.place = place
    self.words = words
  }

  /// Whether the same may succeed later without anybody changing anything.
  public var isTransient: Bool {
    switch cause {
    case .unresolved, .unconnected, .timedOut, .cut, .other: true
    case .refused(let status): status < 500
    case .invalid, .untrusted, .tooLong, .unauthenticated: false
    }
  }

  public var description: String {
    switch cause {
    case .invalid: "\(place): the request cannot be sent: \(words)"
    case .unresolved: "\(place): the host is not known: \(words)"
    case .unconnected: "\(place): no connection: \(words)"
    case .untrusted: "\(place): no trusted connection: \(words)"
    case .timedOut: "\(place): no answer in time: \(words)"
    case .cut: "\(place): the connection ended too early: \(words)"
    case .tooLong(let limit): "\(place): the answer has more than the \(limit) bytes that are taken"
    case .unauthenticated: "\(place): the server did not take the name and the password: \(words)"
    case .refused(let status): "\(place): the server answered \(status): \(words)"
    case .other: "\(place): \(words)"
    }
  }

  /// Scheme, host and port of an address, without anything in it that may be secret.
  public static func place(of url: String) -> String {
    guard let colon = url.range(of: "://") else { return "an address without a scheme" }
    let scheme = url[..<colon.lowerBound]
    let rest = url[colon.upperBound...].prefix { !"/?#".contains($0) }
    let host = rest.lastIndex(of: "@").map { rest[rest.index(after: $0)...] } ?? rest
    return "\(scheme)://\(host)"
  }
}
