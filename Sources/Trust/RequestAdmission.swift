/// Says who a request comes from.
public protocol RequestAdmission: Sendable {
  /// Whether somebody may be admitted who shows nothing: then nobody but this machine may be able to ask.
  var admitsAnybody: Bool { get }

  /// Looks at what a request shows, in a time that does not tell how near a wrong secret is to a right one.
  ///
  /// - Parameters:
  ///   - authorization: the header field of that name.
  ///   - peer: the address that it comes from.
  func admit(authorization: String?, peer: String) -> AdmissionOutcome
}

/// What becomes of a request.
public enum AdmissionOutcome: Sendable, Equatable {
  case admitted(Caller)
  /// A sentence that tells nothing of what would be right.
  case refused(String)
  /// Nobody knows now whether it may be admitted: a sentence says why. It is to be sent again later.
  case unavailable(String)
}

/// Admits everybody, for a server that only this machine can reach.
public struct OpenAdmission: RequestAdmission {
  public init() {}

  public var admitsAnybody: Bool { true }

  public func admit(authorization: String?, peer: String) -> AdmissionOutcome { .admitted(.loopback) }
}
