import Events
import Intake
import JSON

/// The endpoint of EventBridge's API destinations: one event a request, with what a rule's transformer made of it.
///
/// EventBridge tries again after 401, 407, 409, 429 and 5xx, and takes any other refusal for the last word.
public enum EventBridgeEndpoint {
  /// An event has at most 256 KiB; a transformer may write more.
  public static let longestBody = 1 << 20

  /// Reads a request, whose sender the listener has admitted.
  public static func read(body: [UInt8]) -> PushReading {
    guard body.count <= longestBody else { return .reply(refuse(413, "the body has more than \(longestBody) bytes")) }
    guard let json = try? JSONValue(parsing: body[...]) else {
      return .reply(refuse(400, "the body is no JSON"))
    }
    guard json.objectValue != nil || json.arrayValue != nil else {
      return .reply(refuse(400, "the body is \(json.kindName) and no event"))
    }
    let id = json["id"]?.stringValue.flatMap { $0.isEmpty || $0.utf8.count > 200 ? nil : $0 }
    let account = json["account"]?.stringValue ?? ""
    return .content(
      PushedContent(
        id: id ?? "", parts: [body],
        source: IngestionSource(
          road: .eventBridge, name: "eventbridge \(id ?? "event")",
          object: id.map { PushedContent.object("eventbridge/\(account.prefix(20))/\($0)", [body]) })))
  }

  /// The answer when all is durable, or when nothing in it can be read, which sending it again does not mend.
  public static func accepted(_ receipt: IngestionReceipt) -> PushReply {
    receipt.stored + receipt.duplicates == 0 && receipt.rejected > 0
      ? refuse(400, receipt.problems.first ?? "the event is neither CloudTrail nor ECS") : PushReply(200, "{}")
  }

  /// The answer when it was not stored; EventBridge sends it again.
  public static func refused(_ refusal: IngestionRefusal) -> PushReply {
    refusal.kind == .busy
      ? PushReply(429, message(refusal.description), retryAfter: 1)
      : PushReply(503, message("events cannot be stored now"), retryAfter: 5)
  }

  private static func refuse(_ status: Int, _ words: String) -> PushReply { PushReply(status, message(words)) }

  private static func message(_ words: String) -> String { JSONValue.object(["message": .string(words)]).text }
}
