import Events
import JSON

/// An alert that is invented, to see what a channel makes of one.
enum TestAlert {
  static func document(at now: Timestamp) -> [UInt8] {
    let time = JSONValue.string(now.iso8601)
    let alert: JSONValue = [
      "@timestamp": time, "kibana.alert.uuid": .string("test-\(now.milliseconds)"), "kibana.alert.original_time": time,
      "kibana.alert.rule.name": "Test of a notification", "kibana.alert.rule.rule_id": "martlet-test",
      "kibana.alert.severity": "low", "kibana.alert.risk_score": 1,
      "kibana.alert.reason": "Somebody asked for a test of this channel. Nothing has happened.",
      "kibana.alert.rule.tags": ["Test"], "user.name": "test-user", "event.action": "CreateUser",
      "event.provider": "iam.amazonaws.com", "event.outcome": "success", "source.ip": "203.0.113.10",
      "source.address": "203.0.113.10", "cloud.account.id": "111122223333", "cloud.region": "us-east-1",
    ]
    return Array(alert.text.utf8)
  }
}
