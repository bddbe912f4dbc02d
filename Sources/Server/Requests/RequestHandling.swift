import HTTPTypes
import HummingbirdCore
import NIOCore
import Parallel
import Synchronization
import Trust

/// Turns what a client sends into a request that is admitted and whole, and asks the routes for the answer.
struct RequestHandling: Sendable {
  let routes: ServerRoutes
  let admission: any RequestAdmission
  let limits: ServerLimits
  let budget: ByteBudget
  /// Of answers that are being sent: whoever does not read keeps theirs.
  let answers: ByteBudget
  let rates: RateLimiter
  let counts: ServerCounts

  func respond(to request: Request, _ writer: consuming ResponseWriter, _ channel: any Channel) async throws {
    let isHead = request.method == .head
    var reply: ServerReply
    switch await prepare(request, channel) {
    case .reply(let early): reply = early
    case .ready(let route, var ready, let reader, let client):
      if request.headers[.expect] != nil {
        try await writer.writeInformationalHead(HTTPResponse(status: .continue))
      }
      do {
        do {
          // What was not announced counts, however reading ends.
          defer { if !client.isEmpty { rates.add(client, bytes: reader.bytes.count - (Self.announced(request) ?? 0)) } }
          for try await piece in request.body { try reader.add(piece) }
          try reader.finish()
        }
        ready.body = reader.bytes
        reply = await Self.answer(to: ready, route, channel)
      } catch let fault as BodyReader.Fault {
        reply = Self.reply(to: fault, route, ready)
      }
      // What the request holds is held until its answer is there.
      withExtendedLifetime(reader) {}
    }
    let held = reply.body.count
    let isHeld = answers.take(held)
    if !isHeld { reply = .busy("the answers that are being sent have used up the room for them") }
    defer { if isHeld { answers.give(held) } }
    counts.note(reply.status)
    var response = HTTPResponse(status: .init(code: reply.status))
    response.headerFields[Self.product] = "Elasticsearch"
    for (name, value) in reply.fields {
      if let name = HTTPField.Name(name) { response.headerFields[name] = value }
    }
    if let opaque = request.headers[Self.opaque] { response.headerFields[Self.opaque] = opaque }
    response.headerFields[.contentLength] = String(reply.body.count)
    let body = reply.body
    if isHead || body.isEmpty {
      try await writer.writeResponse(response)
    } else if body.count <= Self.pieceBytes {
      try await writer.write(response: response, body: ResponseBody(byteBuffer: ByteBuffer(bytes: body)))
    } else {
      try await writer.write(response: response, body: Self.inPieces(body))
    }
  }

  private static func answer(
    to request: ServerRequest, _ route: ServerRoute, _ channel: any Channel
  ) async -> ServerReply {
    if route.readsEvents { return await withTaskExecutorPreference(readers) { await route.handler(request) } }
    guard route.endsWithClient, let client = await ClientPresence.of(channel) else {
      return await route.handler(request)
    }
    return await client.during { await route.handler(request) }
  }

  /// For routes that read events: so many of their bodies are worked through at once, and others wait for them. They are there as long as the
  /// process; whoever waits for the store keeps none.
  private static let readers = ThreadExecutor(count: 2, name: "reading events")

  /// Bytes that are handed to a connection at once.
  private static let pieceBytes = 256 << 10

  /// A body of which a piece is copied only when the connection has room: one that is handed over whole counts as sent at once,
  /// however slowly it is read.
  private static func inPieces(_ body: [UInt8]) -> ResponseBody {
    ResponseBody(contentLength: body.count) { writer in
      var start = 0
      while start < body.count {
        let end = min(start + pieceBytes, body.count)
        try await writer.write(ByteBuffer(bytes: body[start..<end]))
        start = end
      }
      try await writer.finish(nil)
    }
  }

  private enum Prepared {
    case reply(ServerReply)
    /// With the name of the client.
    case ready(ServerRoute, ServerRequest, BodyReader, String)
  }

  /// Bytes of a body that a route takes.
  private func longest(_ route: ServerRoute) -> Int { min(route.longestBody ?? .max, limits.longestBody) }

  private static func announced(_ request: Request) -> Int? {
    request.headers[.contentLength].flatMap { Int($0) }
  }

