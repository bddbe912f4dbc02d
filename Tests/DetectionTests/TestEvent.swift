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
  var action = "Match"
  /// True for a document in ECS, false for a CloudTrail record.
  var isECS = false
  /// `event.ingested` in milliseconds; only a document in ECS has one of its own.
  var ingested: Int64?
  var user: String?
  var roles: [String] = []
  var provider: String?

  static let user = "aws.cloudtrail.user_identity.arn"
  static let role = "aws.cloudtrail.flattened.request_parameters.roleName"
  static let provider = "event.provider"
  static let fields = [user, role, provider]
  static let stream = "logs-aws.cloudtrail-default"

  /// The values of one of `fields`.
  func values(_ field: String) -> [String] {
    switch field {
    case Self.user: user.map { [$0] } ?? []
    case Self.role: roles
    case Self.provider: provider.map { [$0] } ?? []
    default: []
    }
  }

  /// What decides between events of one instant.
  var identity: EventID {
    Array(id.utf8).withUnsafeBufferPointer { isECS ? EventID(text: $0, in: Self.stream) : EventID(text: $0) }
  }

  /// The event on one line.
  var json: String { isECS ? document.text : record.text }

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
    return [
      "_index": .string(Self.stream), "_id": .string(id),
      "_source": [
        "@timestamp": .string(Self.iso(time)), "event": .object(event), "aws": ["cloudtrail": .object(trail)],
      ],
    ]
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
