import Trust

/// A request that was admitted, with its whole body.
public struct ServerRequest: Sendable {
  /// In capitals, such as `GET`.
  public var method: String
  /// The parts of the path, decoded, without empty ones.
  public var path: [String]
  /// The parts that the route's pattern names.
  public var parameters: [String: String] = [:]
  /// Names and values after `?`, decoded, in their order; a name without `=` has an empty value.
  public var query: [(name: String, value: String)]
  /// Header fields, in their order.
  public var fields: [(name: String, value: String)]
  /// Without its `Content-Encoding`.
  public var body: [UInt8]
  public var caller: Caller
  /// Where it comes from, such as `127.0.0.1`.
  public var peer: String

  public init(
    method: String, path: [String], query: [(name: String, value: String)] = [],
    fields: [(name: String, value: String)] = [], body: [UInt8] = [], caller: Caller = .loopback, peer: String = ""
  ) {
    self.method = method
    self.path = path
    self.query = query
    self.fields = fields
    self.body = body
    self.caller = caller
    self.peer = peer
  }

  /// The first value of a header field, whose name may be in any case.
  public func field(_ name: String) -> String? {
    let name = name.lowercased()
    return fields.first { $0.name.lowercased() == name }?.value
  }

  /// The last value of a parameter after `?`.
  public func parameter(_ name: String) -> String? { query.last { $0.name == name }?.value }

  /// Whether a parameter is set and not `false`; a name alone is.
  public func isSet(_ name: String) -> Bool { parameter(name).map { $0 != "false" } ?? false }
}
