import Events
import JSON
import Transfers

/// Credentials that a container's agent hands out.
struct ContainerCredentials: Sendable {
  private let surroundings: AWSSurroundings

  init(_ surroundings: AWSSurroundings) { self.surroundings = surroundings }

  /// Nil where this is no such container.
  func fetch() async throws -> AWSCredentials? {
    let url: String
    if let path = surroundings.variable("AWS_CONTAINER_CREDENTIALS_RELATIVE_URI") {
      url = "http://169.254.170.2" + (path.hasPrefix("/") ? path : "/" + path)
    } else if let full = surroundings.variable("AWS_CONTAINER_CREDENTIALS_FULL_URI") {
      guard Self.isAllowed(full) else {
        throw AWSSettingsError(
          "AWS_CONTAINER_CREDENTIALS_FULL_URI must be https, or http on this machine or the addresses of containers' agents"
        )
      }
      url = full
    } else {
      return nil
    }
    var headers: HTTPHeaders = [:]
    if let file = surroundings.variable("AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE") {
      guard let token = try surroundings.text(of: file, longest: 64 << 10) else {
        throw AWSSettingsError("\(file), which AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE names, is not there")
      }
      headers["Authorization"] = String(token.split(whereSeparator: \.isNewline).first ?? "")
    } else if let token = surroundings.variable("AWS_CONTAINER_AUTHORIZATION_TOKEN") {
      headers["Authorization"] = token
    }
    var request = HTTPRequest("GET", url, headers: headers, longestBody: 64 << 10, timeout: .seconds(2))
    request.isDirect = true
    var answer = HTTPResponse(status: 0)
    for attempt in 1...3 {
      do {
        answer = try await surroundings.client.send(request)
        if answer.status < 500 { break }
      } catch let error as TransferError where error.isTransient && attempt < 3 {}
      if attempt < 3 { try await surroundings.sleep(.milliseconds(500)) }
    }
    guard answer.status == 200, let found = AWSCredentials(metadata: answer.body) else {
      throw AWSSettingsError(
        "\(TransferError.place(of: url)) gave no credentials for the container: status \(answer.status)")
    }
    return found
  }

  /// Over plain HTTP only where nobody can listen.
  static func isAllowed(_ url: String) -> Bool {
    if url.hasPrefix("https://") { return true }
    guard url.hasPrefix("http://") else { return false }
    let place = TransferError.place(of: url).dropFirst("http://".count)
    let host = place.hasPrefix("[") ? place.prefix { $0 != "]" }.dropFirst() : place.prefix { $0 != ":" }
    return ["localhost", "169.254.170.2", "169.254.170.23", "fd00:ec2::23", "::1"].contains(host.lowercased())
      || host.wholeMatch(of: /127\.[0-9]{1,3}\.[0-9]{1,3}\.[0-9]{1,3}/) != nil
  }
}

extension AWSCredentials {
  /// Those that metadata services write as JSON; nil where it is anything else.
  init?(metadata bytes: [UInt8]) {
    guard let json = try? JSONValue(parsing: bytes[...]), let id = json["AccessKeyId"]?.stringValue,
      let secret = json["SecretAccessKey"]?.stringValue
    else { return nil }
    self.init(
      accessKeyID: id, secretAccessKey: secret, sessionToken: json["Token"]?.stringValue,
      expiration: json["Expiration"]?.stringValue.flatMap { Timestamp(iso8601: $0) })
  }
}
