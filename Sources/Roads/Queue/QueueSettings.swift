import AWS

/// A queue that tells of objects in buckets.
public struct QueueSettings: Sendable, Equatable {
  /// What the road is called; the queue's own name unless given.
  public var name: String
  public var queueURL: String
  /// How the queue is reached.
  public var queue = AWSSettings()
  /// How its buckets are reached; as the queue unless given.
  public var objects: AWSSettings?
  public var keys = KeySelection()
  /// Messages in hand at once.
  public var mostInHand = 10
  /// Seconds for which a message is kept from others, prolonged as long as work on it goes on; 10 to 43,200.
  public var visibility = 300
  /// Seconds that a request waits for a message, 0 to 20.
  public var wait = 20
  /// From how many receptions on a message that fails counts as poison. It is left in the queue for its dead-letter queue.
  public var poisonAfter = 5
  /// Bytes of objects in memory at once.
  public var memory = 128 << 20
  /// Bytes of an object at most.
  public var longestObject: Int64 = 1 << 30
  /// Where long objects are put while they are read.
  public var scratch: String

  public init(queueURL: String, scratch: String) {
    self.queueURL = queueURL
    self.scratch = scratch
    name = "sqs " + (queueURL.split(separator: "/").last.map(String.init) ?? "queue")
  }
}
