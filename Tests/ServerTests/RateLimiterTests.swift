import Foundation
import Synchronization
import TestSupport
import Testing
import Trust

@testable import Server

@Suite("What one client asks for in a time is bounded", .timeLimit(.minutes(hang)))
struct RateLimiterTests {
  /// A clock that a test sets.
  private final class Clock: Sendable {
    private let time = Mutex(Duration.zero)
    @Sendable func now() -> Duration { time.withLock { $0 } }
    func move(by seconds: Double) { time.withLock { $0 += .seconds(seconds) } }
  }

  private func limiter(_ clock: Clock, _ rates: ClientRates, most: Int = 100) -> RateLimiter {
    RateLimiter(rates, mostClients: most, now: clock.now)
  }

  @Test("After a burst, requests are taken as fast as the rate says, and each client has its own")
  func requests() {
    let clock = Clock()
    let limiter = limiter(clock, ClientRates(requests: .init(perSecond: 2, burst: 5)))
    for _ in 0..<5 { #expect(limiter.take("a", bytes: 0) == .admitted) }
    #expect(limiter.take("a", bytes: 0) == .refused(.requests, seconds: 1))
    #expect(limiter.take("b", bytes: 0) == .admitted)
    clock.move(by: 0.4)
    #expect(limiter.take("a", bytes: 0) == .refused(.requests, seconds: 1))
    clock.move(by: 0.1)
    #expect(limiter.take("a", bytes: 0) == .admitted)
    #expect(limiter.take("a", bytes: 0) == .refused(.requests, seconds: 1))
    // However long it rests, there is no more than the burst.
    clock.move(by: 3600)
    for _ in 0..<5 { #expect(limiter.take("a", bytes: 0) == .admitted) }
    #expect(limiter.take("a", bytes: 0) == .refused(.requests, seconds: 1))
  }

  @Test("A body longer than the burst is taken, and what follows waits for it; what is not announced counts too")
  func bytes() {
    let clock = Clock()
    let limiter = limiter(clock, ClientRates(bytes: .init(perSecond: 100, burst: 200)))
    #expect(limiter.take("a", bytes: 1200) == .admitted)
    #expect(limiter.take("a", bytes: 0) == .refused(.bytes, seconds: 11))
    clock.move(by: 10.5)
    #expect(limiter.take("a", bytes: 0) == .admitted)
    limiter.add("a", bytes: 550)
    #expect(limiter.take("a", bytes: 0) == .refused(.bytes, seconds: 6))
    limiter.add("a", bytes: 1 << 40)
    #expect(limiter.take("a", bytes: 0) == .refused(.bytes, seconds: 3600))
  }

  @Test(
    "No more clients are remembered than the bound; the others share what one may have, and those that rest are forgotten"
  )
  func bound() {
    let clock = Clock()
    let limiter = limiter(clock, ClientRates(requests: .init(perSecond: 1, burst: 2)), most: 10)
    for number in 0..<1000 { _ = limiter.take("client \(number)", bytes: 0) }
    #expect(limiter.clientCount == 10)
    #expect(limiter.take("another", bytes: 0) == .refused(.requests, seconds: 1))
    // Those that were there have their own still.
    #expect(limiter.take("client 3", bytes: 0) == .admitted)
    clock.move(by: 60)
    #expect(limiter.take("another", bytes: 0) == .admitted)
    #expect(limiter.clientCount == 1)
  }

  @Test("Rates that are set anew count from the next request on; without any, nobody is remembered")
  func set() {
    let clock = Clock()
    let limiter = limiter(clock, ClientRates())
    for number in 0..<100 { #expect(limiter.take("\(number)", bytes: 1 << 40) == .admitted) }
    #expect(limiter.clientCount == 0)
    limiter.set(ClientRates(requests: .init(perSecond: 1, burst: 1)))
    #expect(limiter.take("a", bytes: 0) == .admitted)
    #expect(limiter.take("a", bytes: 0) == .refused(.requests, seconds: 1))
    limiter.set(ClientRates())
    #expect(limiter.take("a", bytes: 0) == .admitted)
  }

  @Test("A rate that is set beside another finds the clients that are known full, as new ones are")
  func setBeside() {
    let clock = Clock()
    let limiter = limiter(clock, ClientRates(requests: .init(perSecond: 1, burst: 10)))
    #expect(limiter.take("a", bytes: 1000) == .admitted)
    limiter.set(ClientRates(requests: .init(perSecond: 1, burst: 10), bytes: .init(perSecond: 1, burst: 100)))
    #expect(limiter.take("a", bytes: 1) == .admitted)
    #expect(limiter.take("b", bytes: 1) == .admitted)
  }

  @Test(
    "A client is its key, its address, or its network of IPv6",
    arguments: [
      ("192.0.2.7", "192.0.2.7"), ("::ffff:192.0.2.7", "192.0.2.7"), ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
      ("2001:DB8:1:2::9", "2001:db8:1:2::/64"), ("2001:db8::9", "2001:db8::/64"), ("::1", "::/64"),
      ("fe80::1%eth0", "fe80::/64"), ("", ""),
    ])
  func names(_ peer: String, _ name: String) {
    #expect(ClientName.of(nil, peer: peer) == "address " + name)
    #expect(ClientName.of(.loopback, peer: peer) == "address " + name)
    let key = AccessKey.make(name: "web", role: .read, expiresAt: nil).key
    #expect(ClientName.of(Caller(key), peer: peer) == "key " + key.id)
  }

  private final class Directory: KeyDirectory {
    let keys = Mutex<[String: AccessKey]>([:])
    func accessKey(_ id: String) throws -> AccessKey? { keys.withLock { $0[id] } }
    func hasAccessKeys() throws -> Bool { true }
  }

  private func send(
    _ port: Int, _ line: String, _ fields: [String] = [], _ body: String = ""
  ) async throws -> (status: Int, text: String) {
    let answer = try await RawRequest.send(line, to: port, fields, Array(body.utf8))
    return (answer.status, answer.text)
  }

  @Test(
    "A client that asks for more than it may is answered with 429 and when to come again, others are not, and it is counted"
  )
  func served() async throws {
    let clock = Clock()
    let directory = Directory()
    let made = (0..<2).map { AccessKey.make(name: "key \($0)", role: .ingest, expiresAt: nil) }
    for key in made { directory.keys.withLock { $0[key.key.id] = key.key } }
    let shown = made.map { "Authorization: ApiKey \($0.key.id):\($0.secret)" }
    var routes = ServerRoutes()
    routes.addHealth(
      live: { _ in .text(200, "ok\n") }, ready: { _ in .text(200, "") }, metrics: { _ in .text(200, "") })
    routes.add(ServerRoute(["POST"], "/x", role: .ingest) { .text(200, "\($0.body.count)") })
    let server = try await RunningServer(
      rates: limiter(
        clock, ClientRates(requests: .init(perSecond: 0.5, burst: 3), bytes: .init(perSecond: 10, burst: 50))),
      admission: KeyAdmission(directory, isOpenWithoutKeys: false) { 0 }, routes: routes)
    for _ in 0..<3 { #expect(try await send(server.port, "POST /x", [shown[0]], "a").status == 200) }
    let refused = try await send(server.port, "POST /x", [shown[0]], "a")
    #expect(refused.status == 429 && refused.text.contains("Retry-After: 2\r\n"))
    #expect(refused.text.contains("es_rejected_execution_exception") && refused.text.contains("more requests a second"))
    // Another key at the same address, and what asks for no key.
    #expect(try await send(server.port, "POST /x", [shown[1]], String(repeating: "x", count: 100)).status == 200)
    let long = try await send(server.port, "POST /x", [shown[1]], "a")
    #expect(long.status == 429 && long.text.contains("Retry-After: 6\r\n") && long.text.contains("more bytes a second"))
    for _ in 0..<10 { #expect(try await send(server.port, "GET /health/live").status == 200) }
    // Whoever shows no right key is known by the address, and takes nothing from the key that is named.
    let wrong = "Authorization: ApiKey \(made[0].key.id):wrong"
    for _ in 0..<3 { #expect(try await send(server.port, "POST /x", [wrong]).status == 401) }
    #expect(try await send(server.port, "POST /x", [wrong]).status == 429)
    clock.move(by: 2)
    #expect(try await send(server.port, "POST /x", [shown[0]], "a").status == 200)
    #expect(server.counts.now.limited == [.requests: 2, .bytes: 1])
    #expect(server.counts.now.answers[429] == 3)
    try await server.end()
  }

  @Test("A body that is refused for its length takes nothing; one that is given up takes what came of it")
  func refusedBodies() async throws {
    var routes = ServerRoutes()
    routes.add(ServerRoute(["POST"], "/x", role: .ingest) { .text(200, "\($0.body.count)") })
    let server = try await RunningServer(
      rates: limiter(Clock(), ClientRates(bytes: .init(perSecond: 1, burst: 1000))), routes: routes)
    let client = try RawClient(port: server.port)
    await client.send("POST /x HTTP/1.1\r\nHost: a\r\nContent-Length: 900000000000000\r\n\r\n")
    #expect(await client.receive().hasPrefix("HTTP/1.1 413"))
    #expect(try await send(server.port, "POST /x", [], "a").status == 200)
    // Without a length, and cut off in the middle.
    do {
      let client = try RawClient(port: server.port)
      let piece = String(repeating: "x", count: 4096)
      await client.send("POST /x HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n1000\r\n\(piece)\r\n")
      try await Task.sleep(for: .milliseconds(200))
    }
    #expect(try await eventually { try await send(server.port, "POST /x", [], "a").status == 429 })
    try await server.end()
  }

  @Test("What a compressed body holds is counted, and not what it has when it is sent")
  func compressed() async throws {
    var routes = ServerRoutes()
    routes.add(ServerRoute(["POST"], "/x", role: .ingest) { .text(200, "\($0.body.count)") })
    let server = try await RunningServer(
      rates: limiter(Clock(), ClientRates(bytes: .init(perSecond: 1000, burst: 100_000))), routes: routes)
    let body = gzip([UInt8](repeating: 0x20, count: 1 << 20))
    for status in [200, 429] {
      let client = try RawClient(port: server.port)
      let head =
        "POST /x HTTP/1.1\r\nHost: localhost\r\nContent-Encoding: gzip\r\nContent-Length: \(body.count)\r\n\r\n"
      await client.send(Array(head.utf8) + body)
      #expect(await client.receive().hasPrefix("HTTP/1.1 \(status) "))
    }
    try await server.end()
  }
}
