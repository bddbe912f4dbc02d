import JSON
import Testing

/// Who acts on what.
struct EntityMappingTests {
  private static func call(_ service: String, _ action: String, _ members: String) -> String {
    "\"eventSource\":\"\(service).amazonaws.com\",\"eventName\":\"\(action)\",\"recipientAccountId\":\"111\"\(members)"
  }

  private static func request(_ json: String) -> String { ",\"requestParameters\":\(json)" }
  private static func response(_ json: String) -> String { ",\"responseElements\":\(json)" }
  private static func arns(_ list: String...) -> String {
    ",\"resources\":[" + list.map { "{\"ARN\":\"\($0)\"}" }.joined(separator: ",") + "]"
  }

  /// A call, and what it acts on.
  struct Target: Sendable, CustomTestStringConvertible {
    var record: String
    var targets: [String]
    var testDescription: String { String(record.prefix(120)) }

    init(_ record: String, _ targets: String...) { (self.record, self.targets) = (record, targets) }
  }

  @Test(
    "What a call acts on, by its service and action",
    arguments: [
      Target(call("bedrock", "Converse", request("{\"modelId\":\"m\"}")), "m"),
      Target(call("cloudformation", "CreateStack", response("{\"stackId\":\"s\"}")), "s"),
      Target(call("cloudformation", "CreateStackSet", response("{\"stackSetId\":\"s\"}")), "s"),
      Target(call("cloudtrail", "StopLogging", request("{\"name\":\"t\"}")), "t"),
      Target(call("cloudtrail", "DescribeTrails", ""), "111"),
      Target(call("config", "StopConfigurationRecorder", request("{\"configurationRecorderName\":\"r\"}")), "r"),
      Target(call("dynamodb", "ListTables", ""), "111"), Target(call("signin", "ConsoleLogin", ""), "111"),
      Target(
        call(
          "ec2", "AuthorizeSecurityGroupIngress",
          request("{\"groupId\":\"sg-1\"}")
            + response(
              "{\"securityGroupRuleSet\":{\"items\":[{\"securityGroupRuleId\":\"sgr-2\"},{},{\"securityGroupRuleId\":\"sgr-1\"}]}}"
            )
        ), "sg-1", "sgr-1", "sgr-2"),
      Target(
        call(
          "ec2", "CreateTrafficMirrorSession",
          response(
            "{\"CreateTrafficMirrorSessionResponse\":{\"trafficMirrorSession\":{\"trafficMirrorSessionId\":\"tms-1\"}}}"
          )),
        "tms-1"),
      Target(
        call("ec2", "DeleteFlowLogs", request("{\"DeleteFlowLogsRequest\":{\"FlowLogId\":{\"content\":\"fl-1\"}}}")),
        "fl-1"),
      Target(
        call("ec2", "DeleteNetworkAclEntry", request("{\"networkAclId\":\"acl-1\",\"ruleNumber\":100}")), "100", "acl-1"
      ),
      Target(call("ec2", "GetPasswordData", request("{\"instanceId\":\"i-0123456789\"}")), "i-0123456789"),
      Target(call("ec2", "ModifySnapshotAttribute", request("{\"snapshotId\":\"snap-1\"}")), "snap-1"),
      Target(call("ec2", "DescribeRegions", ""), "111"), Target(call("ec2", "RunInstances", "")),
      Target(call("ec2-instance-connect", "SendSSHPublicKey", request("{\"instanceId\":\"i-1\"}")), "i-1"),
      Target(call("elasticfilesystem", "DeleteMountTarget", request("{\"mountTargetId\":\"m\"}")), "m"),
      Target(call("events", "DeleteRule", request("{\"name\":\"r\"}")), "r"),
      Target(call("guardduty", "CreateDetector", response("{\"detectorId\":\"d\"}")), "d"),
      Target(call("iam", "AttachUserPolicy", request("{\"policyArn\":\"p\",\"userName\":\"u\"}")), "p", "u"),
      Target(
        call(
          "iam", "CreateAccessKey",
          request("{\"userName\":\"u\"}") + response("{\"accessKey\":{\"accessKeyId\":\"AKIA\"}}")), "AKIA", "u"),
      Target(call("iam", "UpdateAssumeRolePolicy", request("{\"roleName\":\"ops\"}")), "ops"),
      Target(call("iam", "CreatePolicy", response("{\"policy\":{\"arn\":\"a\"}}")), "a"),
      Target(call("iam", "ListUsers", ""), "111"), Target(call("iam", "DeleteRole", request("{\"roleName\":\"r\"}"))),
      Target(call("kms", "DisableKey", arns("a", "b")), "a", "b"),
      Target(call("lambda", "AddPermission20150331v2", request("{\"functionName\":\"f\"}")), "f"),
      Target(call("lambda", "ListFunctions20150331", ""), "111"),
      Target(call("logs", "DeleteLogGroup", request("{\"logGroupName\":\"g\"}")), "g"),
      Target(call("monitoring", "DeleteAlarms", request("{\"alarmNames\":[\"b\",\"a\",\"b\",7]}")), "a", "b"),
      Target(call("rds", "DeleteDBInstance", response("{\"dBInstanceArn\":\"a\"}")), "a"),
      Target(call("rds", "RestoreDBInstanceFromS3", response("{\"dBInstanceArn\":\"a\"}")), "a"),
      Target(call("rolesanywhere", "CreateTrustAnchor", response("{\"trustAnchor\":{\"trustAnchorArn\":\"a\"}}")), "a"),
      Target(
        call(
          "route53resolver", "DeleteResolverQueryLogConfig", response("{\"resolverQueryLogConfig\":{\"arn\":\"a\"}}")),
        "a"),
      Target(call("s3", "GetObject", arns("arn:aws:s3:::b/k", "arn:aws:s3:::b")), "arn:aws:s3:::b", "arn:aws:s3:::b/k"),
      Target(
        call(
          "s3", "PutBucketReplication",
          arns("a") + request("{\"ReplicationConfiguration\":{\"Rule\":{\"Destination\":{\"Bucket\":\"d\"}}}}")), "a",
        "d"),
      Target(call("s3", "ListBuckets", ""), "111"),
      Target(call("secretsmanager", "GetSecretValue", request("{\"secretId\":\"s\"}")), "s"),
      Target(call("secretsmanager", "BatchGetSecretValue", request("{\"secretIdList\":[\"s\"]}")), "s"),
      Target(call("sns", "Publish", request("{\"topicArn\":\"t\"}")), "t"),
      Target(call("ssm", "StartSession", request("{\"target\":\"i-1\"}")), "i-1"),
      Target(
        call("ssm", "SendCommand", request("{\"instanceIds\":[\"i-1\"],\"targets\":[{\"values\":[\"x\"]}]}")), "i-1"),
      Target(call("ssm", "SendCommand", request("{\"targets\":[{\"values\":[\"x\",\"y\"]}]}")), "x", "y"),
      Target(call("ssm", "SendCommand", request("{\"targets\":[{\"values\":[\"*\"]}]}")), "111"),
      Target(call("sts", "AssumeRole", request("{\"roleArn\":\"a\"}")), "a"),
      Target(call("sts", "GetCallerIdentity", ""), "111"),
      Target(call("wafv2", "DeleteWebACL", request("{\"id\":\"w\"}")), "w"),
      Target(call("unheard", "GetObject", arns("a"))),
    ])
  func targets(target: Target) throws {
    let mapped = try Mapped("{\"eventTime\":\"2024-05-01T10:00:01Z\",\(target.record)}")
    let expected: JSONValue? = target.targets.isEmpty ? nil : .array(target.targets.map { .string($0) })
    #expect(try mapped.value("target.entity.id") == expected, "\(mapped.text)")
    for id in target.targets {
      #expect(try mapped.value("related.entity")?.arrayValue?.contains(.string(id)) == true)
      // Each is in one field by its kind.
      let kinds = ["service.target.entity.id", "user.target.entity.id", "host.target.entity.id", "entity.target.id"]
      let holding = try kinds.filter { try mapped.value($0)?.arrayValue?.contains(.string(id)) == true }
      #expect(holding.count == 1, "\(id): \(holding)")
    }
  }

