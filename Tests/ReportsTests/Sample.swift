import Foundation
import JSON

@testable import Reports

/// Alerts of the tests; every name in them is invented.
enum Sample {
  /// An alert as a hunt writes it, with everything that one may carry.
  static let hunted = """
    {"@timestamp":"2026-01-01T10:20:00.000Z","event":{"kind":"signal","action":"UpdateAssumeRolePolicy","id":"ev-1",\
    "provider":"iam.amazonaws.com","outcome":"success"},"user":{"name":"alice","id":"AIDA1"},"source":{"ip":"192.0.2.7",\
    "address":"192.0.2.7"},"cloud":{"account":{"id":"111122223333"},"region":"us-east-1"},\
    "aws":{"cloudtrail":{"user_identity":{"arn":"arn:aws:iam::111122223333:user/alice","type":"IAMUser"}}},\
    "user_agent":{"original":"aws-cli/2.15"},"tags":["a","b"],\
    "kibana.alert.uuid":"0123456789abcdef","kibana.alert.original_time":"2026-01-01T10:15:20.000Z",\
    "kibana.alert.original_event.kind":"event","kibana.alert.severity":"high","kibana.alert.risk_score":73,\
    "kibana.alert.intended_timestamp":"2026-01-01T10:20:00.000Z","kibana.alert.new_terms":["alice","ops"],\
    "kibana.alert.reason":"UpdateAssumeRolePolicy by alice from 192.0.2.7 created high alert Trust changed.",\
    "kibana.alert.rule.name":"Trust changed","kibana.alert.rule.rule_id":"rule-1",\
    "kibana.alert.rule.description":"Somebody changed who may assume a role.",\
    "kibana.alert.rule.references":["https://docs.example.com/trust","javascript:alert(1)"],\
    "kibana.alert.rule.false_positives":["A `pipeline` at work."],"kibana.alert.rule.tags":["Domain: Cloud"],\
    "kibana.alert.rule.parameters.query":"event.action: UpdateAssumeRolePolicy\\n",\
    "kibana.alert.rule.threat":[{"framework":"MITRE ATT&CK","tactic":{"id":"TA0004","name":"Privilege Escalation"},\
    "technique":[{"id":"T1078","name":"Valid Accounts","subtechnique":[{"id":"T1078.004","name":"Cloud Accounts"}]}]}],\
    "kibana.alert.rule.note":"## Steps\\n\\n- Read `user.name`.\\n- See [the manual](https://docs.example.com/manual).\\n- Ask.\\n",\
    "martlet":{"evidence":{"scheduled":"2026-01-01T10:20:00.000Z",\
    "window":{"from":"2026-01-01T10:11:00.000Z","to":"2026-01-01T10:20:00.000Z"},\
    "history":{"from":"2025-12-18T10:20:00.000Z","to":"2026-01-01T10:11:00.000Z"},"matched":{"window":3,"history":1200},\
    "terms":[{"field":"user.name","value":"alice","last_seen":"2025-12-30T08:00:00.000Z"},\
    {"field":"role","value":"ops"}],"query":"event.action: UpdateAssumeRolePolicy"},\
    "policies":[{"kind":"trust","target":{"type":"role","name":"ops","account":"111122223333"},"former":"known",\
    "former_event":{"id":"ev-0","time":"2025-12-31T00:00:00.000Z"},\
    "added":[{"what":"principal","text":"account 444455556666"}],"removed":[{"what":"condition","text":"sts:ExternalId"}],\
    "flags":[{"id":"external_account","text":"admits another account"}],"who":"Account 444455556666 can assume it.",\
    "restore":"aws iam update-assume-role-policy --role-name ops","document":"{\\"Version\\":\\"2012-10-17\\"}"}],\
    "guide":"## Steps\\n\\n- Read `user.name` (`alice`).\\n- See [the manual](https://docs.example.com/manual).\\n- Ask.\\n",\
    "context":{"principal":{"field":"user.name","value":"alice"},\
    "alerts":[{"id":"feedbeef","rule":"Other rule","severity":"low","time":"2026-01-01T09:00:00.000Z","action":"GetUser"}],\
    "alert_query":"user.name: alice","activity":{"from":"2025-12-31T10:15:20.000Z","to":"2026-01-01T10:15:20.000Z",\
    "events":1200,"failures":3,"services":[{"value":"iam.amazonaws.com","count":1100}],"services_others":2},\
    "activity_query":"user.name: alice"}}}
    """

  static func document(_ text: String = hunted) throws -> AlertDocument {
    try AlertDocument(json: Array(text.utf8)[...])
  }

  /// The alert with some of its top-level members changed.
  static func changed(_ changes: [String: JSONValue]) throws -> AlertDocument {
    var members = try JSONValue(parsing: hunted).objectValue ?? [:]
    for (key, value) in changes { members[key] = value }
    return try document(JSONValue.object(members).text)
  }

  /// The alert as another one of the same rule.
  static func numbered(_ number: Int, severity: String = "high", rule: String = "rule-1") throws -> AlertDocument {
    let minute = number % 60 < 10 ? "0\(number % 60)" : "\(number % 60)"
    return try changed([
      "kibana.alert.uuid": .string("id-\(number)"), "kibana.alert.severity": .string(severity),
      "kibana.alert.rule.rule_id": .string(rule),
      "kibana.alert.original_time": .string("2026-01-01T11:\(minute):00.000Z"),
    ])
  }
}
