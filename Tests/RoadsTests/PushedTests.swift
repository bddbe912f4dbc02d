import Events
import Foundation
import Intake
import JSON
import TestSupport
import Testing

@testable import Roads

@Suite("Firehose and EventBridge push events and get the answers that they ask for")
struct PushedTests {
  let now = Timestamp(milliseconds: 1_767_225_600_000)

  private func firehose(_ body: String, _ fields: [String: String] = [:]) -> PushReading {
    let all = [
      "x-amz-firehose-access-key": "key", "x-amz-firehose-request-id": "r-1", "x-amz-firehose-protocol-version": "1.0",
      "x-amz-firehose-source-arn": "arn:aws:firehose:eu-west-1:1:deliverystream/s",
    ].merging(fields) { $1 }
    return FirehoseEndpoint.read(
      { all[$0.lowercased()].flatMap { $0.isEmpty ? nil : $0 } }, body: Array(body.utf8), now: now,
      isKey: { $0 == "key" })
  }

  private func refusal(_ reading: PushReading) -> (status: Int, json: JSONValue)? {
    guard case .reply(let reply) = reading, let json = try? JSONValue(parsing: reply.body[...]) else { return nil }
    return (reply.status, json)
  }

  private func code(_ text: String) -> String { Data(text.utf8).base64EncodedString() }

  @Test(
    "Texts of a delivery are handed over together, what is compressed by itself, and the answer has the request's id")
  func delivered() throws {
    let body =
      #"{"requestId":"r-1","timestamp":1,"records":[{"data":"\#(code("{\"a\":1}"))"},{"data":"\#(code("\u{1F}\u{8B}zip"))"},{"data":"\#(code("{\"b\":2}\n"))"},{"data":""}]}"#
    guard case .content(let content) = firehose(body) else {
      Issue.record("it was refused")
      return
    }
    #expect(content.parts == [Array("{\"a\":1}\n{\"b\":2}\n".utf8), Array("\u{1F}\u{8B}zip".utf8)])
    #expect(content.source.road == .firehose)
    #expect(content.source.object != nil)
    let answer = FirehoseEndpoint.accepted(content, at: now)
    #expect(answer.status == 200)
    #expect(answer.headers == [.init("Content-Type", "application/json")])
    #expect(try JSONValue(parsing: answer.body[...]) == ["requestId": "r-1", "timestamp": 1_767_225_600_000])
    let busy = FirehoseEndpoint.refused(content, IngestionRefusal(.busy, "too much in hand"), at: now)
    #expect(busy.status == 503)
    #expect(try JSONValue(parsing: busy.body[...])["errorMessage"] == "too much in hand")
  }

