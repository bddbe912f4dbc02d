/// An answer.
public struct ServerReply: Sendable {
  public var status: Int
  /// `Content-Length` and `Connection` are the server's own.
  public var fields: [(name: String, value: String)]
  public var body: [UInt8]

  public init(_ status: Int, fields: [(name: String, value: String)] = [], body: [UInt8] = []) {
    self.status = status
    self.fields = fields
    self.body = body
  }

  public static func json(_ status: Int, _ text: String) -> ServerReply {
    ServerReply(status, fields: [("Content-Type", "application/json")], body: Array(text.utf8))
  }

  public static func text(_ status: Int, _ text: String, type: String = "text/plain; charset=utf-8") -> ServerReply {
    ServerReply(status, fields: [("Content-Type", type)], body: Array(text.utf8))
  }
}
