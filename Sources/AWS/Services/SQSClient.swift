import Events
import JSON
import Transfers

/// A queue of Amazon SQS, by its JSON protocol.
public final class SQSClient: Sendable {
  public let queueURL: String
  private let sender: AWSSender
  private let region: String
  private let origin: String

  init(
    _ surroundings: AWSSurroundings, credentials: CredentialCache?, queueURL: String, region: String,
    settings: AWSSettings, own: String?
  ) throws {
    self.queueURL = queueURL
    self.region = region
    sender = AWSSender(service: "sqs", surroundings, credentials: credentials)
    // The queue of an emulator is where its address says.
    let own = own ?? (SQSQueueURL(queueURL).isAmazon ? nil : TransferError.place(of: queueURL))
    origin = try AWSEndpoint(
      service: "sqs", region: region, own: own, usesFIPS: settings.usesFIPS, usesDualStack: settings.usesDualStack
    ).origin
  }

  public struct Message: Sendable {
    public var id: String
    /// What it is deleted by; another one each time that the message is received.
    public var receipt: String
    public var body: String
    /// How often it was received, this time included.
    public var receives: Int
    public var sent: Timestamp?
  }

  /// Messages that nobody else gets for so long; none where none comes while it waits. Throws `AWSError`, `TransferError`.
  ///
  /// - Parameters:
  ///   - most: 1 to 10.
  ///   - wait: seconds, 0 to 20.
  ///   - visibility: seconds, up to 12 hours.
  public func receive(most: Int = 10, wait: Int = 20, visibility: Int) async throws -> [Message] {
    let names: JSONValue = ["ApproximateReceiveCount", "SentTimestamp"]
    let answer = try await call(
      "ReceiveMessage",
      [
        "MaxNumberOfMessages": .integer(Int64(most)), "WaitTimeSeconds": .integer(Int64(wait)),
        "VisibilityTimeout": .integer(Int64(visibility)), "MessageSystemAttributeNames": names, "AttributeNames": names,
      ], wait: wait)
    return (answer["Messages"]?.arrayValue ?? []).compactMap { message in
      guard let id = message["MessageId"]?.stringValue, let receipt = message["ReceiptHandle"]?.stringValue,
        let body = message["Body"]?.stringValue
      else { return nil }
      let attributes = message["Attributes"]
      return Message(
        id: id, receipt: receipt, body: body,
        receives: attributes?["ApproximateReceiveCount"]?.stringValue.flatMap(Int.init) ?? 1,
        sent: attributes?["SentTimestamp"]?.stringValue.flatMap(Int64.init).map(Timestamp.init(milliseconds:)))
    }
  }

  /// Takes a message out of the queue for good.
  public func delete(_ message: Message) async throws {
    _ = try await call("DeleteMessage", ["ReceiptHandle": .string(message.receipt)])
  }

  /// From now on nobody else gets the message for so many seconds; with 0 it can be had at once.
  public func setVisibility(_ message: Message, seconds: Int) async throws {
    _ = try await call(
      "ChangeMessageVisibility",
      ["ReceiptHandle": .string(message.receipt), "VisibilityTimeout": .integer(Int64(seconds))])
  }

  /// The queue's attributes, all of them text.
  public func attributes() async throws -> [String: String] {
    let answer = try await call("GetQueueAttributes", ["AttributeNames": ["All"]])
    return (answer["Attributes"]?.objectValue ?? [:]).compactMapValues(\.stringValue)
  }

  /// Puts a message into the queue: for tests.
  package func send(_ body: String) async throws {
    _ = try await call("SendMessage", ["MessageBody": .string(body)])
  }

  private func call(_ operation: String, _ members: [String: JSONValue], wait: Int = 0) async throws -> JSONValue {
    let body = JSONValue.object(members.merging(["QueueUrl": .string(queueURL)]) { $1 }).text
    let request = AWSRequest(
      "POST", origin,
      headers: ["Content-Type": "application/x-amz-json-1.0", "X-Amz-Target": "AmazonSQS.\(operation)"],
      body: Array(body.utf8))
    // Ten messages of 1 MiB, whose text may be written with escapes.
    let answer = try await sender.send(
      request, operation, region: region, longestBody: 64 << 20, timeout: .seconds(wait + 30), stall: nil)
    if answer.body.isEmpty { return [:] }
    guard let json = try? JSONValue(parsing: answer.body[...]) else {
      throw AWSError(
        service: "sqs", operation: operation, status: answer.status, code: "InternalError",
        message: "the answer is no JSON")
    }
    return json
  }
}

/// What the address of a queue says.
struct SQSQueueURL {
  let isAmazon: Bool
  let region: String?

  init(_ url: String) {
    let host = TransferError.place(of: url).split(separator: "/").last.map(String.init) ?? ""
    if let match = host.wholeMatch(
      of: /sqs(?:-fips)?\.([a-z0-9-]+)\.(?:amazonaws\.|api\.|c2s\.|sc2s\.|csp\.|cloud\.).*/)
    {
      (isAmazon, region) = (true, String(match.1))
    } else if let match = host.wholeMatch(of: /([a-z0-9-]+)\.queue\.amazonaws\.com(?:\.cn)?/) {
      (isAmazon, region) = (true, String(match.1))
    } else if host == "queue.amazonaws.com" {
      (isAmazon, region) = (true, "us-east-1")
    } else {
      (isAmazon, region) = (false, nil)
    }
  }
}