  /// Everything that can be said before the body is read.
  private func prepare(_ request: Request, _ channel: any Channel) async -> Prepared {
    let method = request.method.rawValue
    guard let target = RequestTarget(request.head.path ?? "") else {
      return .reply(.failure(400, "illegal_argument_exception", "the request's target cannot be decoded"))
    }
    let place = "/" + target.path.joined(separator: "/")
    let route: ServerRoute
    let parameters: [String: String]
    switch routes.find(method, target.path) {
    case .route(let found, let names): (route, parameters) = (found, names)
    case .otherMethods(let methods):
      let text =
        "Incorrect HTTP method for uri [\(place)] and method [\(method)], allowed: [\(methods.joined(separator: ", "))]"
      var reply = ServerReply.plainFailure(405, text)
      reply.fields.append(("Allow", methods.joined(separator: ", ")))
      return .reply(reply)
    case .none: return .reply(.plainFailure(400, "no handler found for uri [\(place)] and method [\(method)]"))
    }
    var fields: [(name: String, value: String)] = request.headers.map { ($0.name.rawName, $0.value) }
    if let host = request.head.authority { fields.append(("Host", host)) }
    let peer = channel.remoteAddress?.ipAddress ?? ""
    var ready = ServerRequest(
      method: method, path: target.path, query: target.query, fields: fields,
      caller: Caller(name: "anyone", role: .read), peer: peer)
    ready.parameters = parameters
    var client = ""
    if let role = route.role {
      switch admission.admit(authorization: route.credentials(ready), peer: peer) {
      case .admitted(let caller):
        client = ClientName.of(caller, peer: peer)
        if let reply = limited(client, request, route, ready) { return .reply(reply) }
        if caller == .loopback, let reason = BrowserGuard.reason(toRefuse: ready) {
          return .reply(route.reply(403, reason, ready) { .forbidden($0) })
        }
        guard route.admitsAnyRole || caller.role.includes(role) else {
          let reason = "\(caller.name) has the role \(caller.role.rawValue), and this asks for \(role.rawValue)"
          return .reply(route.reply(403, reason, ready) { .forbidden($0) })
        }
        ready.caller = caller
      case .refused(let reason):
        // Only by the address: whoever names another's key takes nothing from it.
        if let reply = limited(ClientName.of(nil, peer: peer), request, route, ready) { return .reply(reply) }
        return .reply(route.reply(401, reason, ready) { .unauthorized($0) })
      case .unavailable(let reason):
        if let reply = limited(ClientName.of(nil, peer: peer), request, route, ready) { return .reply(reply) }
        return .reply(route.reply(503, reason, ready) { .unavailable("security_exception", $0) })
      }
    }
    do {
      let reader = try BodyReader(
        announced: Self.announced(request), encoding: request.headers[.contentEncoding],
        longest: longest(route), budget: budget)
      return .ready(route, ready, reader, client)
    } catch let fault as BodyReader.Fault {
      return .reply(Self.reply(to: fault, route, ready))
    } catch {
      return .reply(.failure(500, "exception", "the body cannot be read"))
    }
  }

  /// The answer to a client that asks for too much; nil where it does not.
  private func limited(
    _ client: String, _ request: Request, _ route: ServerRoute, _ ready: ServerRequest
  ) -> ServerReply? {
    let announced = max(0, Self.announced(request) ?? 0)
    // What is too long is refused without being read.
    let bytes = announced > longest(route) ? 0 : announced
    guard case .refused(let reason, let seconds) = rates.take(client, bytes: bytes) else { return nil }
    counts.note(reason)
    let sentence =
      "rejected: this client asks for more \(reason.rawValue) a second than it may; again after \(seconds) s"
    var reply = route.reply(429, sentence, ready) { .failure(429, "es_rejected_execution_exception", $0) }
    reply.fields.removeAll { $0.name.lowercased() == "retry-after" }
    reply.fields.append(("Retry-After", String(seconds)))
    return reply
  }

  private static func reply(to fault: BodyReader.Fault, _ route: ServerRoute, _ request: ServerRequest) -> ServerReply {
    let reply = reply(to: fault)
    guard let refusing = route.refusing else { return reply }
    return refusing(ServerRoute.Refusal(status: reply.status, reason: fault.sentence), request)
  }

  private static func reply(to fault: BodyReader.Fault) -> ServerReply {
    switch fault {
    case .tooLong: .failure(413, "content_too_long_exception", fault.sentence)
    case .busy: .busy(fault.sentence)
    case .broken: .failure(400, "illegal_argument_exception", fault.sentence)
    case .unknownEncoding: .failure(415, "illegal_argument_exception", fault.sentence)
    }
  }

  private static let product = HTTPField.Name("X-Elastic-Product")!
  private static let opaque = HTTPField.Name("X-Opaque-Id")!
}
