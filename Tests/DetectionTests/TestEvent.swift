import Events
import JSON
import TestSupport

@testable import CloudTrail

/// An event as the tests see it: a few fields, several values each, that can be written as a CloudTrail record or as an
/// ECS document.
struct TestEvent: Hashable, Sendable {
  var id: String
  /// `@timestamp` in milliseconds.
  var time: Int64
  /// False for a document in ECS without `@timestamp`, which has `ingested` then.
  var hasTime = true
  var action = "Match"
  /// True for a document in ECS, false for a CloudTrail record.
  var isECS = false
  /// `event.ingested` in milliseconds; only a document in ECS has one of its own.
  var ingested: Int64?
  var user: String?
  var roles: [String] = []
  var provider: String?
  /// Values of further fields, which only a document in ECS has.
  var further: [String: [Spelling]] = [:]

  /// One way to write a value in JSON, and the term that its field keeps for it, if any.
  struct Spelling: Hashable, Sendable {
    var json: String
    var term: String?

    init(_ json: String, _ term: String?) {
      self.json = json
      self.term = term
    }
  }

  /// Fields of several types with values in several spellings.
  static let spellings: [String: [Spelling]] = [
    "source.port": [
      .init("443", "443"), .init("\"443\"", "443"), .init("443.0", "443"), .init("\"443.9\"", "443"), .init("22", "22"),
      .init("22.9", "22"), .init("\"abc\"", nil), .init("1e30", nil),
    ],
    "source.ip": [
      .init("\"2001:db8:0::1\"", "2001:db8::1"), .init("\"2001:DB8::1\"", "2001:db8::1"),
      .init("\"10.0.0.1\"", "10.0.0.1"), .init("\"::ffff:10.0.0.1\"", "10.0.0.1"), .init("\"AWS Internal\"", nil),
    ],
    "host.cpu.usage": [
      .init("0.1234", "0.123"), .init("\"0.123\"", "0.123"), .init("0.1225", "0.123"), .init("0.5", "0.5"),
    ],
    "file.created": [
      .init("\"2026-01-01\"", "1767225600000"), .init("\"2026-01-01T01:00:00+01:00\"", "1767225600000"),
      .init("1767225600000", "1767225600000"), .init("\"2026-01-02\"", "1767312000000"),
    ],
    "user.name": [
      .init("443", "443"), .init("\"443\"", "443"), .init("443.0", "443.0"), .init("true", "true"),
      .init("\"true\"", "true"),
    ],
    mappedFlag: [
      .init("true", "true"), .init("\"true\"", "true"), .init("false", "false"), .init("\"\"", "false"),
      .init("\"yes\"", nil),
    ],
    mappedCount: [.init("7", "7"), .init("\"7\"", "7"), .init("7.2", "7"), .init("8", "8")],
    "custom.free": [
      .init("5", "5"), .init("5.0", "5"), .init("50e-1", "5"), .init("\"5\"", "5"), .init("\"5.0\"", "5.0"),
      .init("5.5", "5.5"), .init("\"x\"", "x"), .init("true", "true"), .init("\"true\"", "true"),
    ],
  ]

  private static let mappedFlag = "custom.flag"
  private static let mappedCount = "custom.count"
  /// The types of the fields that no schema knows.
  static let mapping: JSONValue = [
    "properties": [
      "custom": [
        "properties": [
          "flag": ["type": "boolean"], "count": ["type": "long"], "nanos": ["type": "date_nanos"],
          "float": ["type": "float"], "unsigned": ["type": "unsigned_long"],
        ]
      ]
    ]
  ]

  static let user = "aws.cloudtrail.user_identity.arn"
  static let role = "aws.cloudtrail.flattened.request_parameters.roleName"
  static let provider = "event.provider"
  static let fields = [user, role, provider]
  static let stream = "logs-aws.cloudtrail-default"

  /// When it was stored: in a replay of old data a record when it happened, and a document when it says so itself.
  var stored: Int64? { isECS ? ingested : time }

  /// The values of one of `fields`.
  func values(_ field: String) -> [String] {
    switch field {
    case Self.user: user.map { [$0] } ?? []
    case Self.role: roles
    case Self.provider: provider.map { [$0] } ?? []
    default: further[field]?.compactMap(\.term) ?? []
    }
  }

  /// What decides between events of one instant.
  var identity: EventID {
    Array(id.utf8).withUnsafeBufferPointer { isECS ? EventID(text: $0, in: Self.stream) : EventID(text: $0) }
  }

  /// The event on one line.
  var json: String {
    guard isECS else { return record.text }
    var text = document.text
    for (field, values) in further {
      // As they are written, which a value of JSON does not keep.
      text = text.replacing("\"@\(field)@\"", with: "[" + values.map(\.json).joined(separator: ",") + "]")
    }
    return text
  }

  private var record: JSONValue {
    var members: [String: JSONValue] = [
      "eventVersion": "1.08", "eventID": .string(id), "eventName": .string(action),
      "eventTime": .string(Self.iso(time)),
    ]
    if let provider { members["eventSource"] = .string(provider) }
    if let user { members["userIdentity"] = ["type": "IAMUser", "arn": .string(user)] }
    if !roles.isEmpty { members["requestParameters"] = ["roleName": roleValue] }
    return .object(members)
  }

  private var document: JSONValue {
    var event: [String: JSONValue] = ["id": .string(id), "action": .string(action)]
    if let provider { event["provider"] = .string(provider) }
    if let ingested { event["ingested"] = .string(Self.iso(ingested)) }
    var trail: [String: JSONValue] = [:]
    if let user { trail["user_identity"] = ["arn": .string(user)] }
    if !roles.isEmpty { trail["flattened"] = ["request_parameters": ["roleName": roleValue]] }
    var source: [String: JSONValue] = [
      "@timestamp": .string(Self.iso(time)), "event": .object(event), "aws": ["cloudtrail": .object(trail)],
    ]
    if !hasTime { source["@timestamp"] = nil }
    for field in further.keys { source[field] = .string("@\(field)@") }
    return ["_index": .string(Self.stream), "_id": .string(id), "_source": .object(source)]
  }

  private var roleValue: JSONValue {
    roles.count == 1 ? .string(roles[0]) : .array(roles.map { .string($0) })
  }

  static func iso(_ milliseconds: Int64) -> String { Timestamp(milliseconds: milliseconds).iso8601 }

  /// A UUID that is made from a number.
  static func uuid(_ random: inout SeededRandom) -> String {
    let digits = (0..<32).map { _ in String(Int.random(in: 0..<16, using: &random), radix: 16) }
    return [digits[0..<8], digits[8..<12], digits[12..<16], digits[16..<20], digits[20..<32]]
      .map { $0.joined() }.joined(separator: "-")
  }
}
