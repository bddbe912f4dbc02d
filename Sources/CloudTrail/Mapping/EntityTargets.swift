/// What a call acts on, by service and action, and what else it names; facts of the actor and target mapping of Elastic's
/// AWS integration.
enum EntityTargets {
  /// Where something stands in a record.
  enum Source: BitwiseCopyable, Sendable {
    case request(EntityTree)
    case response(EntityTree)
    case additional(EntityTree)
    /// The number of a rule, as text.
    case requestNumber(EntityTree)
    /// The ARN of each resource.
    case resources
    /// The account that the call went to.
    case account
    /// The record's own member `sourceIdentity`.
    case sourceIdentity
    /// The sources of the second count where the first find nothing; the lone text `*` of either stands for the account.
    case firstOf(Sources, Sources)
  }

  /// Several sources, in memory that is never given back and that nobody changes, as their paths are.
  struct Sources: @unchecked Sendable, BitwiseCopyable {
    let all: UnsafeBufferPointer<Source>

    init(_ sources: [Source]) { all = .immortal(sources) }

    static let none = Sources([])
    static let account = Sources([.account])
  }

  /// Reads sources as `req.keyId res.keyMetadata.{arn keyId} account`.
  static func sources(_ text: String) -> Sources {
    Sources(sourceList(text))
  }

  private static func sourceList(_ text: String) -> [Source] {
    var sources: [Source] = []
    var paths: [Substring: [String]] = [:]
    for word in words(text) {
      switch word {
      case "account": sources.append(.account)
      case "resources": sources.append(.resources)
      case "sourceIdentity": sources.append(.sourceIdentity)
      default: paths[word.prefix { $0 != "." }, default: []].append(String(word.drop { $0 != "." }.dropFirst()))
      }
    }
    // Nothing depends on the order: what is found is sorted.
    for (root, paths) in paths {
      let tree = EntityTree(paths)
      switch root {
      case "req": sources.append(.request(tree))
      case "res": sources.append(.response(tree))
      case "num": sources.append(.requestNumber(tree))
      default: sources.append(.additional(tree))
      }
    }
    return sources
  }

  /// The words of a text; one with braces gives a word for each of the words in them.
  private static func words(_ text: String) -> [String] {
    var words: [String] = []
    var rest = text[...]
    while let start = rest.firstIndex(where: { $0 != " " && $0 != "\n" }) {
      rest = rest[start...]
      let end = rest.firstIndex { $0 == " " || $0 == "\n" } ?? rest.endIndex
      guard let open = rest[..<end].firstIndex(of: "{"), let close = rest[open...].firstIndex(of: "}") else {
        words.append(String(rest[..<end]))
        rest = rest[end...]
        continue
      }
      let after = rest.index(after: close)
      let tailEnd = rest[after...].firstIndex { $0 == " " || $0 == "\n" } ?? rest.endIndex
      for inner in rest[rest.index(after: open)..<close].split(separator: " ") {
        words.append("\(rest[..<open])\(inner)\(rest[after..<tailEnd])")
      }
      rest = rest[tailEnd...]
    }
    return words
  }

  /// What else the calls of a service name: `related.entity`.
  static let related: [String: Sources] = [
    "cloudtrail":
      "req.{name s3BucketName} res.{name cloudWatchLogsLogGroupArn cloudWatchLogsRoleArn kmsKeyId snsTopicARN trailARN}",
    "config": "req.configurationRecorderName", "s3": "req.bucketName",
    "ec2": """
    req.{groupId groupName roleName subnetId volumeId networkInterfaceId vpcId snapshotId}
    res.{groupId reservationId vpc.vpcId vpc.dhcpOptionsId snapshotId volumeId}
    req.groupSet.items[].groupId res.groupSet.items[].groupId
    res.securityGroupRuleSet.items[].{groupId referencedGroupInfo.groupId securityGroupRuleId}
    req.revokedSecurityGroupRuleSet.items[].{securityGroupRuleId groupId}
    req.instancesSet.items[].instanceId
    res.instancesSet.items[].{subnetId vpcId instanceId imageId iamInstanceProfile.arn}
    res.instancesSet.items[].networkInterfaceSet.items[].{networkInterfaceId vpcId subnetId groupSet.items[].groupId}
    """,
    "guardduty": "req.detectorId res.detectorId",
    "iam": """
    req.{userName serialNumber accessKeyId policyArn roleName policyName} res.{userId role.arn serialNumber}
    res.accessKey.{userName accessKeyId} res.user.{arn userId userName}
    """,
    "kms": "req.keyId res.keyId res.keyMetadata.{arn keyId}",
    "lambda":
      "req.functionName res.{functionArn functionName role} res.vpcConfig.{securityGroupIds[] subnetIds[]}",
    "rds": """
    req.{dBInstanceIdentifier dBInstanceArn} res.{dBInstanceIdentifier dbInstanceArn dBSubnetGroup.vpcId}
    res.dBSubnetGroup.subnets[].subnetIdentifier res.vpcSecurityGroups[].vpcSecurityGroupId
    """,
    "sts": """
    req.{roleArn roleSessionName} res.{assumedRoleUser.arn accessKeyId} sourceIdentity add.MFAIdentifier
    """,
    "wafv2": "req.id res.summary",
  ].mapValues(sources)

  /// What a call acts on.
  static func targets(_ service: String, _ action: String) -> Sources {
    if service == "lambda" {
      // Names of its actions carry a version.
      func contains(_ name: String) -> Bool { action.utf8.firstRange(of: name.utf8) != nil }
      if contains("AddPermission") { return addPermission }
      return contains("ListFunctions") ? .account : .none
    }
    return byService[service]?[action] ?? .none
  }

