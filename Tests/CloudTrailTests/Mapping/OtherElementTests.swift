import Events
import Foundation
import JSON
import TestSupport
import Testing

@testable import CloudTrail

/// No value of a record is lost: what has no field of its own stands under `aws.cloudtrail`.
struct OtherElementTests {
  @Test(
    "Elements that the integration ignores are kept",
    arguments: [
      MappingRow(
        "\"eventContext\":{\"tagContext\":{\"aB\":[{\"k\":\"v\"}]}}", "aws.cloudtrail.event_context",
        ["tagContext": ["aB": [["k": "v"]]]]),
      MappingRow("\"edgeDeviceDetails\":{\"a\":1,\"b\":\"-\"}", "aws.cloudtrail.edge_device_details", ["a": 1]),
      MappingRow("\"annotation\":\"a\"", "aws.cloudtrail.annotation", "a"),
      MappingRow("\"resources\":\"a\"", "aws.cloudtrail.unmapped", ["resources": "a"]),
      MappingRow("\"resources\":[\"a\"]", "aws.cloudtrail.unmapped", ["resources": "a"]),
      MappingRow(
        "\"resources\":[\"a\",{\"ARN\":\"b\"},{},[],[\"c\"],7]", "aws.cloudtrail.unmapped",
        ["resources": ["a", ["c"], 7]]),
      MappingRow("\"brandNewThingID\":[1,\"x\"]", "aws.cloudtrail.brand_new_thing_id", [1, "x"]),
      MappingRow(
        "\"addendum\":{\"reason\":\"r\",\"newPart\":\"n\"}", "aws.cloudtrail.addendum",
        ["reason": "r", "new_part": "n"]),
      MappingRow("\"tlsDetails\":{\"newPart\":\"n\"}", "aws.cloudtrail.tls_details", ["new_part": "n"]),
      MappingRow(
        "\"tlsDetails\":{\"tlsVersion\":\"tlsVersion\",\"cipherSuite\":\"c\"}", "aws.cloudtrail.tls_details",
        ["tls_version": "tlsVersion", "cipher_suite": "c"]),
      MappingRow(
        "\"userIdentity\":{\"newPart\":\"n\",\"inScopeOf\":{\"more\":{\"x\":1}}}", "aws.cloudtrail.user_identity",
        ["new_part": "n", "in_scope_of": ["more": ["x": 1]]]),
      // What is said of a user that `user.*` does not say.
      MappingRow(
        """
        "userIdentity":{"type":"AssumedRole","userName":"own","sessionContext":{"sessionIssuer":{"userName":"i"}}}
        """,
        "aws.cloudtrail.user_identity", ["type": "AssumedRole", "user_name": "own"]),
      MappingRow(
        "\"userIdentity\":{\"type\":\"X\",\"userName\":\"own\",\"sessionContext\":{\"sessionIssuer\":{\"userName\":\"i\"}}}",
        "aws.cloudtrail.user_identity",
        ["type": "X", "session_context": ["session_issuer": ["user_name": "i"]]]),
      MappingRow(
        "\"userIdentity\":{\"type\":\"AWSService\",\"invokedBy\":\"s\",\"principalId\":\"P\"}",
        "aws.cloudtrail.user_identity", ["type": "AWSService", "invoked_by": "s", "principal_id": "P"]),
      // A name that a field has is not taken.
      MappingRow("\"user_identity\":\"x\"", "aws.cloudtrail.unmapped.user_identity", "x"),
      MappingRow("\"eventName\":{\"a\":1}", "aws.cloudtrail.event_name", ["a": 1]),
      MappingRow("\"errorCode\":[\"a\"]", "aws.cloudtrail.unmapped.error_code", ["a"]),
    ])
  func kept(row: MappingRow) throws { try row.check() }

  @Test("Names are written in snake case")
  func snakeCase() {
    for (name, snake) in [
      ("requestID", "request_id"), ("onBehalfOf", "on_behalf_of"), ("ec2RoleDelivery", "ec2_role_delivery"),
      ("MFAUsed", "mfa_used"), ("already_snake", "already_snake"), ("x", "x"), ("S3Bucket", "s3_bucket"),
    ] {
      var output: [UInt8] = []
      SnakeCase.append(Array(name.utf8), to: &output)
      #expect(String(decoding: output, as: UTF8.self) == snake)
    }
  }

