/// A mail server that takes messages over SMTP.
public struct MailServer: Sendable {
  public enum Security: String, Sendable, CaseIterable {
    /// Encrypted from the start on, usually on port 465.
    case tls
    /// Encrypted by STARTTLS, usually on port 587; a server that does not offer it gets nothing.
    case startTLS = "starttls"
    /// Open; only for a server on the same machine.
    case none
  }

  public var host: String
  public var port: Int
  public var security: Security
  public var user: String?
  public var password: String?
  public var timeout: Duration = .seconds(60)

  public init(
    host: String, port: Int, security: Security = .startTLS, user: String? = nil, password: String? = nil
  ) {
    self.host = host
    self.port = port
    self.security = security
    self.user = user
    self.password = password
  }

  var url: String {
    let host = host.contains(":") && !host.hasPrefix("[") ? "[\(host)]" : host
    return "\(security == .tls ? "smtps" : "smtp")://\(host):\(port)"
  }

  func check() throws {
    let place = TransferError.place(of: url)
    guard (1...65535).contains(port),
      !host.isEmpty, host.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F && !"/?#@\\".utf8.contains($0) })
    else { throw TransferError(.invalid, at: place, "it is no host and port") }
    guard security != .none || OpenWay.isThisMachine(host) else {
      throw TransferError(
        .invalid, at: place, "mail goes to another machine only encrypted: set the security to starttls or tls")
    }
  }
}
