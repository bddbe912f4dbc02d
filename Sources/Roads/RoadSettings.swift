import AWS
import Events
import Intake
import JSON
import Settings

/// A way into the store, as an element of the `roads` part of the settings says it.
public enum RoadSettings: Sendable, Equatable {
  case queue(QueueSettings)
  case bucket(BucketSettings)
  case folder(FolderSettings)

  /// Roads of one service.
  public static let most = 200

  /// Reads the list. Names are made where there is none, and no two are alike.
  ///
  /// - Parameter scratch: a folder for long objects while they are read.
  /// Throws `SettingsFault`, which names the key.
  public static func all(_ json: JSONValue, scratch: String) throws -> [RoadSettings] {
    guard let list = json.arrayValue else {
      throw SettingsFault("it is \(json.kindName); it should be a list", key: "roads")
    }
    guard list.count <= most else { throw SettingsFault("there are more than \(most)", key: "roads") }
    var roads: [RoadSettings] = []
    for (place, value) in list.enumerated() {
      let keys = SettingsReader(value, at: "roads[\(place)]")
      try keys.begin()
      let road = try Self.road(keys, scratch)
      try keys.finish()
      guard !roads.contains(where: { $0.name == road.name }) else {
        throw keys.wrong("name", "there is another road that is called \(road.name)")
      }
      roads.append(road)
    }
    return roads
  }

  public var name: String {
    switch self {
    case .queue(let settings): settings.name
    case .bucket(let settings): settings.name
    case .folder(let settings): settings.name
    }
  }

  /// The road itself.
  public func road(_ surroundings: AWSSurroundings) -> any IngestionRoad {
    switch self {
    case .queue(let settings): QueueRoad(settings, surroundings)
    case .bucket(let settings): BucketRoad(settings, surroundings)
    case .folder(let settings): FolderRoad(settings, sleep: surroundings.sleep)
    }
  }

  private static func road(_ keys: SettingsReader, _ scratch: String) throws -> RoadSettings {
    switch try keys.required("type") {
    case "sqs": return .queue(try queue(keys, scratch))
    case "s3": return .bucket(try bucket(keys, scratch))
    case "folder": return .folder(try folder(keys))
    default: throw keys.wrong("type", "it is sqs, s3 or folder")
    }
  }

  private static func queue(_ keys: SettingsReader, _ scratch: String) throws -> QueueSettings {
    let url = try keys.url("queue_url")
    var settings = QueueSettings(queueURL: url, scratch: scratch)
    settings.name = try keys.text("name") ?? settings.name
    settings.queue = try aws(keys)
    if let objects = keys.object("objects") {
      try objects.begin()
      settings.objects = try aws(objects)
      try objects.finish()
    }
    settings.keys = try selection(keys)
    settings.mostInHand = try keys.number("in_hand", 1...1000) ?? settings.mostInHand
    settings.visibility = try seconds(keys, "visibility", 10...43_200) ?? settings.visibility
    settings.wait = try keys.number("wait", 0...20) ?? settings.wait
    settings.poisonAfter = try keys.number("poison_after", 1...1000) ?? settings.poisonAfter
    settings.memory = try megabytes(keys, "memory_mib", 1...65_536).map { Int($0) } ?? settings.memory
    settings.longestObject = try megabytes(keys, "longest_object_mib", 1...1_048_576) ?? settings.longestObject
    return settings
  }

  private static func bucket(_ keys: SettingsReader, _ scratch: String) throws -> BucketSettings {
    let bucket = try keys.required("bucket")
    guard S3Client.isBucket(bucket) else { throw keys.wrong("bucket", "it is no name of a bucket") }
    var settings = BucketSettings(bucket: bucket, scratch: scratch)
    settings.name = try keys.text("name") ?? settings.name
    settings.access = try aws(keys)
    settings.keys = try selection(keys)
    if let from = try keys.text("from") {
      guard let time = Timestamp(iso8601: from) ?? Timestamp(iso8601: from + "T00:00:00Z") else {
        throw keys.wrong("from", "it is a day or a time such as 2026-01-31 or 2026-01-31T10:00:00Z")
      }
      settings.from = time
    }
    settings.interval = try keys.duration("interval") ?? settings.interval
    settings.workers = try keys.number("workers", 1...100) ?? settings.workers
    settings.memory = try megabytes(keys, "memory_mib", 1...65_536).map { Int($0) } ?? settings.memory
    settings.longestObject = try megabytes(keys, "longest_object_mib", 1...1_048_576) ?? settings.longestObject
    settings.mostCandidates = try keys.number("candidates", 1...1_000_000) ?? settings.mostCandidates
    return settings
  }

  private static func folder(_ keys: SettingsReader) throws -> FolderSettings {
    let path = try keys.required("path")
    guard path.hasPrefix("/") else { throw keys.wrong("path", "it is a path from / on") }
    var settings = FolderSettings(path: path)
    settings.name = try keys.text("name") ?? settings.name
    settings.interval = try keys.duration("interval") ?? settings.interval
    settings.settle = try keys.duration("settle") ?? settings.settle
    settings.patience = try keys.duration("patience") ?? settings.patience
    settings.workers = try keys.number("workers", 1...100) ?? settings.workers
    if keys.has("temporary") { settings.temporary = try keys.texts("temporary") }
    return settings
  }

  private static func aws(_ keys: SettingsReader) throws -> AWSSettings {
    var settings = AWSSettings()
    settings.region = try keys.text("region")
    settings.profile = try keys.text("profile")
    settings.endpoint = try keys.text("endpoint")
    settings.role = try keys.text("role_arn")
    settings.externalID = try keys.text("external_id")
    settings.sessionName = try keys.text("session_name") ?? settings.sessionName
    settings.usesPaths = try keys.flag("path_style") ?? false
    settings.usesFIPS = try keys.flag("fips") ?? false
    settings.usesDualStack = try keys.flag("dual_stack") ?? false
    settings.paysAsRequester = try keys.flag("requester_pays") ?? false
    if let role = settings.role, role.wholeMatch(of: /arn:[a-z0-9-]+:iam::[0-9]{12}:role\/[!-~]{1,512}/) == nil {
      throw keys.wrong("role_arn", "it is no role, such as arn:aws:iam::111122223333:role/reader")
    }
    if settings.externalID != nil, settings.role == nil { throw keys.wrong("external_id", "there is no role_arn") }
    do {
      _ = try AWSEndpoint(service: "sts", region: settings.region ?? "us-east-1", own: nil)
    } catch { throw keys.wrong("region", "\(error)") }
    if let endpoint = settings.endpoint {
      do { _ = try AWSEndpoint(service: "s3", region: "us-east-1", own: endpoint) } catch {
        throw keys.wrong("endpoint", "\(error)")
      }
    }
    return settings
  }

  private static func selection(_ keys: SettingsReader) throws -> KeySelection {
    var selection = KeySelection()
    selection.prefixes = try keys.texts("prefixes")
    if keys.has("skip") { selection.skipped = try keys.texts("skip") }
    return selection
  }

  private static func seconds(_ keys: SettingsReader, _ key: String, _ range: ClosedRange<Int>) throws -> Int? {
    guard let duration = try keys.duration(key) else { return nil }
    let seconds = Int(duration.components.seconds)
    guard range.contains(seconds) else {
      throw keys.wrong(key, "it is a time from \(range.lowerBound)s to \(range.upperBound)s")
    }
    return seconds
  }

  private static func megabytes(_ keys: SettingsReader, _ key: String, _ range: ClosedRange<Int>) throws -> Int64? {
    try keys.number(key, range).map { Int64($0) << 20 }
  }
}
