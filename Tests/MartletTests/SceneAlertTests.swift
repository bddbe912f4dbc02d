import Events
import JSON
import TestSupport
import Testing

/// Whether the attacks that `generate` plants are told as wholes.
struct SceneAlertTests {
  struct Scene: CustomTestStringConvertible, Sendable {
    var name: String
    /// The rule whose alert tells it.
    var rule: String
    /// What the alert stands on, in order; of calls that come many times `name × the fewest`.
    var events: [String]
    var others: Set<String> = []
    var testDescription: String { name }
  }

  static let scenes = [
    Scene(
      name: "trust-policy", rule: "AWS IAM Role Trust Widened Then Assumed from Outside",
      events: ["UpdateAssumeRolePolicy", "AssumeRole"]),
    Scene(
      name: "console-login-without-mfa", rule: "AWS Console Password Guessed Then Account Explored",
      events: ["ConsoleLogin × 3", "GetAccountSummary"]),
    Scene(
      name: "create-access-key-for-other-user", rule: "AWS IAM Access Key Made for Another User Then Used from There",
      events: ["CreateAccessKey", "GetCallerIdentity", "ListBuckets"]),
    Scene(
      name: "cloudtrail-stop", rule: "AWS CloudTrail Trails Looked Up Then Stopped",
      events: ["DescribeTrails", "GetTrailStatus", "StopLogging"]),
    Scene(
      name: "share-ami", rule: "AWS EC2 Images or Snapshots Listed Then Shared with Another Account",
      events: ["DescribeImages", "ModifyImageAttribute"]),
    Scene(
      name: "share-ebs-snapshot", rule: "AWS EC2 Images or Snapshots Listed Then Shared with Another Account",
      events: ["DescribeSnapshots", "ModifySnapshotAttribute"]),
    Scene(
      name: "secrets-sweep", rule: "AWS Secrets Listed Then Read in Numbers",
      events: ["ListSecrets", "GetSecretValue × 16"]),
    Scene(
      name: "admin-policy-attach", rule: "AWS IAM User Looks Up Own Permissions Then Becomes Administrator",
      events: ["ListUserPolicies", "AttachUserPolicy", "GetAccountAuthorizationDetails"]),
    Scene(
      name: "create-admin-user", rule: "AWS IAM User Created as Administrator Then Given Credentials",
      events: ["CreateUser", "AttachUserPolicy", "CreateLoginProfile"]),
    Scene(
      name: "leave-organization", rule: "AWS Organization Looked Up Then Left",
      events: ["DescribeOrganization", "LeaveOrganization"]),
    Scene(
      name: "open-ssh-to-internet",
      rule: "AWS EC2 Security Groups Listed Then Opened to the Internet with a User's Key",
      events: ["DescribeSecurityGroups", "AuthorizeSecurityGroupIngress"]),
    Scene(
      name: "steal-instance-credentials",
      rule: "AWS EC2 Instance's Credentials Used to Look Around from One Address",
      events: ["GetCallerIdentity", "ListRoles", "ListBuckets", "DescribeInstances", "DescribeSnapshots"]),
    Scene(
      name: "stop-logging-then-take-data", rule: "AWS CloudTrail Logging Stopped Then Data Taken",
      events: ["StopLogging", "GetSecretValue"]),
    Scene(
      name: "use-new-key-elsewhere", rule: "AWS IAM Access Key Used from Another Address Than It Was Made From",
      events: ["CreateAccessKey", "GetCallerIdentity", "ListBuckets", "ListSecrets"]),
    Scene(
      name: "spray-console-logins", rule: "AWS Console Logins Sprayed from One Address", events: ["ConsoleLogin × 8"]),
    Scene(
      name: "mass-deletion", rule: "AWS Many Resources Deleted by One Identity",
      events: ["DeleteSnapshot × 12", "DeleteVolume × 8"]),
    Scene(
      name: "enumerate-permissions", rule: "AWS Many Kinds of Calls Refused to One Identity",
      events: ["GetAccountAuthorizationDetails", "ListUsers", "ListRoles"]),
    Scene(
      name: "enumerate-regions", rule: "AWS One Identity Looks Around in Many Regions",
      events: ["DescribeInstances × 8"]),
  ]

  /// The calls of a story, each as often as it comes at least.
  private static func counts(_ events: [String]) -> [(name: String, least: Int)] {
    events.map { event in
      let parts = event.split(separator: " × ")
      return (String(parts[0]), parts.count == 2 ? Int(parts[1]) ?? 1 : 1)
    }
  }

