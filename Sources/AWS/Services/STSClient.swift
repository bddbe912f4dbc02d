import Events
import Transfers

/// AWS Security Token Service: temporary credentials of roles.
struct STSClient: Sendable {
  private let surroundings: AWSSurroundings
  private let region: String
  private let endpoint: String?

  /// - Parameter endpoint: one that a profile names; a variable comes before it.
  init(_ surroundings: AWSSurroundings, region: String, endpoint: String? = nil) {
    self.surroundings = surroundings
    self.region = region
    self.endpoint = endpoint
  }

  /// Credentials of a role. Throws `AWSError`, `TransferError` and `AWSSettingsError`.
  func assumeRole(
    _ role: String, session: String, externalID: String? = nil, seconds: Int = 3600, with base: AWSCredentials
  ) async throws -> AWSCredentials {
    var form = ["RoleArn": role, "RoleSessionName": session, "DurationSeconds": String(seconds)]
    form["ExternalId"] = externalID
    return try await assume("AssumeRole", form, base)
  }

  /// Credentials of a role for who holds the token in a file, which is read anew each time. The request is not signed.
  func assumeRole(_ role: String, session: String, tokenFile file: String) async throws -> AWSCredentials {
    guard let token = try surroundings.text(of: file, longest: 64 << 10) else {
      throw AWSSettingsError("the file of the web identity's token, \(file), is not there")
    }
    let form = [
      "RoleArn": role, "RoleSessionName": session,
      "WebIdentityToken": String(token.split(whereSeparator: \.isNewline).first ?? ""),
    ]
    return try await assume("AssumeRoleWithWebIdentity", form, nil)
  }

  private func assume(_ operation: String, _ form: [String: String], _ base: AWSCredentials?) async throws
    -> AWSCredentials
  {
    guard let session = form["RoleSessionName"], session.wholeMatch(of: /[A-Za-z0-9_+=,.@-]{2,64}/) != nil else {
      throw AWSSettingsError("a session of a role is named by 2 to 64 letters, digits and _+=,.@-")
    }
    let own =
      surroundings.variable("AWS_ENDPOINT_URL_STS") ?? surroundings.variable("AWS_ENDPOINT_URL") ?? endpoint
    let origin = try AWSEndpoint(
      service: "sts", region: region, own: own, usesFIPS: surroundings.flag("AWS_USE_FIPS_ENDPOINT"),
      usesDualStack: surroundings.flag("AWS_USE_DUALSTACK_ENDPOINT")
    ).origin
    let parts = form.merging(["Action": operation, "Version": "2011-06-15"]) { $1 }.sorted { $0.key < $1.key }
    let body = parts.map { URLEncoding.encoded($0.key) + "=" + URLEncoding.encoded($0.value) }.joined(separator: "&")
    let request = AWSRequest(
      "POST", origin, headers: ["Content-Type": "application/x-www-form-urlencoded"], body: Array(body.utf8))
    let sender = AWSSender(
      service: "sts", surroundings,
      credentials: base.map { CredentialCache(GivenCredentials($0), now: surroundings.now) })
    let answer = try await sender.send(request, operation, region: region, timeout: .seconds(20))
    guard let xml = XMLElement(answer.body), let found = xml["\(operation)Result"]?["Credentials"],
      let id = found["AccessKeyId"]?.text, let secret = found["SecretAccessKey"]?.text,
      let end = found["Expiration"].flatMap({ Timestamp(iso8601: $0.text) })
    else {
      throw AWSError(
        service: "sts", operation: operation, status: answer.status, code: "", message: "the answer has no credentials")
    }
    return AWSCredentials(
      accessKeyID: id, secretAccessKey: secret, sessionToken: found["SessionToken"]?.text, expiration: end)
  }
}
