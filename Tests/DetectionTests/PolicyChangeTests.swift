import Events
import Foundation
import JSON
import Rules
import Testing

@testable import Detection

struct PolicyChangeTests {
  /// A call that sets the trust policy of a role to one account.
  private static func record(_ id: Int, _ minute: Int, trusting account: String, role: String = "ops") -> JSONValue {
    let document =
      #"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"AWS":"\#(account)"},"Action":"sts:AssumeRole"}]}"#
    return [
      "eventID": .string("00000000-0000-0000-0000-\(String(format: "%012d", id))"),
      "eventTime": .string("2026-01-01T00:\(String(format: "%02d", minute)):00Z"),
      "eventSource": "iam.amazonaws.com", "eventName": "UpdateAssumeRolePolicy", "recipientAccountId": "111122223333",
      "userIdentity": ["type": "IAMUser", "arn": "arn:aws:iam::111122223333:user/eve"],
      "requestParameters": ["roleName": .string(role), "policyDocument": .string(document)],
    ]
  }

  private static func policies(_ alert: Alert) throws -> JSONValue? {
    try alert.document["martlet"]?["policies"]?[0]
  }

  @Test("A trust policy is compared with the last one seen for the role, whoever read it and whether or not it alerted")
  func comparesWithFormer() throws {
    let texts = [
      [Self.record(1, 5, trusting: "444455556666").text, Self.record(3, 50, trusting: "999900001111", role: "x").text],
      [Self.record(2, 40, trusting: "777788889999").text],
    ]
    // The rule sees the second call only.
    let rule = Rule.query(#"event.id: "00000000-0000-0000-0000-000000000002""#)
    for workers in [texts, texts.reversed(), [texts[0] + texts[1]]] {
      let alert = try #require(TestHunt.alerts(TestHunt([rule]).run(workers)).first)
      let change = try #require(try Self.policies(alert))
      #expect(change["former"] == "known")
      #expect(change["former_event"]?["id"] == "00000000-0000-0000-0000-000000000001")
      #expect(change["added"]?[0]?["text"]?.stringValue?.contains("777788889999") == true)
      #expect(change["removed"]?[0]?["text"]?.stringValue?.contains("444455556666") == true)
      #expect(change["restore"]?.stringValue?.contains("444455556666") == true)
    }
  }

  @Test("An event in ECS is read as the record that it came from")
  func ecs() throws {
    var lines: [String] = []
    for record in [Self.record(1, 5, trusting: "444455556666"), Self.record(2, 40, trusting: "777788889999")] {
      let request = record["requestParameters"] ?? .null
      let event: JSONValue = [
        "_index": "logs-aws.cloudtrail-default", "_id": record["eventID"] ?? .null,
        "_source": [
          "@timestamp": record["eventTime"] ?? .null,
          "event": [
            "id": record["eventID"] ?? .null, "action": "UpdateAssumeRolePolicy", "provider": "iam.amazonaws.com",
          ], "cloud.account.id": "111122223333",
          "aws": ["cloudtrail": ["flattened": ["request_parameters": request]]],
        ],
      ]
      lines.append(event.text)
    }
    let rule = Rule.query("event.action: UpdateAssumeRolePolicy")
    let alerts = try TestHunt([rule]).alerts(lines.joined(separator: "\n"))
    #expect(try alerts.map { try Self.policies($0)?["former"] } == ["unknown", "known"])
  }

  @Test("Events that set no policy say nothing of policies")
  func none() throws {
    let line = #"{"eventTime":"2026-01-01T00:00:00Z","eventSource":"iam.amazonaws.com","eventName":"ListRoles"}"#
    let alert = try #require(TestHunt([.query("*")]).alerts(line).first)
    #expect(try alert.document["martlet"]?["policies"] == nil)
  }
}
