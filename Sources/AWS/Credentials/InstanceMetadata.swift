import JSON
import Transfers

/// The metadata service of an EC2 instance, version 2.
struct InstanceMetadata: Sendable {
  private let surroundings: AWSSurroundings

  init(_ surroundings: AWSSurroundings) { self.surroundings = surroundings }

  /// Credentials of the instance's role; nil where this is no instance, it has no role, or it is not to be asked.
  func credentials() async throws -> AWSCredentials? {
    guard let token = try await token() else { return nil }
    guard let roles = try await get("/latest/meta-data/iam/security-credentials/", token),
      let role = roles.split(whereSeparator: \.isNewline).first
    else { return nil }
    let path = "/latest/meta-data/iam/security-credentials/" + URLEncoding.encoded(String(role))
    guard let text = try await get(path, token) else { return nil }
    guard let found = AWSCredentials(metadata: Array(text.utf8)) else {
      let code = (try? JSONValue(parsing: text))?["Code"]?.stringValue ?? "no credentials"
      throw AWSSettingsError("the metadata of this instance gave no credentials of its role: \(code.prefix(100))")
    }
    return found
  }

  /// The region that the instance is in; nil where this is no instance.
  func region() async throws -> String? {
    guard let token = try await token(), let text = try await get("/latest/dynamic/instance-identity/document", token)
    else { return nil }
    return (try? JSONValue(parsing: text))?["region"]?.stringValue
  }

  private var origin: String {
    surroundings.variable("AWS_EC2_METADATA_SERVICE_ENDPOINT").map { $0.hasSuffix("/") ? String($0.dropLast()) : $0 }
      ?? (surroundings.variable("AWS_EC2_METADATA_SERVICE_ENDPOINT_MODE")?.lowercased() == "ipv6"
        ? "http://[fd00:ec2::254]" : "http://169.254.169.254")
  }

  private func token() async throws -> String? {
    guard !surroundings.flag("AWS_EC2_METADATA_DISABLED") else { return nil }
    let headers: HTTPHeaders = ["X-aws-ec2-metadata-token-ttl-seconds": "21600"]
    var request = HTTPRequest(
      "PUT", origin + "/latest/api/token", headers: headers, longestBody: 4096, timeout: .seconds(1))
    request.isDirect = true
    // Where there is no such service, there is none to answer.
    guard let answer = try? await surroundings.client.send(request), answer.status == 200 else {
      try Task.checkCancellation()
      return nil
    }
    return String(decoding: answer.body, as: UTF8.self)
  }

  private func get(_ path: String, _ token: String) async throws -> String? {
    var request = HTTPRequest(
      "GET", origin + path, headers: ["X-aws-ec2-metadata-token": token], longestBody: 64 << 10, timeout: .seconds(2))
    request.isDirect = true
    let answer = try await surroundings.client.send(request)
    if answer.status == 404 { return nil }
    guard answer.status == 200 else {
      throw AWSSettingsError("the metadata of this instance cannot be read: status \(answer.status)")
    }
    return String(decoding: answer.body, as: UTF8.self)
  }
}
