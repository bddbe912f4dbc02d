import Foundation
import TestSupport
import Testing

@Suite("Bodies in chunks, to a running service", .timeLimit(.minutes(hang))) struct ChunkTests {
  private func head(_ port: Int) -> String {
    "POST /_bulk HTTP/1.1\r\nHost: 127.0.0.1:\(port)\r\nContent-Type: application/x-ndjson\r\n"
      + "Transfer-Encoding: chunked\r\n\r\n"
  }

  @Test("An extension of a chunk that does not end is cut off, and counted")
  func endless() async throws {
    let scratch = try Scratch()
    let service = try await ServedProcess(data: scratch.path + "/events")
    let client = try RawClient(port: service.port)
    await client.send(head(service.port) + "1;x=")
    for _ in 0..<48 { await client.send([UInt8](repeating: UInt8(ascii: "a"), count: 32 << 10)) }
    let answer = await client.receive(untilClosed: true)
    #expect(answer.hasPrefix("HTTP/1.1 400"), "\(answer.prefix(200))")
    #expect(answer.contains("more around its chunks than in them"))
    let metrics = try await RawRequest.send("GET /metrics", to: service.port, [], []).body
    #expect(
      metrics.contains(
        #"martlet_http_connections_refused_total{reason="the request's body has more around its chunks than in them"} 1"#
      ))
    #expect(try await service.stop() == 0)
  }

  @Test("Chunks of one byte with short extensions are a body as any other")
  func small() async throws {
    let scratch = try Scratch()
    let service = try await ServedProcess(data: scratch.path + "/events")
    let text = String(repeating: "m", count: 200_000)
    let body =
      #"{"create":{"_index":"logs-x-default"}}"# + "\n" + #"{"@timestamp":"2026-01-01T00:00:00Z","message":"\#(text)"}"#
      + "\n"
    let client = try RawClient(port: service.port)
    await client.send(head(service.port))
    await client.send(body.utf8.flatMap { Array("1;a=1\r\n".utf8) + [$0, 0x0D, 0x0A] } + Array("0\r\n\r\n".utf8))
    let answer = await client.receive()
    #expect(answer.hasPrefix("HTTP/1.1 200") && answer.contains(#""status":201"#), "\(answer.prefix(300))")
    #expect(try await service.stop() == 0)
  }
}
