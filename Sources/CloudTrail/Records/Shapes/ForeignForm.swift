import JSON

/// A kind of record or file that is known and is no CloudTrail, so that it is called by its name.
public struct ForeignForm: Hashable, Sendable {
  /// What it is, short, for counts: "AWS Config".
  public let name: String
  /// What it is and what to do, to stand after a place.
  public let sentence: String
  /// What it is told as, where it is told.
  public let cause: ProblemCause

  public init(_ name: String, _ sentence: String, cause: ProblemCause = .otherForm) {
    self.name = name
    self.sentence = sentence
    self.cause = cause
  }
}

/// What of some text is known to be something else: the first of it, and how much.
public struct ForeignRecords: Sendable {
  public var form: ForeignForm
  /// The number of the first in its file.
  public var record: Int
  /// Where the first stands in the decompressed file; nil where offsets say nothing.
  public var offset: Int?
  public var count = 0
}

extension ForeignForm {
  /// A snapshot or a history of AWS Config.
  public static let awsConfig = ForeignForm(
    "AWS Config", "a snapshot or history of AWS Config, which says what resources are like and not what was done")
  /// An object that has nothing of an event.
  static let noEvent = ForeignForm(
    "JSON without events", "no eventTime, @timestamp or digestEndTime", cause: .noTime)
  private static let ocsf = ForeignForm(
    "OCSF", "an event in OCSF (Amazon Security Lake); give CloudTrail's own files, or events in ECS")
  private static let s3Notification = ForeignForm(
    "S3 notification", "a notification of S3, which only says that a file was written; read the file that it names")
  private static let delivery = ForeignForm(
    "delivery notice", "CloudTrail's notice that it wrote a file; read the file that it names")
  private static let sns = ForeignForm("SNS notification", "a notification of SNS; give what its Message says")
  private static let guardDuty = ForeignForm("GuardDuty", "a finding of GuardDuty")
  private static let securityHub = ForeignForm("Security Hub", "a finding of Security Hub")
  private static let waf = ForeignForm("AWS WAF", "a log of AWS WAF")
  private static let resolver = ForeignForm("Route 53 Resolver", "a query log of Route 53 Resolver")
  private static let flow = ForeignForm(
    "VPC flow logs", "a VPC flow log, which says what was connected and not what was done")
  private static let kubernetes = ForeignForm("Kubernetes audit", "a Kubernetes audit event")
  private static let google = ForeignForm("Google Cloud audit", "an audit log entry of Google Cloud")
  private static let azure = ForeignForm("Azure activity", "an activity log record of Azure")
  private static let office = ForeignForm("Microsoft 365 audit", "an audit record of Microsoft 365")
  private static let access = ForeignForm("AWS policy or state", "a description of resources and not a log")

  /// Forms by members that objects of theirs have at the top, the more telling first.
  private static let table: [(form: ForeignForm, members: [StaticString])] = [
    (awsConfig, ["configurationItems"]), (awsConfig, ["configurationItem", "messageType"]),
    (awsConfig, ["configSnapshotId", "fileVersion"]), (awsConfig, ["configurationItemCaptureTime", "resourceType"]),
    (ocsf, ["class_uid", "metadata"]), (ocsf, ["class_uid", "category_uid"]),
    (s3Notification, ["Service", "Event", "Bucket"]), (delivery, ["s3Bucket", "s3ObjectKey"]),
    (sns, ["TopicArn", "Message"]), (guardDuty, ["schemaVersion", "accountId", "service", "severity"]),
    (securityHub, ["SchemaVersion", "ProductArn", "AwsAccountId"]), (waf, ["webaclId", "httpRequest"]),
    (resolver, ["query_name", "query_type", "srcaddr"]), (flow, ["interface_id", "srcaddr", "dstaddr"]),
    (flow, ["interfaceId", "srcAddr", "dstAddr"]), (kubernetes, ["auditID", "verb", "stage"]),
    (google, ["protoPayload", "logName"]), (azure, ["operationName", "resourceId", "category"]),
    (office, ["CreationTime", "Operation", "Workload"]), (access, ["Version", "Statement"]),
  ]

  /// What an object is that is no record of CloudTrail, by its members; nil when nothing is known of it.
  static func of(_ node: JSONNode) -> ForeignForm? {
    // A notification of S3 looks like a record but for what it tells.
    if let source = node.member("eventSource") {
      guard source.isString, source.rawString.equals("aws:s3"), node.member("s3")?.isObject == true else { return nil }
      return s3Notification
    }
    guard node.member("eventTime") == nil, node.member("@timestamp") == nil else { return nil }
    return table.first { _, members in members.allSatisfy { node.member($0) != nil } }?.form
  }

  /// What a large object is that says nothing of records, by the members that it begins.
  public static func of(members names: Set<String>) -> ForeignForm {
    table.first { $0.members.allSatisfy { names.contains("\($0)") } }?.form ?? noEvent
  }

  /// What a message of CloudWatch Logs is that is no JSON; nil when nothing is known of it.
  static func ofMessage(_ text: UnsafeBufferPointer<UInt8>) -> ForeignForm? {
    // The version, the account and the interface begin a line of a flow log.
    let parts = text.prefix(64).split(separator: UInt8(ascii: " "), maxSplits: 3)
    guard parts.count > 3, parts[0].count <= 2, parts[0].allSatisfy({ $0 &- 0x30 < 10 }),
      parts[1].count == 12 || parts[1].elementsEqual("unknown".utf8), parts[2].starts(with: "eni-".utf8)
    else { return nil }
    return flow
  }

  /// What an EventBridge event is whose detail is no record of CloudTrail; nil when it is one, or nothing is known of it.
  static func ofEnvelope(_ node: JSONNode) -> ForeignForm? {
    guard let detail = node.member("detail"), detail.member("eventTime") == nil, detail.member("eventName") == nil,
      let type = node.member("detail-type")?.string
    else { return nil }
    return ForeignForm(
      "EventBridge", "an EventBridge event of another kind: \(type.prefix(100)); those of CloudTrail hold its record")
  }
}
