import Events
import Rules

/// What a line of a table says of an alert: made alike from an alert of a hunt and from one that was saved.
public struct AlertLine: Sendable, Equatable {
  /// `kibana.alert.uuid`; empty where there is none.
  public var id: String
  /// When the event happened; nil where that is not told or no time.
  public var time: Timestamp?
  public var severity: Severity
  /// Whether it is open, acknowledged or closed; nil where that is not told.
  public var status: String?
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
  /// What else was done, and from where else, by the events of an alert on several.
  public var otherActions: [String] = []
  public var otherOrigins: [String] = []

  /// What the events have that an alert on several stands on: different values, in the order of the events.
  public struct Events: Sendable, Equatable {
    public var users: [String] = []
    public var actions: [String] = []
    public var origins: [String] = []
    /// When the last of them happened.
    public var last: String?
    /// True for events that follow one another: the alert is dated by the execution that found them.
    public var isSequence = false

    public init() {}
  }

  /// The fields that are looked at; a value may stand nested or under a dotted key.
  public static let fields: [String] =
    [
      "kibana.alert.uuid", "kibana.alert.original_time", "@timestamp", "kibana.alert.severity",
      "kibana.alert.workflow_status",
      "kibana.alert.rule.severity", "kibana.alert.rule.rule_id", "kibana.alert.rule.uuid", "kibana.alert.rule.name",
      "event.action", "kibana.alert.original_event.action", "event.outcome", "aws.cloudtrail.error_code",
      "user.target.name", "target.entity.id", "entity.target.id", "aws.cloudtrail.resources.arn",
      "cloud.region", "source.address", "source.ip", "martlet.evidence.history.complete",
      "aws.cloudtrail.recipient_account_id",
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

  /// Takes what a line says from an alert.
  ///
  /// - Parameters:
  ///   - events: what the events of an alert on several have: it says what the alert's own fields do not.
  ///   - value: gives the first value of a field as text.
  public init(events: Events = Events(), _ value: (String) -> String?) {
    id = value("kibana.alert.uuid") ?? ""
    time =
      ((events.isSequence ? events.last : nil) ?? value("kibana.alert.original_time") ?? events.last
      ?? value("@timestamp")).flatMap { Timestamp(iso8601: $0) }
    severity =
      (value("kibana.alert.severity") ?? value("kibana.alert.rule.severity")).flatMap(Severity.init(rawValue:)) ?? .low
    status = value("kibana.alert.workflow_status")
    rule = value("kibana.alert.rule.name") ?? "unnamed rule"
    ruleID = value("kibana.alert.rule.rule_id") ?? value("kibana.alert.rule.uuid") ?? rule
    let isNamed = ["aws.cloudtrail.user_identity.arn", "user.name", "user.id"].contains { value($0) != nil }
    who = isNamed || events.users.isEmpty ? ShortPrincipal.text(value) : AlertRow.Cell(events.users).text
    principal =
      value("aws.cloudtrail.user_identity.arn") ?? value("user.id") ?? value("user.name")
      ?? value("aws.cloudtrail.user_identity.invoked_by")
    action = value("event.action") ?? value("kibana.alert.original_event.action") ?? events.actions.first
    otherActions = events.actions.filter { [action] in $0 != action }
    errorCode = value("aws.cloudtrail.error_code").flatMap { $0.isEmpty ? nil : $0 }
    outcome = errorCode == nil ? value("event.outcome") : "failure"
    target =
      (value("user.target.name") ?? value("target.entity.id") ?? value("entity.target.id")
      ?? value("aws.cloudtrail.resources.arn") ?? Self.requestTargets.lazy.compactMap(value).first { !$0.isEmpty })
      .map(Self.shortTarget)
    hasShortHistory = value("martlet.evidence.history.complete") == "false"
    // Of events of several callers the account in which they happened.
    account = value("cloud.account.id") ?? value("aws.cloudtrail.recipient_account_id")
    region = value("cloud.region")
    origin = value("source.address") ?? value("source.ip") ?? events.origins.first
    otherOrigins = events.origins.filter { [origin] in $0 != origin }
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