  @Test(
    "Every plain value of a random record is somewhere in its event", arguments: [UInt64.random(in: 0...UInt64.max), 3])
  func nothingIsLost(seed: UInt64) throws {
    var random = SeededRandom(seed: seed)
    let names = [
      "eventVersion", "userIdentity", "eventSource", "eventName", "awsRegion", "sourceIPAddress", "userAgent",
      "errorCode",
      "requestParameters", "responseElements", "additionalEventData", "serviceEventDetails", "insightDetails",
      "requestID",
      "eventID", "eventType", "apiVersion", "managementEvent", "readOnly", "recipientAccountId", "sharedEventID",
      "sharedEventId", "vpcEndpointId", "vpcEndpointAccountId", "addendum", "tlsDetails", "eventContext", "timeWindow",
      "accountId", "eventId", "novelty", "detail", "_id", "type", "principalId", "userName", "arn", "accessKeyId",
      "sessionContext", "sessionIssuer", "attributes", "onBehalfOf", "userId", "inScopeOf", "sourceArn", "issuerType",
      "webIdFederationData", "federatedProvider", "reason", "originalEventID", "cipherSuite", "keyExchange",
      "invokedBy",
      "user_identity", "addendum.reason",
    ]
    var number = 0
    // The values of a record; no word of one is a part of another's.
    var wanted: [String] = []
    func plain() -> JSONValue {
      wanted.append("value\(number)x")
      return .string(wanted[wanted.count - 1])
    }
    func value(_ depth: Int) -> JSONValue {
      number += 1
      switch Int.random(in: 0..<(depth > 0 ? 8 : 4), using: &random) {
      case 0..<3: return plain()
      case 3: return .array([plain()])
      default:
        let keys = names.shuffled(using: &random).prefix(5)
        return .object(Dictionary(uniqueKeysWithValues: keys.map { ($0, value(depth - 1)) }))
      }
    }
    for _ in 0..<300 {
      var members: [String: JSONValue] = ["eventTime": "2024-05-01T10:00:01Z"]
      for name in names where Int.random(in: 0..<3, using: &random) == 0 { members[name] = value(3) }
      // Texts that a user agent or TLS are taken apart into are looked for in the event by themselves.
      members["tlsDetails"] = members["tlsDetails"].map { if case .object = $0 { $0 } else { .null } }
      let record = JSONValue.object(members).text
      defer { wanted.removeAll() }
      let mapped = try Mapped(
        record, context: EventContext(readAt: Mapped.context.readAt, namespace: "prod", keepsOriginal: false))
      let words = Set(mapped.text.utf8.split { !(48...57 ~= $0 || 97...122 ~= $0) }.map { String(Substring($0)) })
      for text in wanted where record.contains(text) && !words.contains(text) {
        Issue.record("seed \(seed): \(text) of \(record) is not in \(mapped.text)")
      }
    }
  }

  @Test("A record of newer elements keeps every value")
  func newerElements() throws {
    let path = "../shared/data/faults/newer-elements.json"
    guard let data = FileManager.default.contents(atPath: path) else {
      print("skipped: \(path) is not here")
      return
    }
    let file = try JSONValue(parsing: String(decoding: data, as: UTF8.self))
    for record in file["Records"]?.arrayValue ?? [] {
      let mapped = try Mapped(
        record.text, context: EventContext(readAt: Mapped.context.readAt, keepsOriginal: false))
      for text in Self.leaves(record) where text != "2026-03-01T09:00:00Z" && !text.hasPrefix("2026-03-01T10:0") {
        #expect(mapped.text.contains(text) || text == "TLSv1.3", "\(text)")
      }
    }
  }

  private static func leaves(_ value: JSONValue) -> [String] {
    switch value {
    case .string(let text): [text]
    case .array(let values): values.flatMap(leaves)
    case .object(let members): members.values.flatMap(leaves)
    default: []
    }
  }
}
