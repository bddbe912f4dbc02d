import AWS
import JSON

/// What a message in a queue tells.
public enum QueueMessage: Equatable, Sendable {
  /// Objects that were made. None where it tells of something else that happened to objects.
  case objects([ObjectReference])
  /// What S3 sends when notifications are set up.
  case test
  /// Nothing that is known here, with why.
  case stranger(String)

  /// Reads what S3, SNS, CloudTrail and EventBridge put into queues.
  public init(_ body: String) { self = Self.read(body, depth: 0) }

  /// Objects that one message tells of.
  static let mostObjects = 1000

  private static func read(_ text: String, depth: Int) -> QueueMessage {
    guard let json = try? JSONValue(parsing: text), let members = json.objectValue else {
      return .stranger("it is no JSON object")
    }
    if members["Event"] == "s3:TestEvent" { return .test }
    if members["TopicArn"]?.stringValue != nil, let inner = members["Message"]?.stringValue {
      // A topic may be behind another one, but not for ever.
      guard depth < 3 else { return .stranger("it is wrapped too often") }
      return read(inner, depth: depth + 1)
    }
    if let records = members["Records"]?.arrayValue { return notified(records) }
    if members["source"] == "aws.s3" { return eventBridge(json) }
    if let bucket = members["s3Bucket"]?.stringValue, let keys = members["s3ObjectKey"]?.arrayValue {
      return cloudTrail(bucket, keys)
    }
    return .stranger("it tells of no object in S3")
  }

  /// Keys are written as in forms.
  private static func notified(_ records: [JSONValue]) -> QueueMessage {
    guard records.count <= mostObjects else { return .stranger("it tells of more than \(mostObjects) objects") }
    var objects: [ObjectReference] = []
    for record in records {
      guard record["eventSource"] == "aws:s3", let event = record["eventName"]?.stringValue else {
        return .stranger("a record in it is not from S3")
      }
      guard event.hasPrefix("ObjectCreated:") || event.hasPrefix("s3:ObjectCreated:") else { continue }
      let s3 = record["s3"]
      guard let bucket = s3?["bucket"]?["name"]?.stringValue, let written = s3?["object"]?["key"]?.stringValue,
        let key = URLEncoding.decoded(form: written)
      else { return .stranger("a record in it names no object") }
      objects.append(
        ObjectReference(
          bucket: bucket, key: key, version: version(s3?["object"]?["versionId"]),
          size: s3?["object"]?["size"]?.integerValue))
    }
    return .objects(objects)
  }

  /// Keys are as they are.
  private static func eventBridge(_ event: JSONValue) -> QueueMessage {
    guard event["detail-type"] == "Object Created" else { return .objects([]) }
    let detail = event["detail"]
    guard let bucket = detail?["bucket"]?["name"]?.stringValue, let key = detail?["object"]?["key"]?.stringValue else {
      return .stranger("it names no object")
    }
    return .objects([
      ObjectReference(
        bucket: bucket, key: key, version: version(detail?["object"]?["version-id"]),
        size: detail?["object"]?["size"]?.integerValue)
    ])
  }

  /// Keys are as they are.
  private static func cloudTrail(_ bucket: String, _ keys: [JSONValue]) -> QueueMessage {
    let names = keys.compactMap(\.stringValue)
    guard names.count == keys.count, names.count <= mostObjects else { return .stranger("it names no objects") }
    return .objects(names.map { ObjectReference(bucket: bucket, key: $0) })
  }

  private static func version(_ value: JSONValue?) -> String? {
    value?.stringValue.flatMap { $0.isEmpty || $0 == "null" ? nil : $0 }
  }
}
