import Transfers

/// What a service answered in place of what was asked for.
public struct AWSError: Error, Sendable, CustomStringConvertible {
  public var service: String
  public var operation: String
  public var status: Int
  /// The service's name for it, such as `AccessDenied`; empty where it gave none.
  public var code: String
  /// The service's words, cut to a line.
  public var message: String
  public var requestID: String?
  /// For how long the service wants to be left alone.
  public var retryAfter: Duration?
  /// Where S3 says that a bucket is.
  var bucketRegion: String?

  init(
    service: String, operation: String, status: Int, code: String, message: String, requestID: String? = nil,
    retryAfter: Duration? = nil, bucketRegion: String? = nil
  ) {
    self.bucketRegion = bucketRegion
    self.service = service
    self.operation = operation
    self.status = status
    self.code = String(code.prefix(100))
    let line = message.map { $0.isNewline || $0.asciiValue.map { $0 < 0x20 } ?? false ? " " : $0 }
    self.message = String(line.prefix(400))
    self.requestID = requestID
    self.retryAfter = retryAfter
  }

  public var isThrottling: Bool { status == 429 || Self.throttling.contains(code) }

  /// Whether the same request may succeed later by itself.
  public var isTransient: Bool {
    isThrottling || [500, 502, 503, 504].contains(status) || Self.transient.contains(code)
  }

  /// Whether credentials have come to their end.
  public var isExpiry: Bool {
    ["ExpiredToken", "ExpiredTokenException", "InvalidClientTokenId", "RequestExpired"].contains(code)
  }

  /// Whether the caller may not do it, which only people can change.
  public var isRefusal: Bool {
    status == 401 || status == 403 && !isTransient
      || ["AccessDenied", "AccessDeniedException", "InvalidAccessKeyId", "SignatureDoesNotMatch"].contains(code)
  }

  public var description: String {
    let name = code.isEmpty ? "status \(status)" : "\(code) (\(status))"
    let told = message.isEmpty ? "" : ": \(message)"
    return "\(service) \(operation): \(name)\(told)" + (requestID.map { "; request \($0)" } ?? "")
  }

  private static let transient: Set<String> = [
    "RequestTimeout", "RequestTimeoutException", "InternalError", "InternalFailure", "ServiceUnavailable",
    "IDPCommunicationError",
  ]

  private static let throttling: Set<String> = [
    "Throttling", "ThrottlingException", "ThrottledException", "RequestThrottled", "RequestThrottledException",
    "TooManyRequestsException", "RequestLimitExceeded", "BandwidthLimitExceeded",
    "ProvisionedThroughputExceededException", "TransactionInProgressException", "PriorRequestNotComplete",
    "LimitExceededException", "SlowDown", "EC2ThrottledException", "OverLimit", "KmsThrottled",
  ]
}
