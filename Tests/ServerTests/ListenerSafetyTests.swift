import Foundation
import NIOCore
import Server
import Synchronization
import TestSupport
import Testing

@Suite("No client can hurt the listener", .timeLimit(.minutes(hang)))
struct ListenerSafetyTests {
  private static var routes: ServerRoutes {
    var routes = ServerRoutes()
    routes.add(ServerRoute(["GET"], "/ok", role: nil) { _ in .text(200, "fine") })
    routes.add(ServerRoute(["POST"], "/take", role: nil) { .text(200, "took \($0.body.count)") })
    routes.add(
      ServerRoute(["GET"], "/long", role: nil) { _ in ServerReply(200, body: [UInt8](repeating: 0x61, count: 64 << 20))
      })
    return routes
  }

  private static var small: ServerLimits {
    var limits = ServerLimits.patient
    limits.longestBody = 1 << 20
    limits.mostBytesInHand = 3 << 20
    limits.lingerTime = .milliseconds(300)
    return limits
  }

  /// The server still answers others. One that gives its clients little time may do so to a client of a busy machine too.
  private func expectHealthy(_ server: RunningServer) async throws {
    #expect(
      try await eventually {
        let client = try RawClient(port: server.port)
        await client.send("GET /ok HTTP/1.1\r\nHost: x\r\n\r\n")
        return await client.receive().hasSuffix("fine")
      })
  }

  @Test(
    "What two programs could read in two ways is refused, and the connection closed",
    arguments: [
      "POST /take HTTP/1.1\r\nHost: x\r\nContent-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
      "POST /take HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\nContent-Length: 4\r\n\r\n0\r\n\r\n",
      "POST /take HTTP/1.1\r\nHost: x\r\nContent-Length: 4\r\nContent-Length: 5\r\n\r\nabcde",
      "POST /take HTTP/1.1\r\nHost: x\r\nContent-Length: 4\r\nContent-Length: 4\r\n\r\nabcd",
      "POST /take HTTP/1.1\r\nHost: x\r\nContent-Length: +4\r\n\r\nabcd",
      "POST /take HTTP/1.1\r\nHost: x\r\nContent-Length: 4, 4\r\n\r\nabcd",
      "POST /take HTTP/1.1\r\nHost: x\r\nContent-Length: 99999999999999999999999\r\n\r\n",
      "POST /take HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n",
      "POST /take HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: xchunked\r\n\r\n0\r\n\r\n",
      "POST /take HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\n\r\n0\r\n\r\n",
      "POST /take HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
      "POST /take HTTP/1.1\r\nHost: x\r\nTransfer-Encoding : chunked\r\n\r\n0\r\n\r\n",
      "POST /take HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\nabc\r\n0\r\n\r\n",
      "GET /ok HTTP/1.1\r\n\r\n",
      "GET /ok HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n",
      "GET http://other/ok HTTP/1.1\r\nHost: x\r\n\r\n",
      "GET /ok HTTP/1.1\r\nHost: x\r\nA\u{0}: b\r\n\r\n",
      "GET /ok HTTP/1.1\r\nHost: x\r\n folded\r\n\r\n",
      "GET /ok HTTP/1.1\r\nHost: x\r\nAuthorization: ApiKey a\r\nAuthorization: ApiKey b\r\n\r\n",
      "GET /ok HTTP/3.7\r\nHost: x\r\n\r\n",
      "\u{16}\u{3}\u{1}\u{2}\u{0}\u{1}\u{0}\u{1}hello\r\n\r\n",
    ])
  func smuggling(request: String) async throws {
    let server = try await RunningServer(limits: Self.small, routes: Self.routes)
    let client = try RawClient(port: server.port)
    await client.send(request + "GET /ok HTTP/1.1\r\nHost: x\r\n\r\n")
    let answer = await client.receive(untilClosed: true)
    // Exactly one answer, and none of what may have been hidden.
    #expect(answer.hasPrefix("HTTP/1.1 4") || answer.hasPrefix("HTTP/1.1 505"), "\(answer)")
    #expect(answer.components(separatedBy: "HTTP/1.1 ").count == 2 && !answer.contains("fine"), "\(answer)")
    try await expectHealthy(server)
    try await server.end()
  }

  @Test("A header without end is refused, in one field, in many, and in the request's line")
  func floods() async throws {
    let server = try await RunningServer(limits: Self.small, routes: Self.routes)
    let many = (0..<200).map { "X-\($0): y\r\n" }.joined()
    let wide = (0..<90).map { "X-\($0): \(String(repeating: "y", count: 2000))\r\n" }.joined()
    for head in [
      "GET /ok HTTP/1.1\r\nHost: x\r\nA: \(String(repeating: "b", count: 1 << 20))\r\n\r\n",
      "GET /ok HTTP/1.1\r\nHost: x\r\n\(many)\r\n", "GET /ok HTTP/1.1\r\nHost: x\r\n\(wide)\r\n",
      "GET /\(String(repeating: "a", count: 1 << 20)) HTTP/1.1\r\nHost: x\r\n\r\n",
    ] {
      let client = try RawClient(port: server.port)
      await client.send(head)
      let answer = await client.receive(untilClosed: true)
      #expect(answer.hasPrefix("HTTP/1.1 431 "), "\(answer)")
    }
    try await expectHealthy(server)
    try await server.end()
  }

  @Test(
    "Dripping bytes keeps no connection: neither a header, nor a body, nor silence, nor an answer that is not taken")
  func dripping() async throws {
    var limits = Self.small
    limits.headTime = .milliseconds(700)
    limits.bodyTime = .milliseconds(700)
    // However long an answer is, and however much time it would have at the slowest rate.
    limits.longestTime = .milliseconds(700)
    let server = try await RunningServer(limits: limits, routes: Self.routes)
    for start in [
      "GET /ok HTTP/1.1\r\nHost: x\r\nA: ", "POST /take HTTP/1.1\r\nHost: x\r\nContent-Length: 900000\r\n\r\n",
    ] {
      let client = try RawClient(port: server.port)
      await client.send(start)
      let drip = Task {
        // As slow-loris does, until the connection has gone.
        try await eventually { await !client.send("a") }
      }
      let answer = await client.receive(untilClosed: true)
      #expect(answer.hasPrefix("HTTP/1.1 408 "), "\(answer)")
      #expect(try await drip.value)
    }
    limits.idleTime = .milliseconds(700)
    let impatient = try await RunningServer(limits: limits, routes: Self.routes)
    let silent = try RawClient(port: impatient.port)
    #expect(await silent.receive(untilClosed: true) == "")
    try await expectHealthy(impatient)
    try await impatient.end()
    let deaf = try RawClient(port: server.port)
    await deaf.send("GET /long HTTP/1.1\r\nHost: x\r\n\r\n")
    while server.counts.now.refusedConnections["the client does not take its answer"] == nil {
      try await Task.sleep(for: .milliseconds(50))
    }
    try await expectHealthy(server)
    try await server.end()
  }

  @Test("A body over its bound is refused before it is read, as it comes, and as it is decompressed")
  func longBodies() async throws {
    let server = try await RunningServer(limits: Self.small, routes: Self.routes)
    let announced = try RawClient(port: server.port)
    await announced.send("POST /take HTTP/1.1\r\nHost: x\r\nContent-Length: 1048577\r\n\r\n")
    #expect(await announced.receive(untilClosed: true).hasPrefix("HTTP/1.1 413 "))
    let chunked = try RawClient(port: server.port)
    await chunked.send("POST /take HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n")
    let chunk = "10000\r\n" + String(repeating: "c", count: 0x10000) + "\r\n"
    let sending = Task { for _ in 0..<40 where !(await chunked.send(chunk)) { return } }
    #expect(await chunked.receive(untilClosed: true).hasPrefix("HTTP/1.1 413 "))
    await sending.value
    let bomb = gzip([UInt8](repeating: 0, count: 64 << 20))
    #expect(bomb.count < 100_000)
    let bombed = try RawClient(port: server.port)
    await bombed.send(
      "POST /take HTTP/1.1\r\nHost: x\r\nContent-Encoding: gzip\r\nContent-Length: \(bomb.count)\r\n\r\n")
    await bombed.send(bomb)
    // All of it has come, so that the connection may go on.
    #expect(await bombed.receive().hasPrefix("HTTP/1.1 413 "))
    try await expectHealthy(server)
    try await server.end()
  }

  @Test("Compressed bodies are taken as they are meant, and damaged ones refused")
  func compressed() async throws {
    let server = try await RunningServer(limits: Self.small, routes: Self.routes)
    let body = Array(String(repeating: "martlet ", count: 40_000).utf8)
    let packed = gzip(body)
    func send(_ body: [UInt8], _ encoding: String) async throws -> String {
      let client = try RawClient(port: server.port)
      await client.send(
        "POST /take HTTP/1.1\r\nHost: x\r\nContent-Encoding: \(encoding)\r\nContent-Length: \(body.count)\r\n\r\n")
      await client.send(body)
      return await client.receive()
    }
    #expect(try await send(packed, "gzip").hasSuffix("took \(body.count)"))
    #expect(try await send(packed + packed, "gzip").hasSuffix("took \(2 * body.count)"))
    #expect(try await send(Array(packed.dropLast(9)), "gzip").hasPrefix("HTTP/1.1 400 "))
    #expect(try await send(Array(packed[..<200]) + body, "gzip").hasPrefix("HTTP/1.1 400 "))
    #expect(try await send(body, "gzip").hasPrefix("HTTP/1.1 400 "))
    #expect(try await send(body, "br").hasPrefix("HTTP/1.1 415 "))
    try await server.end()
  }

  @Test("Bodies of all requests together are bounded: what is too much is told to come again")
  func bytesInHand() async throws {
    let gate = Gate()
    var routes = Self.routes
    routes.add(
      ServerRoute(["POST"], "/hold", role: nil) { _ in
        await gate.pass()
        return .text(200, "held")
      })
    let server = try await RunningServer(limits: Self.small, routes: routes)
    let body = [UInt8](repeating: 0x62, count: 1 << 20)
    var holding: [RawClient] = []
    for _ in 0..<3 {
      let client = try RawClient(port: server.port)
      await client.send(
        "POST /hold HTTP/1.1\r\nHost: x\r\nContent-Length: \(body.count)\r\nExpect: 100-continue\r\n\r\n")
      #expect(await client.receive().hasPrefix("HTTP/1.1 100 "))
      holding.append(client)
    }
    let late = try RawClient(port: server.port)
    await late.send("POST /hold HTTP/1.1\r\nHost: x\r\nContent-Length: \(body.count)\r\n\r\n")
    let answer = await late.receive(untilClosed: true)
    #expect(answer.hasPrefix("HTTP/1.1 429 ") && answer.contains("Retry-After: "))
    gate.open()
    for client in holding {
      await client.send(body)
      #expect(await client.receive().hasSuffix("held"))
    }
    try await server.end()
  }

  @Test("Clients that stop half-way, or say no more, leave nothing behind")
  func halfWay() async throws {
    let server = try await RunningServer(limits: Self.small, routes: Self.routes)
    let whole = "POST /take HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\n0123456789"
    for length in 1..<whole.utf8.count {
      let client = try RawClient(port: server.port)
      await client.send(Array(whole.utf8.prefix(length)))
      if length % 2 == 0 {
        client.finish()
        let answer = await client.receive(untilClosed: true)
        #expect(answer.hasPrefix("HTTP/1.1 4") || answer.isEmpty, "\(length): \(answer)")
      }
    }
    // A client that has said all that it will is still answered.
    let client = try RawClient(port: server.port)
    await client.send(whole)
    client.finish()
    #expect(await client.receive(untilClosed: true).hasSuffix("took 10"))
    try await expectHealthy(server)
    try await server.end()
  }

  @Test(
    "An upload that ends half-way, for its client or for the service's end, has no answer that says it was wrong",
    arguments: ["Content-Length: 100000\r\n", "Transfer-Encoding: chunked\r\n"], [false, true])
  func cutOff(framing: String, endsWithService: Bool) async throws {
    var limits = Self.small
    limits.finishingTime = .milliseconds(50)
    let server = try await RunningServer(limits: limits, routes: Self.routes)
    let client = try RawClient(port: server.port)
    await client.send("POST /take HTTP/1.1\r\nHost: x\r\n\(framing)Expect: 100-continue\r\n\r\n")
    #expect(await client.receive().hasPrefix("HTTP/1.1 100 "))
    await client.send("4\r\nabcd\r\n")
    if endsWithService {
      try await server.end()
    } else {
      client.finish()
    }
    #expect(await client.receive(untilClosed: true) == "")
    if !endsWithService { try await server.end() }
    #expect(server.counts.now.refusedConnections["the connection ended within a request"] == 1)
    #expect(server.counts.now.answers[400] == nil)
  }

  @Test(
    "A request that came whole is answered though the next one on its connection is cut off, which is not worked through"
  )
  func cutBehindAnother() async throws {
    let (gate, taken) = (Gate(), Tally())
    var routes = ServerRoutes()
    routes.add(
      ServerRoute(["POST"], "/hold", role: nil) { _ in
        await gate.pass()
        return .text(200, "held")
      })
    routes.add(
      ServerRoute(["POST"], "/count", role: nil) { _ in
        taken.count.withLock { $0 += 1 }
        return .text(200, "counted")
      })
    let server = try await RunningServer(limits: Self.small, routes: routes)
    let client = try RawClient(port: server.port)
    await client.send(
      "POST /hold HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\n\r\n"
        + "POST /count HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\n0123")
    client.finish()
    #expect(
      try await eventually { server.counts.now.refusedConnections["the connection ended within a request"] == 1 })
    gate.open()
    let answer = await client.receive(untilClosed: true)
    #expect(answer.hasPrefix("HTTP/1.1 200 ") && answer.hasSuffix("held"), "\(answer)")
    #expect(answer.lowercased().contains("connection: close"))
    try await server.end()
    #expect(taken.count.withLock { $0 } == 0)
  }

  @Test("However many requests with events are worked through, everything else is answered")
  func heavyBodies() async throws {
    let working = Working()
    defer { working.end() }
    var routes = Self.routes
    var heavy = ServerRoute(["POST"], "/heavy", role: nil) { _ in
      working.work()
      return .text(200, "worked")
    }
    heavy.readsEvents = true
    routes.add(heavy)
    let server = try await RunningServer(limits: Self.small, routes: routes)
    var clients: [RawClient] = []
    for _ in 0..<16 {
      let client = try RawClient(port: server.port)
      await client.send("POST /heavy HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\n\r\n")
      clients.append(client)
    }
    #expect(try await eventually { working.state.withLock { $0.now } == 2 })
    try await expectHealthy(server)
    working.end()
    for client in clients { #expect(await client.receive().hasSuffix("worked")) }
    #expect(working.state.withLock { $0.most } == 2)
    try await server.end()
  }

  /// Keeps threads from anything else until the test has seen enough.
  private final class Working: Sendable {
    let state = Mutex((now: 0, most: 0))
    private let gate = DispatchSemaphore(value: 0)

    func work() {
      state.withLock { state in
        state.now += 1
        state.most = max(state.most, state.now)
      }
      gate.wait()
      gate.signal()
      state.withLock { $0.now -= 1 }
    }

    func end() { gate.signal() }
  }

  @Test("Requests that are sent one after the other without waiting are answered in their order")
  func pipelined() async throws {
    let server = try await RunningServer(limits: Self.small, routes: Self.routes)
    let client = try RawClient(port: server.port)
    var text = ""
    for count in 1...50 {
      text +=
        "POST /take HTTP/1.1\r\nHost: x\r\nContent-Length: \(count)\r\n\r\n\(String(repeating: "p", count: count))"
    }
    await client.send(text + "GET /ok HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
    let answer = await client.receive(untilClosed: true)
    let took = answer.components(separatedBy: "took ").dropFirst().map { Int($0.prefix { $0.isNumber }) ?? 0 }
    #expect(took == Array(1...50))
    #expect(answer.hasSuffix("fine"))
    try await server.end()
  }

  @Test("Connections over the bound wait until one ends")
  func connections() async throws {
    var limits = Self.small
    limits.mostConnections = 2
    let server = try await RunningServer(limits: limits, routes: Self.routes)
    var first: RawClient? = try RawClient(port: server.port)
    await first?.send("GET /ok HTTP/1.1\r\nHost: x\r\n\r\n")
    #expect(await first?.receive().hasSuffix("fine") == true)
    let second = try RawClient(port: server.port)
    await second.send("GET /ok HTTP/1.1\r\nHost: x\r\n\r\n")
    #expect(await second.receive().hasSuffix("fine"))
    let third = try RawClient(port: server.port)
    await third.send("GET /ok HTTP/1.1\r\nHost: x\r\n\r\n")
    first?.finish()
    first = nil
    #expect(await third.receive().hasSuffix("fine"))
    try await server.end()
  }

  @Test("What is worked out for a client alone ends when the client goes, and not before")
  func goneClients() async throws {
    let ended = Tally()
    var routes = ServerRoutes()
    var slow = ServerRoute(["GET"], "/slow", role: .read) { _ in
      do { try await Task.sleep(for: .seconds(36_000)) } catch { ended.count.withLock { $0 += 1 } }
      return .text(200, "late")
    }
    slow.endsWithClient = true
    routes.add(slow)
    var quick = ServerRoute(["GET"], "/quick", role: .read) { _ in
      try? await Task.sleep(for: .milliseconds(200))
      return .text(200, Task.isCancelled ? "cancelled" : "whole")
    }
    quick.endsWithClient = true
    routes.add(quick)
    let server = try await RunningServer(routes: routes)
    do {
      let leaving = try RawClient(port: server.port)
      await leaving.send("GET /slow HTTP/1.1\r\nHost: a\r\n\r\n")
      let staying = try RawClient(port: server.port)
      // The connection is used again afterwards.
      for _ in 0..<3 {
        await staying.send("GET /quick HTTP/1.1\r\nHost: a\r\n\r\n")
        #expect(await staying.receive().hasSuffix("whole"))
      }
      #expect(ended.count.withLock { $0 } == 0)
      withExtendedLifetime(leaving) {}
    }
    #expect(try await eventually { ended.count.withLock { $0 } > 0 })
    #expect(ended.count.withLock { $0 } == 1)
    try await server.end()
  }

  @Test("Answers that nobody reads take no more memory than there is for them, and give it back")
  func unreadAnswers() async throws {
    var routes = ServerRoutes()
    let long = [UInt8](repeating: 0x61, count: 24 << 20)
    routes.add(ServerRoute(["GET"], "/long", role: .read) { _ in ServerReply(200, fields: [], body: long) })
    routes.add(ServerRoute(["GET"], "/short", role: .read) { _ in .text(200, "ok") })
    var limits = ServerLimits.patient
    limits.mostBytesOfAnswers = 32 << 20
    let server = try await RunningServer(limits: limits, routes: routes)
    do {
      let silent = try RawClient(port: server.port, unread: 64 << 10)
      await silent.send("GET /long HTTP/1.1\r\nHost: a\r\n\r\n")
      // It holds its answer before another asks, or that other's would stand in its way.
      #expect(await silent.receiveFirst().hasPrefix("HTTP/1.1 200"))
      #expect(try await eventually { try await RawRequest.send("GET /long", to: server.port).status == 429 })
      #expect(try await RawRequest.send("GET /short", to: server.port).body == "ok")
      withExtendedLifetime(silent) {}
    }
    #expect(try await eventually { try await RawRequest.send("GET /long", to: server.port).status == 200 })
    try await server.end()
  }
}

/// Counts what happens on tasks of the server.
private final class Tally: Sendable {
  let count = Mutex(0)
}
