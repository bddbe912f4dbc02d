import Events

/// What an event gets from its surroundings instead of its record.
public struct EventContext: Sendable {
  /// The namespace of the data stream of CloudTrail events: `logs-aws.cloudtrail-<namespace>`.
  public var namespace: String
  /// When the input was read: `event.created`.
  public var readAt: Timestamp
  /// Whether `event.original` is kept.
  public var keepsOriginal: Bool
  /// Whether a record of CloudTrail, which has no `event.ingested`, gets its `@timestamp` there where it is not known when it was
  /// taken in, as in a replay of old data. Of a document in ECS what stands in it counts.
  public var ingestsAtEventTime: Bool
  /// The databases that give the source address its place and network, the most trusted first.
  public var geoDatabases: [GeoDatabase]

  public init(
    readAt: Timestamp, namespace: String = "default", keepsOriginal: Bool = false, ingestsAtEventTime: Bool = true,
    geoDatabases: [GeoDatabase] = []
  ) {
    self.readAt = readAt
    self.namespace = namespace
    self.keepsOriginal = keepsOriginal
    self.ingestsAtEventTime = ingestsAtEventTime
    self.geoDatabases = geoDatabases
  }

  /// The version of ECS that Elastic's AWS integration says its events follow. The catalog of fields is a later one.
  public static let ecsVersion = "8.11.0"
  /// The data set of CloudTrail events.
  public static let dataset = "aws.cloudtrail"
  /// The data stream of CloudTrail events.
  public var dataStream: String { Self.dataStream(namespace: namespace) }
  /// The data stream of CloudTrail events of a namespace.
  public static func dataStream(namespace: String) -> String { "logs-\(dataset)-\(namespace)" }
  /// The data stream of CloudTrail events where nothing else is said.
  public static let defaultDataStream = dataStream(namespace: "default")
  /// The data stream of an ECS event that names none.
  public static let fallbackDataStream = "filebeat-default"
}
