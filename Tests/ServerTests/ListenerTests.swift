import Foundation
import Server
import TestSupport
import Testing

@Suite("The listener answers", .timeLimit(.minutes(hang)))
struct ListenerTests {
  static var routes: ServerRoutes {
    var routes = ServerRoutes()
    routes.addHealth(
      live: { _ in .text(200, "alive\n") }, ready: { _ in .text(503, "not yet\n") },
      metrics: { _ in .text(200, "martlet_up 1\n") })
    routes.add(
      ServerRoute(["POST", "PUT"], "/{index}/_doc/{id}", role: .ingest) { request in
        let parts = request.parameters.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }
        return .text(200, "\(parts.joined(separator: " ")) \(request.body.count) \(request.parameter("q") ?? "-")")
      })
    return routes
  }

  @Test("Both addresses of localhost are listened at, and paths lead to their routes")
  func addresses() async throws {
    let server = try await RunningServer("localhost:0", routes: Self.routes)
    for address in server.addresses {
      let client = try RawClient(port: address.port, host: address.host)
      await client.send("GET /health/live HTTP/1.1\r\nHost: x\r\n\r\n")
      let live = await client.receive()
      #expect(live.hasPrefix("HTTP/1.1 200 OK\r\n") && live.hasSuffix("\r\n\r\nalive\n"))
      #expect(live.contains("X-Elastic-Product: Elasticsearch\r\n"))
      // The same connection goes on.
      await client.send("HEAD /health/ready HTTP/1.1\r\nHost: x\r\nX-Opaque-Id: mine\r\n\r\n")
      await client.send("PUT /logs-a/_doc/a%2Fb%20c?q=1%2B1 HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\n\r\nabc")
      let rest = await client.receive()
      #expect(rest.contains("503"))
      #expect(rest.contains("mine"))
    }
    try await server.end()
  }

  @Test("A target that is a whole address is its path, where its host is that of the header")
  func absolute() async throws {
    let server = try await RunningServer(routes: Self.routes)
    let client = try RawClient(port: server.port)
    let target = "http://127.0.0.1:\(server.port)/logs-a/_doc/a%2Fb?q=1%2B1"
    await client.send("PUT \(target) HTTP/1.1\r\nHost: 127.0.0.1:\(server.port)\r\nContent-Length: 3\r\n\r\nabc")
    #expect(await client.receive().hasSuffix("id=a/b index=logs-a 3 1+1"))
    for target in ["http://user@x/health/live", "ftp://x/health/live", "http:///health/live", "x/health/live", "*"] {
      let client = try RawClient(port: server.port)
      await client.send("GET \(target) HTTP/1.1\r\nHost: x\r\n\r\n")
      #expect(await client.receive().hasPrefix("HTTP/1.1 400 "), "\(target)")
    }
    try await server.end()
  }

  @Test("A path that is not known is refused, and a method with those that are allowed")
  func unknown() async throws {
    let server = try await RunningServer(routes: Self.routes)
    let client = try RawClient(port: server.port)
    await client.send("GET /nothing HTTP/1.1\r\nHost: x\r\n\r\n")
    #expect(await client.receive().contains("no handler found for uri [/nothing] and method [GET]"))
    await client.send("DELETE /metrics HTTP/1.1\r\nHost: x\r\n\r\n")
    let answer = await client.receive()
    #expect(answer.hasPrefix("HTTP/1.1 405 ") && answer.contains("Allow: GET\r\n"))
    await client.send("PUT /logs-a/_doc/a%2Fb%20c?q=1%2B1 HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\n\r\nabc")
    #expect(await client.receive().hasSuffix("id=a/b c index=logs-a 3 1+1"))
    try await server.end()
  }

  @Test("A server that ends takes nothing new and lets what it has in hand be answered")
  func ending() async throws {
    let gate = Gate()
    let began = Gate()
    var routes = Self.routes
    routes.add(
      ServerRoute(["GET"], "/slow", role: nil) { _ in
        began.open()
        await gate.pass()
        return .text(200, "done")
      })
    var limits = ServerLimits.patient
    limits.finishingTime = .seconds(3600)
    let server = try await RunningServer(limits: limits, routes: routes)
    let client = try RawClient(port: server.port)
    await client.send("GET /slow HTTP/1.1\r\nHost: x\r\n\r\n")
    await began.pass()
    let idle = try RawClient(port: server.port)
    await idle.send("GET /health/live HTTP/1.1\r\nHost: x\r\n\r\n")
    #expect(await idle.receive().hasSuffix("alive\n"))
    await server.stop()
    // A connection without a request is closed at once.
    #expect(await idle.receive(untilClosed: true) == "")
    #expect(try await eventually { (try? RawClient(port: server.port)) == nil })
    gate.open()
    let answer = await client.receive(untilClosed: true)
    #expect(answer.contains("Connection: close\r\n") && answer.hasSuffix("done"))
    try await server.end()
  }

  @Test("An address that is taken, or is none, is told as it was written")
  func faults() async throws {
    let server = try await RunningServer(routes: Self.routes)
    let text = "127.0.0.1:\(server.port)"
    do {
      _ = try await RunningServer(text, routes: Self.routes)
      Issue.record("two servers at one address")
    } catch {
      #expect("\(error)".contains("cannot listen at \(text): Address already in use"))
    }
    for wrong in ["localhost", "127.0.0.1:70000", "::1:9200", "[::1:9200", "a b:1", "x:-1"] {
      #expect(throws: ListenAddressError.self) { try ListenAddress.all(wrong) }
    }
    #expect(try ListenAddress.all("[::1]:9200").map(\.isLoopback) == [true])
    #expect(try ListenAddress.all(":9200").map(\.description) == ["127.0.0.1:9200", "[::1]:9200"])
    #expect(try ListenAddress.all("0.0.0.0:9200").map(\.isLoopback) == [false])
    #expect(try ListenAddress.all("127.evil.example:1").map(\.isLoopback) == [false])
    try await server.end()
  }
}
