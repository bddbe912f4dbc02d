import Trust

/// What is done with requests of a method and a path.
public struct ServerRoute: Sendable {
  public typealias Handler = @Sendable (ServerRequest) async -> ServerReply

  public var methods: Set<String>
  var parts: [Part]
  /// Whose role does not include it is answered with 403; nil lets everybody in, without a key.
  public var role: Role?
  /// True where whoever shows a key is let in, whatever its role.
  public var admitsAnyRole = false
  /// Bytes of a body; nil for the server's own bound.
  public var longestBody: Int?
  /// What a request shows to be admitted, as `Authorization` has it.
  public var credentials: @Sendable (ServerRequest) -> String? = { $0.field("Authorization") }
  /// The answer to a request that is not admitted or whose body is not taken, where it has a form of its own.
  public var refusing: (@Sendable (Refusal, ServerRequest) -> ServerReply)?
  /// True where the handler is cancelled once nobody waits for its answer: it changes nothing.
  public var endsWithClient = false
  /// True where what a body holds is worked through, which may take seconds: it is done on a few threads of its own, so that however many
  /// such requests come, everything else that a service does goes on.
  public var readsEvents = false
  public var handler: Handler

  /// Why a request is refused before its handler sees it.
  public struct Refusal: Sendable {
    public var status: Int
    /// A sentence.
    public var reason: String
  }

  enum Part: Sendable, Equatable {
    case fixed(String)
    case named(String)
    /// All that follows.
    case rest
  }

  /// - Parameters:
  ///   - methods: such as `["GET"]`; `HEAD` is answered as `GET` without a body where it is not named.
  ///   - pattern: such as `/{index}/_doc/{id}` or `/_nodes/*`. A name stands for one part, which begins with no `_`.
  ///   - role: what who asks must be.
  public init(
    _ methods: Set<String>, _ pattern: String, role: Role?, longestBody: Int? = nil,
    handler: @escaping Handler
  ) {
    self.methods = methods
    parts = pattern.split(separator: "/").map { part in
      if part == "*" { return .rest }
      return part.hasPrefix("{") ? .named(String(part.dropFirst().dropLast())) : .fixed(String(part))
    }
    self.role = role
    self.longestBody = longestBody
    self.handler = handler
  }

  /// The refusal of a request, in the route's own form or in that of the others.
  func reply(
    _ status: Int, _ reason: String, _ request: ServerRequest, otherwise: (String) -> ServerReply
  ) -> ServerReply {
    refusing?(Refusal(status: status, reason: reason), request) ?? otherwise(reason)
  }

  /// Whether its first part is a name, which may be anything.
  var beginsWithName: Bool { if case .named? = parts.first { true } else { false } }

  /// The named parts of a path; nil where it is not one of this route.
  func match(_ path: [String]) -> [String: String]? {
    var found: [String: String] = [:]
    for (place, part) in parts.enumerated() {
      if part == .rest { return found }
      guard place < path.count else { return nil }
      switch part {
      case .fixed(let name): guard path[place] == name else { return nil }
      case .named(let name):
        // Only the first part can be mistaken: ids may begin with anything.
        guard place > 0 || !path[place].hasPrefix("_") else { return nil }
        found[name] = path[place]
      case .rest: break
      }
    }
    return path.count == parts.count ? found : nil
  }
}
