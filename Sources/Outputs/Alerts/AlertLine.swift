import Events
import Rules

/// What a line of a table says of an alert: made alike from an alert of a hunt and from one that was saved.
public struct AlertLine: Sendable, Equatable {
  /// `kibana.alert.uuid`; empty where there is none.
  public var id: String
  /// When the event happened; nil where that is not told or no time.
  public var time: Timestamp?
  public var severity: Severity
  public var ruleID: String
  /// The rule's name, or what its name override says.
  public var rule: String
  /// Who acted, for people: see `ShortPrincipal`.
  public var who: String?
  /// Who acted, so that two of one short name stay two.
  public var principal: String?
  public var action: String?
  /// `event.outcome`; `failure` for whatever has an error code.
  public var outcome: String?
  /// The code that the call ended with, where it failed with one.
  public var errorCode: String?
  /// True when only a part of the history was given in which the alert's terms are new.
  public var hasShortHistory: Bool
  /// What was acted on, as short as it can be said.
  public var target: String?
  public var account: String?
  public var region: String?
  /// Where the call came from: an address, or a service's name.
  public var origin: String?

  /// The fields that are looked at; a value may stand nested or under a dotted key.
  public static let fields: [String] =
    [
      "kibana.alert.uuid", "kibana.alert.original_time", "@timestamp", "kibana.alert.severity",
      "kibana.alert.rule.severity", "kibana.alert.rule.rule_id", "kibana.alert.rule.uuid", "kibana.alert.rule.name",
      "event.action", "kibana.alert.original_event.action", "event.outcome", "aws.cloudtrail.error_code",
      "user.target.name", "target.entity.id", "entity.target.id", "aws.cloudtrail.resources.arn",
      "cloud.region", "source.address", "source.ip", "martlet.evidence.history.complete",
    ] + requestTargets + ShortPrincipal.fields

  /// What requests call the thing that is acted on, by which a line says it where the fields of targets do not: the surest
  /// first, so that of a role's policy it is the role.
  private static let requestTargets = [
    "trailName", "functionName", "roleName", "userName", "groupName", "instanceProfileName", "policyArn", "policyName",
    "bucketName", "keyId", "secretId", "repositoryName", "tableName", "topicArn", "queueUrl", "queueName",
    "dBInstanceIdentifier", "dBClusterIdentifier", "dBSnapshotIdentifier", "dBClusterSnapshotIdentifier", "snapshotId",
    "imageId", "groupId", "instanceId", "volumeId", "detectorId", "logGroupName", "backupVaultName", "stackName",
    "clusterName", "resourceArn", "resourceARN", "name",
  ].map { "aws.cloudtrail.flattened.request_parameters." + $0 }

  /// Takes what a line says from an alert; `value` gives the first value of a field as text.
  public init(_ value: (String) -> String?) {
    id = value("kibana.alert.uuid") ?? ""
    time = (value("kibana.alert.original_time") ?? value("@timestamp")).flatMap { Timestamp(iso8601: $0) }
    severity =
      (value("kibana.alert.severity") ?? value("kibana.alert.rule.severity")).flatMap(Severity.init(rawValue:)) ?? .low
    rule = value("kibana.alert.rule.name") ?? "unnamed rule"
    ruleID = value("kibana.alert.rule.rule_id") ?? value("kibana.alert.rule.uuid") ?? rule
    who = ShortPrincipal.text(value)
    principal =
      value("aws.cloudtrail.user_identity.arn") ?? value("user.id") ?? value("user.name")
      ?? value("aws.cloudtrail.user_identity.invoked_by")
    action = value("event.action") ?? value("kibana.alert.original_event.action")
    errorCode = value("aws.cloudtrail.error_code").flatMap { $0.isEmpty ? nil : $0 }
    outcome = errorCode == nil ? value("event.outcome") : "failure"
    target =
      (value("user.target.name") ?? value("target.entity.id") ?? value("entity.target.id")
      ?? value("aws.cloudtrail.resources.arn") ?? Self.requestTargets.lazy.compactMap(value).first { !$0.isEmpty })
      .map(Self.shortTarget)
    hasShortHistory = value("martlet.evidence.history.complete") == "false"
    account = value("cloud.account.id")
    region = value("cloud.region")
    origin = value("source.address") ?? value("source.ip")
  }

  /// An ARN without what other columns say of it: `role/ops` for `arn:aws:iam::111122223333:role/ops`.
  static func shortTarget(_ target: String) -> String {
    let parts = target.split(separator: ":", maxSplits: 5, omittingEmptySubsequences: false)
    guard parts.count == 6, parts[0] == "arn", !parts[5].isEmpty else {
      // A queue goes by its address, whose end is its name.
      guard target.hasPrefix("https://sqs."), let name = target.split(separator: "/").last else { return target }
      return String(name)
    }
    return String(parts[5])
  }
}