  private static let addPermission = sources("req.functionName")

  private static let byService: [String: [String: Sources]] = {
    var table: [String: [String: Sources]] = [:]
    func add(_ service: String, _ actions: String, _ text: String) {
      let sources = sources(text)
      for action in words(actions) { table[service, default: [:]][action] = sources }
    }
    add("bedrock", "Converse", "req.modelId")
    add("cloudformation", "CreateStack", "res.stackId")
    add("cloudformation", "CreateStackSet", "res.stackSetId")
    add("cloudtrail", "DeleteTrail StopLogging", "req.name")
    add("cloudtrail", "DescribeTrails", "account")
    add("config", "{Start Stop}ConfigurationRecorder", "req.configurationRecorderName")
    add("dynamodb", "ListTables", "account")
    add("elasticloadbalancing", "DescribeLoadBalancers", "account")
    add("signin", "ConsoleLogin", "account")
    add(
      "ec2", "AuthorizeSecurityGroup{Egress Ingress}",
      "req.groupId res.securityGroupRuleSet.items[].securityGroupRuleId")
    for kind in ["Filter", "FilterRule", "Session", "Target"] {
      add(
        "ec2", "CreateTrafficMirror\(kind)",
        "res.CreateTrafficMirror\(kind)Response.trafficMirror\(kind).trafficMirror\(kind)Id")
    }
    add("ec2", "DeleteFlowLogs", "req.DeleteFlowLogsRequest.FlowLogId.content")
    add("ec2", "DeleteNetworkAcl", "req.networkAclId")
    add("ec2", "DeleteNetworkAclEntry", "req.networkAclId num.ruleNumber")
    add("ec2", "GetPasswordData", "req.instanceId")
    add("ec2", "ModifyImageAttribute", "req.imageId")
    add("ec2", "ModifySnapshotAttribute", "req.snapshotId")
    add("ec2", "Describe{NetworkAcls NetworkInterfaces Regions SecurityGroups Volumes Vpcs}", "account")
    add("ec2-instance-connect", "SendSSHPublicKey SendSerialConsoleSSHPublicKey", "req.instanceId")
    add("elasticfilesystem", "DeleteFileSystem", "req.fileSystemId")
    add("elasticfilesystem", "DeleteMountTarget", "req.mountTargetId")
    add("events", "DeleteRule", "req.name")
    add("guardduty", "CreateDetector", "res.detectorId")
    add("guardduty", "DeleteDetector", "req.detectorId")
    add("iam", "AttachGroupPolicy", "req.groupName")
    add("iam", "AttachRolePolicy ListAttachedRolePolicies UpdateAssumeRolePolicy", "req.roleName")
    add("iam", "AttachUserPolicy", "req.{policyArn userName}")
    add("iam", "CreateAccessKey", "res.accessKey.accessKeyId req.userName")
    add("iam", "CreateUser DeactivateMFADevice", "req.userName")
    add("iam", "DeleteVirtualMFADevice", "req.serialNumber")
    add("iam", "CreatePolicy", "res.policy.arn")
    add("iam", "GetPolicy", "req.policyArn")
    add("iam", "ListRoles ListUsers", "account")
    add("kms", "DisableKey ScheduleKeyDeletion", "resources")
    add("logs", "DeleteLogGroup", "req.logGroupName")
    add("logs", "DeleteLogStream", "req.logStreamName")
    add("monitoring", "DeleteAlarms", "req.alarmNames[]")
    add("rds", "{Delete Modify Stop}DBCluster", "res.dBClusterArn")
    add("rds", "{Delete Modify Stop}DBInstance RestoreDBInstanceFrom{DBSnapshot S3}", "res.dBInstanceArn")
    add("rds", "DeleteGlobalCluster", "res.globalClusterArn")
    add("rds", "ModifyDBClusterSnapshotAttribute", "res.dBClusterSnapshotIdentifier")
    add("rds", "ModifyDBSnapshotAttribute", "res.dBSnapshotIdentifier")
    add("rds", "DescribeDBInstances", "account")
    add("rolesanywhere", "CreateTrustAnchor", "res.trustAnchor.trustAnchorArn")
    add("route53resolver", "DeleteResolverQueryLogConfig", "res.resolverQueryLogConfig.arn")
    add(
      "s3", "{Copy Delete Get Head Put}Object DeleteBucket GetBucketPolicy ListObjects PutBucket{Logging Versioning}",
      "resources")
    add("s3", "PutBucketReplication", "resources req.ReplicationConfiguration.Rule.Destination.Bucket")
    add("s3", "ListBuckets", "account")
    add("secretsmanager", "GetSecretValue", "req.secretId")
    add("secretsmanager", "BatchGetSecretValue", "req.secretIdList[]")
    add("sns", "CreateTopic", "res.topicArn")
    add("sns", "Publish Subscribe", "req.topicArn")
    add("ssm", "{Create Open}ControlChannel GetParameter GetParameters", "resources")
    add("ssm", "StartSession", "req.target")
    add("ssm", "CreateDocument", "req.name")
    add("ssm", "OpenDataChannel TerminateSession", "req.sessionId")
    table["ssm", default: [:]]["SendCommand"] = Sources([
      .firstOf(sources("req.instanceIds[]"), sources("req.targets[].values[]"))
    ])
    add("ssm", "ListInstanceAssociations", "account")
    add("sts", "AssumeRole", "req.roleArn")
    add("sts", "GetCallerIdentity", "account")
    add("wafv2", "Delete{RuleGroup WebACL}", "req.id")
    return table
  }()
}
