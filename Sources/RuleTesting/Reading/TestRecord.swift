import CloudTrail
import Events
import JSON

/// Makes the record of a test event: what every record has, the file's defaults, what the event changes, its time.
enum TestRecord {
  /// Characters by which a request may be made longer: well beyond every limit on how texts are indexed.
  static let maximumPadding = 200_000
  /// The same for all events of a file together.
  static let maximumPaddingOfFile = 16 << 20

  /// The record's JSON.
  /// - Parameters:
  ///   - seed: what tells the test from all others, so that ids are the same in every run.
  ///   - number: the event's place in its test; ids ascend with it.
  static func make(_ event: TestEvent, defaults: JSONValue, seed: String, number: Int) -> JSONValue {
    let id = identifier(seed: seed, number: number)
    switch event.form {
    case .ecs(var members):
      members["@timestamp"] = .string(event.time.iso8601)
      // As Elasticsearch returns a document, so that the event has an identity and stays as it is written.
      return ["_id": .string(id), "_source": .object(members)]
    case .record(let changes):
      var own = merge(defaults, over: .object([:]))
      for change in changes { own = merge(expand(change.key, change.value), over: own) }
      if event.padding > 0 { own = padded(own, by: event.padding) }
      let name = own["eventName"]?.stringValue
      var base: [String: JSONValue] = [
        "eventVersion": "1.11", "eventID": .string(id), "awsRegion": "us-east-1",
        "eventType": name == "ConsoleLogin" ? "AwsConsoleSignIn" : "AwsApiCall",
        "recipientAccountId": .string(own["userIdentity"]?["accountId"]?.stringValue ?? "111122223333"),
      ]
      if let members = defaults.objectValue {
        for (key, value) in members where value == .null { base[key] = nil }
      }
      // What an event takes away on purpose stays away.
      for change in changes where change.value == .null { base[change.key] = nil }
      var record = merge(own, over: .object(base)).objectValue ?? [:]
      record["eventTime"] = .string(eventTime(event.time))
      return .object(record)
    }
  }

  /// The record with a longer request, and a longer answer if it has one.
  private static func padded(_ record: JSONValue, by count: Int) -> JSONValue {
    // Long words: cutting a text into thousands of short ones would take most of the time of a test.
    let word = String(repeating: "x", count: 199) + " "
    let text = String(String(repeating: word, count: count / word.count + 1).prefix(count))
    let padding = JSONValue.object(["padding": .string(text)])
    var members: [String: JSONValue] = ["requestParameters": padding]
    if record["responseElements"]?.objectValue != nil { members["responseElements"] = padding }
    return merge(.object(members), over: record)
  }

  /// `change` merged over `base` member by member: a value replaces a value, a list a list, and null removes.
  static func merge(_ change: JSONValue, over base: JSONValue) -> JSONValue {
    guard case .object(let changes) = change else { return change }
    var members = base.objectValue ?? [:]
    for (key, value) in changes {
      members[key] = value == .null ? nil : merge(value, over: members[key] ?? .null)
    }
    return .object(members)
  }

  /// `requestParameters.roleName: ops` as nested objects.
  private static func expand(_ path: String, _ value: JSONValue) -> JSONValue {
    path.split(separator: ".").reversed().reduce(value) { inner, name in .object([String(name): inner]) }
  }

  /// CloudTrail writes whole seconds.
  private static func eventTime(_ time: Timestamp) -> String {
    time.iso8601.replacing(".000Z", with: "Z")
  }

  /// A UUID of version 8: the first half from the seed, the end from the number, so that events of the same time are
  /// ordered as they are written.
  private static func identifier(seed: String, number: Int) -> String {
    let hash = Array(seed.utf8).withUnsafeBufferPointer { EventID(digestOf: $0) }
    let high = hash.high & ~0xF000 | 0x8000
    let low = hash.low & 0x3FFF_FFFF_0000_0000 | 0x8000_0000_0000_0000 | UInt64(UInt32(truncatingIfNeeded: number))
    func hex(_ value: UInt64, _ digits: Int) -> String {
      let text = String(value, radix: 16)
      return String(repeating: "0", count: max(0, digits - text.count)) + text
    }
    return [
      hex(high >> 32, 8), hex(high >> 16 & 0xFFFF, 4), hex(high & 0xFFFF, 4), hex(low >> 48, 4),
      hex(low & 0xFFFF_FFFF_FFFF, 12),
    ].joined(separator: "-")
  }
}
