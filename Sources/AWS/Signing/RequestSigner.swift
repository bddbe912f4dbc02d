import Events
import Hashing
import Transfers

/// Signs requests as AWS's Signature Version 4 asks for, in the `Authorization` field.
public struct RequestSigner: Sendable {
  /// The service's name as it stands in signatures: `s3`, `sqs`, `sts`.
  public var service: String
  public var region: String

  public init(service: String, region: String) {
    self.service = service
    self.region = region
  }

  /// The request with the fields that a signature needs and the signature itself.
  ///
  /// All fields that the request has are signed, so it must be sent with these.
  public func sign(_ request: AWSRequest, _ credentials: AWSCredentials, at time: Timestamp) -> AWSRequest {
    var request = request
    let date = Self.date(time)
    let hash = request.body.withUnsafeBytes { SHA256.digest(of: $0).hexadecimal }
    request.headers["X-Amz-Date"] = date
    if let token = credentials.sessionToken { request.headers["X-Amz-Security-Token"] = token }
    // Only S3 asks for it.
    if service == "s3" { request.headers["X-Amz-Content-Sha256"] = hash }

    var signed = request.headers.fields.map { (name: $0.name.lowercased(), value: Self.trimmed($0.value)) }
    signed.append(("host", request.host))
    signed.sort { ($0.name, $0.value) < ($1.name, $1.value) }
    let names = signed.map(\.name).joined(separator: ";")
    let canonical = [
      request.method, canonicalPath(request.path), Self.canonicalQuery(request.query),
      signed.map { "\($0.name):\($0.value)\n" }.joined(), names, hash,
    ].joined(separator: "\n")

    let scope = "\(date.prefix(8))/\(region)/\(service)/aws4_request"
    let text = "AWS4-HMAC-SHA256\n\(date)\n\(scope)\n\(Self.hash(canonical))"
    var key = Self.code(Array("AWS4\(credentials.secretAccessKey)".utf8), String(date.prefix(8)))
    for part in [region, service, "aws4_request"] { key = Self.code(key.bytes, part) }
    let signature = Self.code(key.bytes, text).hexadecimal
    request.headers["Authorization"] =
      "AWS4-HMAC-SHA256 Credential=\(credentials.accessKeyID)/\(scope), SignedHeaders=\(names), Signature=\(signature)"
    return request
  }

  /// S3 takes a path as it is; others encode once more what is encoded, without steps to a parent and empty segments.
  private func canonicalPath(_ path: String) -> String {
    let once = URLEncoding.encoded(path, keepsSlash: true)
    guard service != "s3" else { return once.isEmpty ? "/" : once }
    var segments: [Substring] = []
    for segment in once.split(separator: "/") {
      switch segment {
      case ".": break
      case "..": _ = segments.popLast()
      default: segments.append(segment)
      }
    }
    let end = once.hasSuffix("/") && !segments.isEmpty ? "/" : ""
    return URLEncoding.encoded("/" + segments.joined(separator: "/") + end, keepsSlash: true)
  }

  private static func canonicalQuery(_ query: [AWSRequest.Parameter]) -> String {
    query.map { (URLEncoding.encoded($0.name), URLEncoding.encoded($0.value)) }
      .sorted { $0 < $1 }.map { "\($0)=\($1)" }.joined(separator: "&")
  }

  /// Without white space around, and with one blank for several within.
  private static func trimmed(_ value: String) -> String {
    value.split(whereSeparator: \.isWhitespace).joined(separator: " ")
  }

  /// `20260131T101500Z`.
  static func date(_ time: Timestamp) -> String {
    String(time.iso8601.prefix(19).filter { $0 != "-" && $0 != ":" }) + "Z"
  }

  private static func hash(_ text: String) -> String {
    var text = text
    return text.withUTF8 { SHA256.digest(of: UnsafeRawBufferPointer($0)).hexadecimal }
  }

  private static func code(_ key: [UInt8], _ text: String) -> SHA256Digest {
    var text = text
    return text.withUTF8 { text in
      key.withUnsafeBytes { HMACSHA256.code(of: UnsafeRawBufferPointer(text), key: $0) }
    }
  }
}
