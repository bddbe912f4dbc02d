import NIOCore

/// The bounds of what a client can make the server do.
public struct ServerLimits: Sendable {
  /// Bytes of a body as it is after decompression; a longer one is answered with 413. Elasticsearch's own default.
  public var longestBody = 100 << 20
  /// Bytes of all bodies that are held at once, those announced included; what would pass it is answered with 429.
  public var mostBytesInHand = 192 << 20
  /// Bytes of answers that are being sent, of all together.
  public var mostBytesOfAnswers = 128 << 20
  /// Connections of one address of the listener; further ones wait in the system's queue until one ends.
  public var mostConnections = 512
  /// Bytes of one header field, and of the request's line.
  public var longestField = 16 << 10
  /// Bytes of all header fields of a request.
  public var longestHead = 64 << 10
  public var mostFields = 100
  /// From the first byte of a request to the end of its header.
  public var headTime = TimeAmount.seconds(15)
  /// Without a request on an open connection.
  public var idleTime = TimeAmount.seconds(75)
  /// For a body, or for a client to take an answer: this long and the time that its bytes take at `slowestRate`.
  public var bodyTime = TimeAmount.seconds(30)
  /// Bytes a second.
  public var slowestRate = 8 << 10
  /// For a body, or for a client to take an answer, however long it is.
  public var longestTime = TimeAmount.minutes(10)
  /// For a client to close after the last answer of a connection, and to send what it was at.
  public var lingerTime = TimeAmount.seconds(3)
  /// For requests in flight when the process ends.
  public var finishingTime = Duration.seconds(4)

  public init() {}
}
