import Events
import Intake
import Transfers

/// What a service of AWS has pushed, out of its envelope.
public struct PushedContent: Sendable {
  /// Stands in the answer.
  public var id: String
  /// Handed over together, as pieces of the source.
  public var parts: [[UInt8]]
  public var source: IngestionSource
  /// Messages among it that hold no event: by them CloudWatch Logs looks whether the endpoint is there.
  public var controlMessages = 0
}

/// An answer to a request that pushes events.
public struct PushReply: Sendable, Equatable {
  public var status: Int
  public var headers: [HTTPHeaders.Field]
  public var body: [UInt8]

  init(_ status: Int, _ body: String, retryAfter: Int? = nil) {
    self.status = status
    headers = [.init("Content-Type", "application/json")]
    if let retryAfter { headers.append(.init("Retry-After", String(retryAfter))) }
    self.body = Array(body.utf8)
  }
}

/// What a request that pushes events comes to.
public enum PushReading: Sendable {
  /// Events, to be answered when they are durable.
  case content(PushedContent)
  /// Nothing to be stored; the answer.
  case reply(PushReply)
}
