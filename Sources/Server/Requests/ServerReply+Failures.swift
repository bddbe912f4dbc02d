import JSON

/// Refusals in the form of Elasticsearch.
extension ServerReply {
  /// An error with its cause in all the places where clients look.
  public static func failure(_ status: Int, _ type: String, _ reason: String) -> ServerReply {
    let cause: JSONValue = ["type": .string(type), "reason": .string(reason)]
    return .json(
      status,
      JSONValue.object([
        "error": [
          "root_cause": [cause], "type": .string(type), "reason": .string(reason),
        ], "status": .integer(Int64(status)),
      ]).text)
  }

  /// An error that is only a sentence, as Elasticsearch has for paths and methods.
  static func plainFailure(_ status: Int, _ reason: String) -> ServerReply {
    .json(status, JSONValue.object(["error": .string(reason), "status": .integer(Int64(status))]).text)
  }

  /// Nothing was stored; to be sent again after some seconds.
  public static func busy(_ reason: String) -> ServerReply {
    var reply = failure(429, "es_rejected_execution_exception", reason)
    reply.fields.append(("Retry-After", "2"))
    return reply
  }

  /// Nothing was stored for a reason that lasts a while; to be sent again later.
  public static func unavailable(_ type: String, _ reason: String) -> ServerReply {
    var reply = failure(503, type, reason)
    reply.fields.append(("Retry-After", "5"))
    return reply
  }

  static func unauthorized(_ reason: String) -> ServerReply {
    var reply = failure(401, "security_exception", reason)
    reply.fields.append(("WWW-Authenticate", #"Basic realm="security", charset="UTF-8", ApiKey"#))
    return reply
  }

  static func forbidden(_ reason: String) -> ServerReply { failure(403, "security_exception", reason) }
}
