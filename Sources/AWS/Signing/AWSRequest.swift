import Transfers

/// A request to a service of AWS before it is signed.
public struct AWSRequest: Sendable {
  public struct Parameter: Sendable, Equatable {
    public var name: String
    public var value: String

    public init(_ name: String, _ value: String) {
      self.name = name
      self.value = value
    }
  }

  public var method: String
  /// Scheme, host and port, without a slash at the end.
  public var origin: String
  /// Not encoded, from the slash on.
  public var path: String
  /// Not encoded.
  public var query: [Parameter]
  public var headers: HTTPHeaders
  public var body: [UInt8]

  public init(
    _ method: String, _ origin: String, path: String = "/", query: [Parameter] = [], headers: HTTPHeaders = [:],
    body: [UInt8] = []
  ) {
    self.method = method
    self.origin = origin
    self.path = path
    self.query = query
    self.headers = headers
    self.body = body
  }

  /// The host as a `Host` field has it: with its port where that is not the scheme's own.
  var host: String {
    let rest = origin.range(of: "://").map { origin[$0.upperBound...] } ?? origin[...]
    if origin.hasPrefix("https://"), rest.hasSuffix(":443") { return String(rest.dropLast(4)) }
    if origin.hasPrefix("http://"), rest.hasSuffix(":80") { return String(rest.dropLast(3)) }
    return String(rest)
  }

  /// The address as it is sent.
  public var url: String {
    let path = origin + URLEncoding.encoded(path, keepsSlash: true)
    guard !query.isEmpty else { return path }
    return path + "?"
      + query.map { URLEncoding.encoded($0.name) + "=" + URLEncoding.encoded($0.value) }.joined(separator: "&")
  }
}
