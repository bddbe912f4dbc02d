import Events
import JSON
import TestSupport

/// Makes alerts as a hunt writes them: few rules, tools and identities, so that groups form.
struct RandomAlerts {
  var random: SeededRandom

  init(seed: UInt64) { random = SeededRandom(seed: seed) }

  private mutating func any<Value>(_ values: [Value]) -> Value { values.randomElement(using: &random)! }

  mutating func alert(_ number: Int) -> JSONValue {
    let agents = [
      "APN/1.0 HashiCorp/1.0 Terraform/1.5.7 (+https://www.terraform.io)", "aws-cli/2.9 Python/3.11",
      "cloudformation.amazonaws.com", "evil \"quoted\" \\ agent \u{1B}[31m\u{202E}# x\ty",
    ]
    let day = any([1, 2, 3, 4, 5])
    let time = "2026-01-0\(day)T1\(any([0, 1, 2])):00:0\(number % 10).000Z"
    // What an intruder does is grave now and then; the others share nothing with it.
    let isIntruder = any([0, 0, 0, 0, 0, 1]) == 1
    let user = isIntruder ? "AIDA66" : any(["AIDA1", "AIDA2", "AROA1:session-\(any([1, 2, 3, 4, 5, 6, 7, 8]))"])
    let address =
      isIntruder ? "192.0.2.66" : any(["198.51.100.1", "198.51.100.1", "198.51.100.1", "203.0.113.\(number % 200)"])
    let rule = any(["r-1", "r-2"])
    var identity: [String: JSONValue] = ["type": any(["IAMUser", "IAMUser", "IAMUser", "Root"])]
    if user.hasPrefix("AROA") {
      identity["session_context"] = ["session_issuer": ["arn": "arn:aws:iam::111122223333:role/ci"]]
    }
    var members: [String: JSONValue] = [
      "@timestamp": .string(time), "user": ["id": .string(user), "name": .string(String(user.prefix(5)))],
      "user_agent": ["original": .string(any(isIntruder ? agents + ["kali-boto3"] : agents))],
      "source": ["address": .string(address), "ip": .string(address)],
      "event": [
        "action": .string(any(["CreateRole", "PutRolePolicy"])),
        "outcome": any(["success", "success", "success", "success", "failure"]),
      ],
      "aws": ["cloudtrail": ["user_identity": .object(identity)]],
      "kibana.alert.rule.rule_id": .string(rule), "kibana.alert.rule.name": .string("Rule “\(rule)”"),
      "kibana.alert.original_time": .string(time),
      "kibana.alert.severity": any(isIntruder ? ["low", "high"] : ["low", "low", "low", "medium"]),
    ]
    if rule == "r-2" {
      members["kibana.alert.rule.parameters.new_terms_fields"] = ["user.id", "entity.target.id"]
      members["entity"] = ["target": ["id": .string(any(["role-a", "role-b"]))]]
    }
    if any([0, 0, 0, 0, 0, 1]) == 1 { members["user_agent"] = ["original": [.string(agents[0]), .string(agents[1])]] }
    return .object(members)
  }
}