  @Test(
    "A control message of CloudWatch Logs, in gzip or not, holds no event and is counted; what only speaks of one is content"
  )
  func control() {
    let message =
      #"{"messageType":"CONTROL_MESSAGE","owner":"CloudwatchLogs","logGroup":"","logStream":"","subscriptionFilters":[],"#
      + #""logEvents":[{"id":"","timestamp":1,"message":"CWL CONTROL MESSAGE: Checking health of destination Firehose."}]}"#
    let data = #"{"messageType":"DATA_MESSAGE","logEvents":[{"id":"1","timestamp":1,"message":"CONTROL_MESSAGE"}]}"#
    let packed = [gzip(Array(message.utf8)), Array(message.utf8), gzip(Array(data.utf8)), Array(data.utf8)]
    let records = packed.map { #"{"data":"\#(Data($0).base64EncodedString())"}"# }.joined(separator: ",")
    guard case .content(let content) = firehose(#"{"requestId":"r-1","records":[\#(records)]}"#) else {
      Issue.record("it was refused")
      return
    }
    #expect(content.controlMessages == 2)
    #expect(content.parts == [Array((data + "\n").utf8), packed[2]])
    // One that is all there is leaves nothing to be stored.
    guard
      case .content(let alone) = firehose(
        #"{"requestId":"r-1","records":[{"data":"\#(Data(packed[0]).base64EncodedString())"}]}"#)
    else {
      Issue.record("it was refused")
      return
    }
    #expect(alone.controlMessages == 1 && alone.parts.isEmpty && alone.source.object == nil)
    // Bytes that unpack to very much are content, whatever it is.
    let bomb = Data(gzip([UInt8](repeating: 0x20, count: 10 << 20))).base64EncodedString()
    guard case .content(let long) = firehose(#"{"requestId":"r-1","records":[{"data":"\#(bomb)"}]}"#) else {
      Issue.record("it was refused")
      return
    }
    #expect(long.controlMessages == 0 && long.parts.count == 1)
  }

  @Test("A request that is sent again is known by its id and its content, and an id with other content is another")
  func again() {
    let body = #"{"requestId":"r-1","records":[{"data":"\#(code("{}"))"}]}"#
    guard case .content(let first) = firehose(body), case .content(let second) = firehose(body),
      case .content(let other) = firehose(body, ["x-amz-firehose-source-arn": "arn:other"])
    else {
      Issue.record("it was refused")
      return
    }
    #expect(first.source.object != nil && first.source.object == second.source.object)
    #expect(other.source.object != first.source.object)
    let contents = [
      ["{}", "[]"], ["[]"], ["{}", "{}"], ["{} {}"], ["zip {}", "zip"], ["zip", "zip {}"], ["zip zip {}"],
    ]
    let objects =
      contents.map { records in
        let list = records.map { #"{"data":"\#(code($0))"}"# }.joined(separator: ",")
        guard case .content(let content) = firehose(#"{"requestId":"r-1","records":[\#(list)]}"#) else { return nil }
        return content.source.object
      } as [SourceObject?]
    #expect(Set([first.source.object] + objects).count == contents.count + 1 && !objects.contains(nil))
  }

  @Test("Who has no key, or sends something else, is refused with the reason and the id")
  func refused() {
    let body = #"{"requestId":"r-1","records":[]}"#
    for key in ["wrong", ""] {
      let told = refusal(firehose(body, ["x-amz-firehose-access-key": key]))
      #expect(told?.status == 401 && told?.json["requestId"] == "r-1" && told?.json["errorMessage"] != nil)
    }
    #expect(refusal(firehose(body, ["x-amz-firehose-request-id": "r-2"]))?.status == 400)
    #expect(refusal(firehose(body, ["x-amz-firehose-protocol-version": "2.0"]))?.status == 400)
    for body in [
      "", "x", "[]", "{}", #"{"requestId":"r-1"}"#, #"{"requestId":"r-1","records":[{}]}"#,
      #"{"requestId":"r-1","records":[{"data":"?"}]}"#, #"{"requestId":"","records":[]}"#,
    ] {
      #expect(refusal(firehose(body))?.status == 400, "\(body)")
    }
  }

  @Test(
    "An event of EventBridge is handed over as it is, known by its id; refusals are those after which it tries again or not"
  )
  func eventBridge() {
    let event = #"{"version":"0","id":"e-1","account":"1","detail-type":"AWS API Call via CloudTrail","detail":{}}"#
    guard case .content(let content) = EventBridgeEndpoint.read(body: Array(event.utf8)),
      case .content(let nameless) = EventBridgeEndpoint.read(body: Array("[{}]".utf8))
    else {
      Issue.record("it was refused")
      return
    }
    #expect(content.parts == [Array(event.utf8)] && content.source.object != nil)
    let changed = event.replacingOccurrences(of: "{}", with: #"{"a":1}"#)
    guard case .content(let again) = EventBridgeEndpoint.read(body: Array(event.utf8)),
      case .content(let other) = EventBridgeEndpoint.read(body: Array(changed.utf8))
    else {
      Issue.record("it was refused")
      return
    }
    #expect(again.source.object == content.source.object && other.source.object != content.source.object)
    #expect(nameless.source.object == nil)
    for body in ["", "x", "1", "null", "\"a\""] {
      #expect(refusal(EventBridgeEndpoint.read(body: Array(body.utf8)))?.status == 400)
    }
    #expect(EventBridgeEndpoint.accepted(IngestionReceipt(stored: 1)).status == 200)
    #expect(EventBridgeEndpoint.accepted(IngestionReceipt(isRepeated: true)).status == 200)
    #expect(EventBridgeEndpoint.accepted(IngestionReceipt(rejected: 1, problems: ["no"])).status == 400)
    #expect(EventBridgeEndpoint.refused(IngestionRefusal(.busy, "b")).status == 429)
    #expect(EventBridgeEndpoint.refused(IngestionRefusal(.failed, "f")).status == 503)
  }

  @Test("Any bytes are read or refused", arguments: [1, 2])
  func anything(seed: UInt64) {
    var random = SeededRandom(seed: seed)
    let words = [
      "{", "}", "[", "]", "\"records\":", "\"requestId\":\"r-1\",", "\"data\":", "\"e30=\"", ",", "1", "null",
      "\"id\":\"x\"",
    ]
    for _ in 0..<3000 {
      let body = (0..<Int.random(in: 0...10, using: &random)).map { _ in words.randomElement(using: &random)! }.joined()
      _ = firehose(body)
      _ = EventBridgeEndpoint.read(body: Array(body.utf8))
    }
  }
}