  @Test("Every attack that is planted ends in one alert that tells the whole of it, in order", arguments: scenes)
  func told(scene: Scene) throws {
    let scratch = try Scratch()
    let made = try Binary([
      "generate", "--events", "2500", "--seed", "3", "--attack", scene.name, "--out", scratch.path + "/made",
    ])
    #expect(made.status == 0, "\(made.errors)")
    let hunt = try Binary([
      "hunt", "--format", "ndjson", "--now", "2026-02-01T00:00:00Z", scratch.path + "/made",
    ])
    #expect(hunt.status == 0, "\(hunt.errors)")
    let file = try scratch.write(hunt.output, "alerts.ndjson")
    let alerts = try hunt.documents.filter {
      $0["kibana.alert.rule.name"]?.stringValue == scene.rule && $0["kibana.alert.group.index"] == nil
    }
    #expect(alerts.count == 1, "\(alerts.count)")
    let alert = try #require(alerts.first)
    let told = alert["martlet"]?["sequence"]?["events"] ?? alert["martlet"]?["events"]?["first"]
    let events = try #require(told?.arrayValue)
    // Each with who, what, when and from where, in order of time.
    let times = events.compactMap { $0["time"]?.stringValue }
    #expect(times.count == events.count && times == times.sorted())
    #expect(events.allSatisfy { $0["user"] != nil && $0["source"]?.stringValue?.hasPrefix("203.0.113.") == true })
    var rest = events.compactMap { $0["action"]?.stringValue }[...]
    for (name, least) in Self.counts(scene.events) {
      let count = rest.prefix { $0 == name }.count
      #expect(count >= least, "\(name) in \(rest)")
      rest = rest.dropFirst(count)
    }
    // In the table it says who, what and from where.
    let id = try #require(alert["kibana.alert.uuid"]?.stringValue)
    let table = try Binary(["report", "--format", "csv", "--fields", "id,who,what,from", file])
    let row = table.output.split(whereSeparator: \.isNewline).first { $0.hasPrefix(id) } ?? ""
    #expect(!row.isEmpty && !row.contains(",,") && !row.hasSuffix(","), "\(row) \(table.errors)")
    let sheet = try Binary(["show", id, file]).output
    let head = sheet.split(separator: "\n").prefix(4).joined(separator: "\n")
    #expect(head.contains(scene.rule) && !head.contains("Somebody"), "\(head)")
  }

  @Test(
    "A list of indicators tells of the attacker's address; without one the rule that ships says that it waits, no more")
  func indicators() throws {
    let scratch = try Scratch()
    let files = scratch.path + "/made"
    let made = try Binary([
      "generate", "--events", "2500", "--seed", "3", "--attack", "trust-policy", "--out", files,
    ])
    let address = try #require(
      try Binary(["search", "--format", "ndjson", "event.action: UpdateAssumeRolePolicy", files]).documents
        .compactMap { $0["source"]?["ip"]?.stringValue }.first { $0.hasPrefix("203.0.113.") }, "\(made.errors)")
    let name = "AWS Call from an Address on a List of Indicators"
    let now = ["--now", "2026-02-01T00:00:00Z"]
    let without = try Binary(["hunt", "--format", "ndjson"] + now + [files])
    #expect(without.status == 0)
    #expect(without.errors.contains("1 rule more waits for indicators (--indicators)"), "\(without.errors)")
    #expect(!without.errors.contains("Not covered"))
    #expect(try Binary(["hunt", "-v", "--format", "ndjson"] + now + [files]).errors.contains("Not covered"))
    let list = try scratch.write("threat.indicator.ip,threat.feed.name\n\(address),ours\n", "list.csv")
    let with = try Binary(["hunt", "--format", "ndjson", "--indicators", "logs-ti_*=\(list)"] + now + [files])
    #expect(with.status == 0 && !with.errors.contains("indicators (--indicators)"), "\(with.errors)")
    let alerts = try with.documents.filter { $0["kibana.alert.rule.name"]?.stringValue == name }
    #expect(alerts.count == 3, "\(alerts.count)")
    #expect(alerts.allSatisfy { $0["threat"]?["enrichments"]?.arrayValue?.first?["feed"]?["name"] == "ours" })
    // A rule of one's own that finds none is warned of.
    let own = try scratch.write(
      """
      [rule]
      rule_id = "own"
      name = "Own"
      description = "d"
      severity = "low"
      risk_score = 1
      type = "threat_match"
      language = "kuery"
      index = ["logs-aws.cloudtrail-*"]
      query = "*:*"
      threat_index = ["mine"]
      threat_query = "*:*"
      threat_mapping = [{ entries = [{ field = "source.ip", type = "mapping", value = "threat.indicator.ip" }] }]
      """, "own.toml")
    #expect(
      try Binary(["hunt", "--rules", own] + now + [files]).errors.contains(
        "warning: 1 rule does not take part: Not covered"))
  }
}
