import Events
import JSON
import Synchronization
import TestSupport
import Testing
import Transfers

@testable import AWS

@Suite("A request to a service is tried again", .enabled(if: PythonServer.has("http.server"), "there is no python3"))
struct RetryTests {
  @Test("A service that asks to be left alone is, so many seconds or until a moment, and a minute at most")
  func retryAfter() async throws {
    let server = try PythonServer("hook.py")
    var transfers = TransferSettings()
    transfers.proxy = .none
    transfers.leastTimeout = .seconds(3600)
    let client = HTTPClient(transfers)
    let plan: JSONValue = [
      ["status": 503, "after": 30], ["status": 503, "after": "Sat, 31 Jan 2026 10:00:40 GMT"],
      ["status": 429, "after": "Wed, 21 Oct 2099 07:28:00 GMT"], ["status": 503, "after": "soon"],
    ]
    _ = try await client.send(HTTPRequest("POST", server.url + "/_plan", body: Array(plan.text.utf8)))
    let now = try #require(Timestamp(iso8601: "2026-01-31T10:00:00Z"))
    let waits = Waits()
    let sender = AWSSender(
      service: "sqs",
      AWSSurroundings(
        client: client, variables: [:], now: { now }, sleep: { wait in waits.all.withLock { $0.append(wait) } }),
      credentials: nil, attempts: 5)
    let answer = try await sender.send(AWSRequest("POST", server.url), "ReceiveMessage", region: "eu-west-1")
    #expect(answer.status == 200)
    let all = waits.all.withLock { $0 }
    #expect(all.prefix(3) == [.seconds(30), .seconds(40), .seconds(60)], "\(all)")
    // What is no time is passed over.
    #expect(all.count == 4 && all.allSatisfy { $0 <= .seconds(60) })
  }

  private final class Waits: Sendable {
    let all = Mutex<[Duration]>([])
  }
}
