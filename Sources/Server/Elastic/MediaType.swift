/// What bodies are said to be.
enum MediaType {
  /// The refusal of a body whose type is not JSON; nil where it is, or nothing is said.
  static func refusal(of request: ServerRequest) -> ServerReply? {
    guard let field = request.field("Content-Type"), !request.body.isEmpty else { return nil }
    let type = field.prefix { $0 != ";" }.lowercased().filter { $0 != " " }
    guard known.contains(type) else {
      return .plainFailure(406, "Content-Type header [\(field.prefix(200))] is not supported")
    }
    return nil
  }

  /// An answer in the type that a client asks for.
  static func json(_ status: Int, _ text: String, for request: ServerRequest) -> ServerReply {
    var reply = ServerReply.json(status, text)
    guard let accepted = request.field("Accept")?.lowercased(),
      let range = accepted.range(of: "application/vnd.elasticsearch+json")
    else { return reply }
    let rest = accepted[range.upperBound...].prefix { $0 != "," }.filter { $0 != " " }
    guard let version = rest.split(separator: "=").last.flatMap({ Int($0) }), (7...9).contains(version) else {
      return reply
    }
    reply.fields = [("Content-Type", "application/vnd.elasticsearch+json;compatible-with=\(version)")]
    return reply
  }

  private static let known: Set<String> = [
    "application/json", "application/x-ndjson", "application/ndjson", "application/vnd.elasticsearch+json",
    "application/vnd.elasticsearch+x-ndjson",
  ]
}
