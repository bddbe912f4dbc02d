import Events
import Hashing
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

  /// What a request that is sent again is known by: its id and what it holds. The id is its sender's to choose, and one that comes again
  /// with other content is no repetition: its events are read, and each counts once by its own identity.
  static func object(_ id: String, _ parts: [[UInt8]]) -> SourceObject {
    var hash = SHA256()
    for part in parts {
      withUnsafeBytes(of: UInt64(part.count).littleEndian) { hash.update($0) }
      part.withUnsafeBytes { hash.update($0) }
    }
    return SourceObject(token: "\(id)/\(hash.finalize().hexadecimal)")
  }
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
