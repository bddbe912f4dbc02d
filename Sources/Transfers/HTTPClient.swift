/// Sends requests over HTTP and mail over SMTP, many at once, on one thread of its own.
///
/// It holds none of the threads that Swift's tasks run on. Connections are kept for the next request to the same host. When
/// the client is let go, what is under way is given up.
public final class HTTPClient: Sendable {
  public let settings: TransferSettings
  private let loop: TransferLoop

  public init(_ settings: TransferSettings = TransferSettings()) {
    self.settings = settings
    loop = TransferLoop(mostTransfers: max(1, settings.mostTransfers))
  }

  deinit { loop.stop() }

  /// Sends a request and gives its answer, whatever its status. On a kept connection that is closed without an answer it is sent again,
  /// unless `isNeverRepeated` says otherwise. Throws `TransferError`, and `CancellationError` as soon as the
  /// task is cancelled.
  public func send(_ request: HTTPRequest) async throws -> HTTPResponse {
    try await loop.run(TransferWork.http(request, settings))
  }

  /// Hands a message to a mail server, for all recipients whom it takes. Gives those whom it does not take; all others have the message.
  ///
  /// Throws `TransferError` where nobody has it, which is `refused` with the status of one who may be taken later where there is one, and
  /// `CancellationError`.
  @discardableResult
  public func send(_ message: MailMessage, by server: MailServer) async throws -> [MailRefusal] {
    try await loop.run(TransferWork.mail(message, server, settings)).refusedRecipients
  }
}

/// What a transfer is made of.
enum TransferWork: Sendable {
  case http(HTTPRequest, TransferSettings)
  case mail(MailMessage, MailServer, TransferSettings)

  var place: String {
    switch self {
    case .http(let request, _): TransferError.place(of: request.url)
    case .mail(_, let server, _): TransferError.place(of: server.url)
    }
  }
}
