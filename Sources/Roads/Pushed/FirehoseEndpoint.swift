import Events
import Foundation
import Intake
import JSON
import Transfers

/// The endpoint of Amazon Data Firehose's HTTP delivery: what it sends, and the answers that it asks for.
///
/// Firehose takes anything but status 200 with its own request's id for a failure, and sends the same again for as long as its stream
/// says; so what is refused here is not lost.
public enum FirehoseEndpoint {
  /// The longest body of a request: Firehose buffers at most 64 MiB, which base64 makes a third longer.
  public static let longestBody = 96 << 20
  /// Records of one request.
  public static let mostRecords = 500_000

  /// Reads a request.
  ///
  /// - Parameters:
  ///   - field: the value of a header field by its name, whose case does not matter.
  ///   - body: without its `Content-Encoding`.
  ///   - isKey: whether an access key is one of those that may send; nil where it sent none.
  public static func read(
    _ field: (String) -> String?, body: [UInt8], now: Timestamp, isKey: (String?) -> Bool
  ) -> PushReading {
    let id = field("X-Amz-Firehose-Request-Id") ?? ""
    func refuse(_ status: Int, _ message: String) -> PushReading { .reply(reply(status, id, now, message)) }
    guard isKey(field("X-Amz-Firehose-Access-Key")) else {
      return refuse(401, "the access key is not one of those that may send")
    }
    guard field("X-Amz-Firehose-Protocol-Version").map({ $0 == "1.0" }) ?? true else {
      return refuse(400, "the protocol's version is not 1.0")
    }
    guard body.count <= longestBody else { return refuse(413, "the body has more than \(longestBody) bytes") }
    guard let json = try? JSONValue(parsing: body[...]), let records = json["records"]?.arrayValue,
      let told = json["requestId"]?.stringValue, !told.isEmpty
    else { return refuse(400, "the body is no JSON object with requestId and records") }
    guard told == id || id.isEmpty else { return refuse(400, "requestId is not that of the header") }
    guard told.utf8.count <= 200 else { return refuse(400, "requestId is too long") }
    guard records.count <= mostRecords else { return refuse(413, "there are more than \(mostRecords) records") }
    var parts: [[UInt8]] = []
    var text: [UInt8] = []
    var controls = 0
    for (place, record) in records.enumerated() {
      guard let code = record["data"]?.stringValue, let data = Data(base64Encoded: code) else {
        return refuse(400, "record \(place + 1) has no data in base64")
      }
      if ControlMessage.isOne(data) {
        controls += 1
      } else if isPlain(data) {
        // Texts that were put in one after another.
        text.append(contentsOf: data)
        if data.last != 0x0A { text.append(0x0A) }
      } else if !data.isEmpty {
        parts.append(Array(data))
      }
    }
    if !text.isEmpty { parts.insert(text, at: 0) }
    let stream = field("X-Amz-Firehose-Source-Arn") ?? ""
    return .content(
      PushedContent(
        id: told, parts: parts,
        source: IngestionSource(
          road: .firehose, name: "firehose \(stream.prefix(300)) \(told)",
          object: parts.isEmpty ? nil : PushedContent.object("firehose/\(stream)/\(told)", parts)),
        controlMessages: controls))
  }

  /// The answer when all is durable.
  public static func accepted(_ content: PushedContent, at now: Timestamp) -> PushReply {
    reply(200, content.id, now, nil)
  }

  /// The answer when it was not stored; Firehose sends it again.
  public static func refused(_ content: PushedContent, _ refusal: IngestionRefusal, at now: Timestamp) -> PushReply {
    reply(503, content.id, now, refusal.kind == .failed ? "events cannot be stored now" : refusal.description)
  }

  /// The answer to a request that was not read, such as one without a right key.
  public static func refused(
    _ field: (String) -> String?, _ status: Int, _ message: String, at now: Timestamp
  ) -> PushReply {
    reply(status, field("X-Amz-Firehose-Request-Id") ?? "", now, message)
  }

  private static func reply(_ status: Int, _ id: String, _ now: Timestamp, _ message: String?) -> PushReply {
    var members: [String: JSONValue] = [
      "requestId": .string(String(id.prefix(200))), "timestamp": .integer(now.milliseconds),
    ]
    if let message { members["errorMessage"] = .string(message) }
    return PushReply(status, JSONValue.object(members).text)
  }

  /// Whether it begins as JSON does; anything else, such as gzip, is content by itself.
  private static func isPlain(_ data: Data) -> Bool {
    guard let first = data.first(where: { $0 != 0x20 && !(0x09...0x0D).contains($0) }) else { return false }
    return first == UInt8(ascii: "{") || first == UInt8(ascii: "[")
  }
}