  /// A target is in the field of its kind. `Publish` names it as it is.
  @Test(
    "A target's kind is told by its form",
    arguments: [
      ("arn:aws:iam::1:role/aws-service-role/x/AWSServiceRoleForX", "service.target.entity.id"),
      ("arn:aws:iam::1:role/ops", "user.target.entity.id"), ("arn:aws:iam::1:user/kim", "user.target.entity.id"),
      ("arn:aws:sts::1:assumed-role/ops/s", "user.target.entity.id"), ("arn:aws:iam::1:mfa/k", "user.target.entity.id"),
      ("AKIAEXAMPLE000000001", "user.target.entity.id"), ("AKIAEXAMPLE", "entity.target.id"),
      ("arn:aws:ec2:r:1:instance/i-0123456789", "host.target.entity.id"), ("i-0123456789", "host.target.entity.id"),
      ("arn:aws:lambda:r:1:function:f", "service.target.entity.id"),
      ("arn:aws:kms:r:1:key/k", "service.target.entity.id"),
      ("arn:aws:s3:::bucket/key", "service.target.entity.id"), ("arn:aws:sns:r:1:name", "entity.target.id"),
      ("arn:aws:ec2:r:1:security-group/sg-1", "service.target.entity.id"), ("sg-1", "service.target.entity.id"),
      ("vpc-1", "service.target.entity.id"), ("pcx-1", "service.target.entity.id"), ("vol-1", "entity.target.id"),
      ("111122223333", "entity.target.id"), ("some name", "entity.target.id"),
    ])
  func kinds(id: String, field: String) throws {
    let mapped = try Mapped(
      "{\"eventTime\":\"2024-05-01T10:00:01Z\",\(Self.call("sns", "Publish", Self.request("{\"topicArn\":\"\(id)\"}")))}"
    )
    #expect(try mapped.value(field) == [.string(id)], "\(mapped.text)")
  }

  @Test(
    "Targets and actors besides",
    arguments: [
      MappingRow(
        call("sns", "Publish", request("{\"topicArn\":\"i-0123456789\"}")), "host.target.id", ["i-0123456789"]),
      MappingRow(
        call("sns", "Publish", request("{\"topicArn\":\"arn:aws:ec2:r:1:instance/i-0123456789\"}")), "host.target.id",
        ["i-0123456789"]),
      MappingRow(
        call("sns", "Publish", request("{\"topicArn\":\"arn:aws:ssm:r:1:instance/i-0123456789\"}")), "host.target.id",
        nil),
      // Names that people chose stay where rules look for them.
      MappingRow(
        call("iam", "AttachRolePolicy", request("{\"roleName\":\"vpc-flow\"}")), "entity.target.id", ["vpc-flow"]),
      MappingRow(call("iam", "AttachRolePolicy", request("{\"roleName\":\"i-am\"}")), "host", nil),
      // A value of another type is passed over by itself.
      MappingRow(
        call("wafv2", "X", request("{\"id\":\"w\"}") + response("{\"summary\":{\"a\":1}}")), "related.entity", ["w"]),
      MappingRow("\"eventSource\":\"iam.amazonaws.com\",\"requestParameters\":{\"roleName\":\"r\"}", "related", nil),
      MappingRow(
        call(
          "sts", "AssumeRole",
          """
          ,"userIdentity":{"type":"AssumedRole","accessKeyId":"ASIA","userName":"u","principalId":"P",\
          "arn":"arn:aws:sts::1:assumed-role/ops/s","sessionContext":{"sessionIssuer":{"arn":"arn:aws:iam::1:role/ops",\
          "userName":"ops"}}},"additionalEventData":{"MFAIdentifier":"mfa"},"sourceIdentity":"kim",\
          "requestParameters":{"roleArn":"arn:r","roleSessionName":"n"},\
          "responseElements":{"assumedRoleUser":{"arn":"arn:a"},"accessKeyId":"AK"}
          """),
        "related.entity",
        [
          "AK", "ASIA", "arn:a", "arn:aws:iam::1:role/ops", "arn:aws:sts::1:assumed-role/ops/s", "arn:r", "kim", "mfa",
          "n", "ops", "u",
        ]),
      MappingRow(
        call(
          "ec2", "RunInstances",
          response(
            """
            {"instancesSet":{"items":[{"instanceId":"i-1"},{"instanceId":"i-2","imageId":"ami","networkInterfaceSet":{\
            "items":[{"networkInterfaceId":"eni-1","groupSet":{"items":[{"groupId":"sg-1"}]}}]}}]}}
            """)), "related.entity", ["ami", "eni-1", "i-1", "i-2", "sg-1"]),
      MappingRow(call("x", "X", ",\"userIdentity\":{\"type\":\"IAMUser\",\"arn\":\"a\"}"), "user.entity.id", ["a"]),
      MappingRow(call("x", "X", ",\"userIdentity\":{\"type\":\"IAMUser\",\"arn\":\"a\"}"), "actor.entity.id", ["a"]),
      MappingRow(call("x", "X", ",\"userIdentity\":{\"type\":\"X\",\"arn\":\"a\"}"), "entity.id", ["a"]),
      MappingRow(
        call("x", "X", ",\"userIdentity\":{\"type\":\"X\",\"arn\":\"arn:aws:iam::1:user/k\"}"), "user.entity.id",
        ["arn:aws:iam::1:user/k"]),
      MappingRow(
        call("x", "X", ",\"userIdentity\":{\"type\":\"X\",\"onBehalfOf\":{\"userId\":\"u\"}}"), "actor.entity.id", ["u"]
      ),
      MappingRow(
        call(
          "x", "X",
          ",\"userIdentity\":{\"type\":\"AssumedRole\",\"arn\":\"arn:a\",\"sessionContext\":{\"sessionIssuer\":{\"arn\":\"arn:i\"}}}"
        ),
        "user.entity.id", ["arn:i"]),
      MappingRow(
        call(
          "x", "X",
          ",\"userIdentity\":{\"type\":\"AssumedRole\",\"arn\":\"arn:aws:sts::1:assumed-role/AWSServiceRoleForX/s\"}"),
        "service.entity.id", ["arn:aws:sts::1:assumed-role/AWSServiceRoleForX/s"]),
      MappingRow(
        call("sts", "AssumeRole", ",\"userIdentity\":{\"type\":\"AWSService\",\"invokedBy\":\"ec2.amazonaws.com\"}"),
        "service.entity.id", ["ec2.amazonaws.com"]),
      MappingRow(
        call("x", "X", ",\"userIdentity\":{\"type\":\"AWSService\",\"invokedBy\":\"ec2.amazonaws.com\"}"), "actor", nil),
      MappingRow(call("x", "X", ",\"userIdentity\":{\"type\":\"X\",\"arn\":\"i-1\"}"), "host.entity.id", ["i-1"]),
    ])
  func besides(row: MappingRow) throws { try row.check() }

  @Test(
    "Addresses, hosts and hashes that an event is related to",
    arguments: [
      MappingRow("\"sourceIPAddress\":\"192.0.2.1\"", "related", ["ip": ["192.0.2.1"]]),
      MappingRow("\"serviceEventDetails\":{\"sourceIpAddress\":\"192.0.2.2\"}", "related.ip", ["192.0.2.2"]),
      MappingRow("\"serviceEventDetails\":{\"sourceIpAddress\":\"x\"}", "related", nil),
      MappingRow("\"sourceIPAddress\":\"host.example\"", "related.hosts", ["host.example"]),
      MappingRow("\"sourceIPAddress\":\"AWS Internal.\"", "related", nil),
      MappingRow("\"sourceIPAddress\":\"ec2.amazonaws.com\"", "related", nil),
      MappingRow(
        "\"tlsDetails\":{\"clientProvidedHostHeader\":\"h.example\"},\"requestParameters\":{\"computerName\":\"c\"}",
        "related.hosts", ["h.example", "c"]),
      MappingRow("\"tlsDetails\":{\"clientProvidedHostHeader\":\"sts.amazonaws.com\"}", "related", nil),
      MappingRow(
        """
        "resources":[{"ARN":"arn:aws:ec2:r:1:instance/i-00000001"}],"requestParameters":{"instanceId":"i-00000002",\
        "target":"i-1","instanceIds":["i-00000003"]},"responseElements":{"resourceId":"i-00000004",\
        "instancesSet":{"items":[{"instanceId":"i-00000005"}]}}
        """,
        "related.hosts", ["i-00000001", "i-00000002", "i-00000003", "i-00000004", "i-00000005"]),
    ])
  func related(row: MappingRow) throws { try row.check() }

  @Test("An event that sums up many calls tells its account, its id and the start of its window, and no outcome")
  func aggregated() throws {
    let mapped = try Mapped(
      """
      {"eventVersion":"1.0","accountId":"111","eventId":"e","eventType":"AwsAggregatedEvent",\
      "eventCategory":"Aggregated","eventSource":"s3.amazonaws.com",\
      "timeWindow":{"windowStart":"2026-03-01T10:00:00Z","windowSize":"PT5M"},"summary":{"a":[{"name":"n","value":5}]}}
      """)
    #expect(try mapped.value("@timestamp") == "2026-03-01T10:00:00.000Z")
    #expect(try mapped.value("event.id") == "e")
    #expect(try mapped.value("cloud.account.id") == "111")
    #expect(try mapped.value("event.outcome") == nil)
    #expect(try mapped.value("event.type") == nil)
    #expect(try mapped.value("aws.cloudtrail.time_window.windowSize") == "PT5M")
    #expect(try mapped.value("aws.cloudtrail.summary") == ["a": [["name": "n", "value": 5]]])
  }
}
