import Events

/// What some content came from.
public struct IngestionSource: Sendable {
  /// A way into the store.
  public enum Road: String, Sendable, CaseIterable {
    case folder, s3, sqs, firehose, bulk
    case eventBridge = "eventbridge"
    /// The service itself, with what it tells of itself: nothing else comes into the program's own data streams.
    case service

    /// Whether what comes this way is handed over, where the others fetch it.
    public var isPushed: Bool {
      switch self {
      case .bulk, .firehose, .eventBridge, .service: true
      case .folder, .s3, .sqs: false
      }
    }
  }

  public var road: Road
  /// What it is called in logs and in problems, such as `s3://trail/AWSLogs/…` or a path; its suffix helps to tell what it holds.
  public var name: String
  /// Stands for the content: taken to its end once, it is taken no second time, and `knows` says so. It is noted in the
  /// transaction that stores the last of its events. Nil where the content is to be read each time that it comes.
  public var object: SourceObject?

  public init(road: Road, name: String, object: SourceObject? = nil) {
    self.road = road
    self.name = name
    self.object = object
  }

  /// What a piece of it is called: the first as the whole.
  public func name(ofPiece place: Int) -> String { place == 0 ? name : "\(name) part \(place + 1)" }
}
