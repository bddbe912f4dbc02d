import Events
import Foundation
import Intake
import JSON
import Server
import Synchronization
import TestSupport
import Testing

@Suite("What services of AWS push is handed over", .timeLimit(.minutes(hang)))
struct PushRouteTests {
  private final class NamedSink: IngestionSink {
    let names = Mutex<[String]>([])

    func take(_ content: IngestionContent, from source: IngestionSource) async throws -> IngestionReceipt {
      names.withLock { $0.append(source.name) }
      return IngestionReceipt(stored: 1)
    }

    func knows(_ object: SourceObject) async throws -> Bool { false }
  }

  @Test(
    "Records of one delivery that are alike and compressed have each a name of their own, the same when it is sent again"
  )
  func names() async throws {
    let sink = NamedSink()
    var routes = ServerRoutes()
    PushRoutes(sink, reporting: Silence(), now: { Timestamp(milliseconds: 0) }).add(to: &routes)
    let server = try await RunningServer(routes: routes)
    let record = Data(gzip(Array(#"{"@timestamp":"2026-01-01T00:00:00Z","event":{"action":"x"}}"#.utf8)))
    let data = #"{"data":"\#(record.base64EncodedString())"}"#
    let body = #"{"requestId":"r","timestamp":1,"records":[\#(data),\#(data),\#(data)]}"#
    for _ in 0..<2 {
      let answer = try await RawRequest.send(
        "POST /firehose", to: server.port, ["X-Amz-Firehose-Request-Id: r"], Array(body.utf8))
      #expect(answer.status == 200)
    }
    let names = sink.names.withLock { $0 }
    #expect(names.count == 6 && Set(names.prefix(3)).count == 3 && names.prefix(3) == names.suffix(3), "\(names)")
    try await server.end()
  }
}
