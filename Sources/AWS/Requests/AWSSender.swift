import Events
import JSON
import Synchronization
import Transfers

/// Signs requests to a service, sends them, and tries again what may succeed: AWS's "standard" way of retrying.
///
/// Waits are random, up to twice as long each time and at most 20 s, and as long as the service asks in `Retry-After`, a minute at most.
/// Credentials that have expired are fetched anew once,
/// and a clock that is wrong is set by the service's once.
final class AWSSender: Sendable {
  let service: String
  let surroundings: AWSSurroundings
  private let credentials: CredentialCache?
  private let attempts: Int
  private let quota = RetryQuota()
  /// How far the service's clock is ahead of ours, in milliseconds.
  private let skew = Mutex<Int64>(0)

  /// - Parameter credentials: nil for requests that are not signed.
  init(service: String, _ surroundings: AWSSurroundings, credentials: CredentialCache?, attempts: Int = 3) {
    self.service = service
    self.surroundings = surroundings
    self.credentials = credentials
    self.attempts = max(1, surroundings.variable("AWS_MAX_ATTEMPTS").flatMap(Int.init).map { min($0, 20) } ?? attempts)
  }

  /// By the service's clock, as far as it has told it.
  private var now: Timestamp {
    Timestamp(milliseconds: surroundings.now().milliseconds + skew.withLock { $0 })
  }

  /// The answer to a request, if it is one of success. Throws `AWSError`, `TransferError` and what fetching credentials throws.
  func send(
    _ request: AWSRequest, _ operation: String, region: String, longestBody: Int = 1 << 20,
    timeout: Duration = .seconds(60), stall: Duration? = .seconds(30)
  ) async throws -> HTTPResponse {
    var attempt = 0
    var refused: AWSCredentials?
    var isRefetched = false
    var isReset = false
    while true {
      attempt += 1
      var signed = request
      let used = try await credentials?.credentials(instead: refused)
      if let used {
        signed = RequestSigner(service: service, region: region).sign(request, used, at: now)
      }
      let failure: any Error
      var wait: Duration?
      var cost = 5
      do {
        let answer = try await surroundings.client.send(
          HTTPRequest(
            signed.method, signed.url, headers: signed.headers, body: signed.body, longestBody: longestBody,
            timeout: timeout, stall: stall))
        if answer.isSuccess {
          quota.give(attempt == 1 ? 1 : cost)
          return answer
        }
        let error = error(answer, operation)
        if error.isExpiry, let used, !isRefetched {
          isRefetched = true
          refused = used
          continue
        }
        if !isReset, let ahead = skew(error, answer) {
          isReset = true
          skew.withLock { $0 = ahead }
          continue
        }
        guard error.isTransient else { throw error }
        wait = error.retryAfter
        failure = error
      } catch let error as TransferError {
        guard error.isTransient else { throw error }
        if error.cause == .timedOut { cost = 10 }
        failure = error
      }
      guard attempt < attempts, quota.take(cost) else { throw failure }
      let longest = min(20.0, Double(1 << min(attempt, 10)))
      let pause = Duration.seconds(Double.random(in: 0...1) * longest)
      try await surroundings.sleep(wait.map { max($0, pause) } ?? pause)
    }
  }

  /// How far off the clock is, where the service says that it is and what time it has.
  private func skew(_ error: AWSError, _ answer: HTTPResponse) -> Int64? {
    guard
      ["RequestTimeTooSkewed", "RequestExpired", "SignatureDoesNotMatch", "InvalidSignatureException"].contains(
        error.code),
      let time = answer.time("Date", near: surroundings.now())
    else { return nil }
    let ahead = time.milliseconds - surroundings.now().milliseconds
    return abs(ahead - skew.withLock { $0 }) > 4 * 60_000 ? ahead : nil
  }

  private func error(_ answer: HTTPResponse, _ operation: String) -> AWSError {
    var code = ""
    var message = ""
    var bucketRegion = answer.headers["x-amz-bucket-region"]
    if let json = try? JSONValue(parsing: answer.body[...]), json.objectValue != nil {
      let name = json["__type"]?.stringValue ?? json["code"]?.stringValue ?? ""
      code = name.split(separator: "#").last.map { String($0.prefix { $0 != ":" }) } ?? ""
      message = json["message"]?.stringValue ?? json["Message"]?.stringValue ?? ""
    } else if let xml = XMLElement(answer.body) {
      let error = xml.name == "Error" ? xml : xml["Error"]
      code = error?["Code"]?.text ?? ""
      message = error?["Message"]?.text ?? ""
      bucketRegion = bucketRegion ?? error?["Region"]?.text
    }
    // What the old protocol called it is more exact where both are told.
    if let old = answer.headers["x-amzn-query-error"]?.split(separator: ";").first, code.isEmpty { code = String(old) }
    return AWSError(
      service: service, operation: operation, status: answer.status, code: code, message: message,
      requestID: answer.headers["x-amz-request-id"] ?? answer.headers["x-amzn-RequestId"],
      retryAfter: answer.headers.retryAfter(at: now.milliseconds / 1000, most: 60),
      bucketRegion: bucketRegion)
  }
}

extension HTTPResponse {
  /// The moment in a field of the header; nil where it has none.
  func time(_ field: String, near now: Timestamp) -> Timestamp? {
    headers.date(field, near: now.milliseconds / 1000).map { Timestamp(milliseconds: $0 * 1000) }
  }
}
