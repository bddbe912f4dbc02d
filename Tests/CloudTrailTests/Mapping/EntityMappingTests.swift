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
