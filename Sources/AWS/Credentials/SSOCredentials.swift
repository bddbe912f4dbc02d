import CCrypto
import Events
import JSON
import Transfers

/// Credentials for somebody who has signed in with `aws sso login`.
struct SSOCredentials: Sendable {
  private let surroundings: AWSSurroundings

  init(_ surroundings: AWSSurroundings) { self.surroundings = surroundings }

  func fetch(profile name: String, _ settings: [String: String], session: [String: String]?) async throws
    -> AWSCredentials
  {
    func fail(_ cause: String) -> AWSSettingsError {
      AWSSettingsError("the profile \(name.debugDescription) signs in by SSO, and \(cause)")
    }
    if settings["sso_session"] != nil, session == nil { throw fail("its sso-session is not in the config file") }
    let all = (session ?? [:]).merging(settings) { first, _ in first }
    guard let region = all["sso_region"], let account = all["sso_account_id"], let role = all["sso_role_name"],
      let start = all["sso_start_url"]
    else { throw fail("lacks one of sso_start_url, sso_region, sso_account_id and sso_role_name") }
    guard AWSEndpoint.isRegion(region) else { throw fail("its sso_region is no region") }
    let login = "run: aws sso login --profile \(name)"
    let file = surroundings.expanded("~/.aws/sso/cache/\(Self.name(settings["sso_session"] ?? start)).json")
    guard let text = try surroundings.text(of: file, longest: 256 << 10), let cache = try? JSONValue(parsing: text),
      let token = cache["accessToken"]?.stringValue,
      let end = cache["expiresAt"]?.stringValue.flatMap({ Timestamp(iso8601: $0.replacingUTC) })
    else { throw fail("nobody is signed in; \(login)") }
    guard surroundings.now() < end else { throw fail("the sign-in has expired; \(login)") }
    let origin =
      surroundings.variable("AWS_ENDPOINT_URL_SSO") ?? "https://portal.sso.\(region).\(AWSPartition.of(region).domain)"
    let request = AWSRequest(
      "GET", origin, path: "/federation/credentials",
      query: [.init("role_name", role), .init("account_id", account)])
    let answer = try await surroundings.client.send(
      HTTPRequest("GET", request.url, headers: ["x-amz-sso_bearer_token": token], longestBody: 64 << 10))
    if answer.status == 401 { throw fail("the sign-in has expired; \(login)") }
    guard answer.status == 200, let json = try? JSONValue(parsing: answer.body[...]),
      let found = json["roleCredentials"], let id = found["accessKeyId"]?.stringValue,
      let secret = found["secretAccessKey"]?.stringValue
    else { throw fail("SSO gave no credentials: status \(answer.status)") }
    return AWSCredentials(
      accessKeyID: id, secretAccessKey: secret, sessionToken: found["sessionToken"]?.stringValue,
      expiration: found["expiration"]?.integerValue.map { Timestamp(milliseconds: $0) })
  }

  /// The SHA-1 by which the cache's files are named; it protects nothing.
  static func name(_ text: String) -> String {
    var digest = [UInt8](repeating: 0, count: 20)
    var count: UInt32 = 0
    let bytes = Array(text.utf8)
    guard EVP_Digest(bytes, bytes.count, &digest, &count, EVP_sha1(), nil) == 1 else { return "unnamed" }
    return digest.map { String($0 >> 4, radix: 16) + String($0 & 15, radix: 16) }.joined()
  }
}

extension String {
  /// Older caches write `UTC` in place of `Z`.
  fileprivate var replacingUTC: String { hasSuffix("UTC") ? dropLast(3) + "Z" : self }
}
