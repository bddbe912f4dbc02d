import CloudTrail
import Events
import JSON
import Testing

/// Each row of what Elastic's AWS integration makes of a CloudTrail record.
struct CloudTrailMappingTests {
  struct Row: Sendable, CustomTestStringConvertible {
    /// Members of the record beside its time.
    var record: String
    var path: String
    /// nil: the event has no such field.
    var value: JSONValue?
    var testDescription: String { "\(record.prefix(80)) → \(path)" }

    init(_ record: String, _ path: String, _ value: JSONValue?) {
      (self.record, self.path, self.value) = (record, path, value)
    }
  }

  private func check(_ row: Row) throws {
    let mapped = try Mapped("{\"eventTime\":\"2024-05-01T10:00:01Z\",\(row.record)}")
    #expect(try mapped.value(row.path) == row.value, "\(mapped.text)")
  }

  @Test(
    "Where an event lives",
    arguments: [
      Row("\"x\":1", "data_stream", ["type": "logs", "dataset": "aws.cloudtrail", "namespace": "prod"]),
      Row("\"x\":1", "event.dataset", "aws.cloudtrail"), Row("\"x\":1", "event.module", "aws"),
      Row("\"x\":1", "event.kind", "event"), Row("\"x\":1", "cloud.provider", "aws"),
      Row("\"x\":1", "@timestamp", "2024-05-01T10:00:01.000Z"),
      Row("\"x\":1", "event.created", "2024-05-01T22:00:00.123Z"),
      Row("\"x\":1", "event.ingested", "2024-05-01T10:00:01.000Z"),
      Row("\"x\": 1", "event.original", "{\"eventTime\":\"2024-05-01T10:00:01Z\",\"x\": 1}"),
      Row("\"x\":1", "ecs.version", .string(EventContext.ecsVersion)), Row("\"x\":1", "x", nil),
      Row("\"eventSource\":\"kms.amazonaws.com\"", "cloud.service.name", "kms"),
      Row("\"eventSource\":\"kms\"", "cloud.service.name", nil),
    ])
  func surroundings(row: Row) throws { try check(row) }

  private static let session =
    """
    "userIdentity":{"type":"AssumedRole","principalId":"AROA:s","arn":"arn:u","accountId":"111",\
    "accessKeyId":"ASIA","userName":"plain","invokedBy":"ec2","sessionContext":{"attributes":{\
    "mfaAuthenticated":"false","creationDate":"2024-05-01T09:00:00Z"},"sessionIssuer":{"type":"Role",\
    "principalId":"AROA","arn":"arn:r","accountId":"222","userName":"ops"}}}
    """

  @Test(
    "Plain moves",
    arguments: [
      Row("\"eventID\":\"i\"", "event.id", "i"),
      Row("\"eventSource\":\"iam.amazonaws.com\"", "event.provider", "iam.amazonaws.com"),
      Row("\"eventName\":\"GetUser\"", "event.action", "GetUser"),
      Row("\"awsRegion\":\"eu-west-1\"", "cloud.region", "eu-west-1"),
      Row("\"eventVersion\":\"1.08\"", "aws.cloudtrail.event_version", "1.08"),
      Row("\"eventCategory\":\"Management\"", "aws.cloudtrail.event_category", "Management"),
      Row("\"eventType\":\"AwsApiCall\"", "aws.cloudtrail.event_type", "AwsApiCall"),
      Row("\"requestID\":\"r\"", "aws.cloudtrail.request_id", "r"),
      Row("\"apiVersion\":\"2010\"", "aws.cloudtrail.api_version", "2010"),
      Row("\"managementEvent\":true", "aws.cloudtrail.management_event", "true"),
      Row("\"readOnly\":false", "aws.cloudtrail.read_only", false),
      Row("\"recipientAccountId\":\"1\"", "aws.cloudtrail.recipient_account_id", "1"),
      Row("\"sharedEventID\":\"s\"", "aws.cloudtrail.shared_event_id", "s"),
      Row("\"vpcEndpointId\":\"vpce-1\"", "aws.cloudtrail.vpc_endpoint_id", "vpce-1"),
      Row("\"sessionCredentialFromConsole\":\"true\"", "aws.cloudtrail.session_credential_from_console", "true"),
      Row("\"errorCode\":\"AccessDenied\"", "aws.cloudtrail.error_code", "AccessDenied"),
      Row("\"errorMessage\":\"no \\\"x\\\"\"", "aws.cloudtrail.error_message", "no \"x\""),
      Row(session, "aws.cloudtrail.user_identity.type", "AssumedRole"),
      Row(session, "aws.cloudtrail.user_identity.arn", "arn:u"),
      Row(session, "aws.cloudtrail.user_identity.access_key_id", "ASIA"),
      Row(session, "aws.cloudtrail.user_identity.invoked_by", "ec2"),
      Row(session, "user.id", "AROA:s"), Row(session, "user.name", "ops"), Row(session, "cloud.account.id", "111"),
      Row(
        session, "aws.cloudtrail.user_identity.session_context",
        [
          "mfa_authenticated": "false", "creation_date": "2024-05-01T09:00:00.000Z",
          "session_issuer": ["type": "Role", "principal_id": "AROA", "arn": "arn:r", "account_id": "222"],
        ]),
      Row("\"userIdentity\":{\"type\":\"IAMUser\",\"userName\":\"al\"}", "user.name", "al"),
      Row(session.replacing("\"AssumedRole\"", with: "\"FederatedUser\""), "user.name", "ops"),
      Row(session.replacing("\"AssumedRole\"", with: "\"SAMLUser\""), "user.name", "plain"),
      Row(session.replacing("\"AssumedRole\"", with: "\"AWSService\""), "user.name", nil),
      Row(session.replacing("\"userName\":\"ops\"", with: "\"userName\":\"\""), "user.name", "plain"),
      Row("\"userIdentity\":{\"type\":\"Root\"}", "user.name", nil),
      Row("\"sourceIPAddress\":\"10.1.2.3\"", "source", ["address": "10.1.2.3", "ip": "10.1.2.3"]),
      Row("\"sourceIPAddress\":\"2001:db8::1\"", "source.ip", "2001:db8::1"),
      Row("\"sourceIPAddress\":\"cloudtrail.amazonaws.com\"", "source", ["address": "cloudtrail.amazonaws.com"]),
      Row("\"sourceIPAddress\":\"10.0.0.0/8\"", "source.ip", nil),
      Row(
        "\"userAgent\":\"aws-cli/2.2.23 Python/3.8.8 Linux/4.14.238-182.422.amzn2.x86_64 exe/x86_64.amzn.2\"",
        "user_agent",
        [
          "original": "aws-cli/2.2.23 Python/3.8.8 Linux/4.14.238-182.422.amzn2.x86_64 exe/x86_64.amzn.2",
          "name": "aws-cli",
          "version": "2.2.23", "device": ["name": "Other"],
          "os": ["name": "Linux", "version": "4.14.238", "full": "Linux 4.14.238"],
        ]),
      Row(
        "\"tlsDetails\":{\"tlsVersion\":\"TLSv1.2\",\"cipherSuite\":\"C\",\"clientProvidedHostHeader\":\"h\"}", "tls",
        ["version_protocol": "tls", "version": "1.2", "cipher": "C", "client": ["server_name": "h"]]),
      Row("\"tlsDetails\":{\"tlsVersion\":\"SSLv3\"}", "tls", ["version_protocol": "ssl", "version": "3"]),
      Row("\"tlsDetails\":{\"tlsVersion\":\"1.3\"}", "tls", ["version": "1.3"]),
      Row("\"tlsDetails\":{\"tlsVersion\":\"tlsVersion\",\"cipherSuite\":\"C\"}", "tls", nil),
      Row("\"tlsDetails\":{\"keyExchange\":\"x\"}", "aws.cloudtrail.tls_details.key_exchange", "x"),
      Row("\"tlsDetails\":{\"tlsVersion\":\"\"}", "tls", nil), Row("\"tlsDetails\":{}", "tls", nil),
      Row("\"tlsDetails\":null", "tls", nil),
      Row(
        """
        "resources":[{"ARN":"a","accountId":"1","type":"T"},{"ARN":"a","accountId":"1","type":"T"},\
        {"ARN":"b"},{}]
        """,
        "aws.cloudtrail.resources", [["arn": "b"], ["arn": "a", "account_id": "1", "type": "T"]]),
      Row("\"resources\":[{\"ARN\":\"b\"},{\"ARN\":\"a\"}]", "aws.cloudtrail.resources", [["arn": "a"], ["arn": "b"]]),
      // The last of those that agree stays, with what else it says.
      Row(
        """
        "resources":["x",{"ARN":"a","ARNPrefix":"1"},{"ARN":"a","ARNPrefix":"2","e":""}]
        """,
        "aws.cloudtrail.resources", [["arn": "a", "ARNPrefix": "2"]]),
    ])
  func moves(row: Row) throws { try check(row) }

  @Test(
    "What is empty leaves no field",
    arguments: [
      Row("\"eventName\":\"\"", "event.action", nil), Row("\"eventName\":null", "event.action", nil),
      Row("\"requestParameters\":{}", "aws.cloudtrail.request_parameters", nil),
      Row("\"requestParameters\":{\"a\":null,\"b\":[\"\",{}]}", "aws.cloudtrail.flattened", nil),
      Row("\"requestParameters\":null", "aws.cloudtrail.request_parameters", nil),
      Row("\"userIdentity\":{}", "user", nil), Row("\"resources\":[]", "aws.cloudtrail", nil),
      Row("\"eventName\":\"-\"", "event.action", nil), Row("\"eventName\":\"none\"", "event.action", nil),
      Row("\"eventName\":\"None\"", "event.action", "None"), Row("\"eventName\":\"\\u002d\"", "event.action", nil),
      Row("\"requestParameters\":{\"a\":\"-\",\"b\":[\"none\"]}", "aws.cloudtrail", nil),
    ])
  func emptiness(row: Row) throws { try check(row) }

  private static let login =
    """
    "eventName":"ConsoleLogin","responseElements":{"ConsoleLogin":"Success"},"additionalEventData":{\
    "MobileVersion":"No","MFAUsed":"Yes","LoginTo":"https://x"}
    """

  @Test(
    "Derived fields",
    arguments: [
      Row("\"eventName\":\"X\"", "event.outcome", "success"), Row("\"errorCode\":\"E\"", "event.outcome", "failure"),
      Row("\"errorMessage\":\"E\"", "event.outcome", "failure"),
      Row("\"errorCode\":\"\",\"errorMessage\":null", "event.outcome", "success"),
      Row(login, "event.outcome", "success"),
      Row(login.replacing("Success", with: "Failure"), "event.outcome", "failure"),
      Row("\"errorCode\":\"-\",\"errorMessage\":\"none\"", "event.outcome", "success"),
      Row(
        "\"eventName\":\"SwitchRole\",\"responseElements\":{\"SwitchRole\":\"Failure\"}", "event.outcome", "failure"),
      Row(
        "\"eventName\":\"SwitchRole\",\"responseElements\":{\"SwitchRole\":\"Success\"}", "event.outcome", "success"),
      Row("\"serviceEventDetails\":{\"CredentialVerification\":\"Failure\"}", "event.outcome", "failure"),
      Row("\"serviceEventDetails\":{\"UserAuthentication\":\"Failure\"}", "event.outcome", "failure"),
      Row("\"serviceEventDetails\":{\"UserAuthentication\":\"Success\"}", "event.outcome", "success"),
      Row(login + ",\"errorMessage\":\"E\"", "event.outcome", "success"),
      Row("\"eventName\":\"ConsoleLogin\",\"errorMessage\":\"E\"", "event.outcome", "failure"),
      Row("\"eventName\":\"X\"", "event.type", ["info"]), Row("\"eventName\":\"X\"", "event.category", nil),
      Row("\"eventName\":\"createuser\"", "event.category", nil),
      Row(
        login, "aws.cloudtrail.console_login.additional_eventdata",
        ["mobile_version": false, "mfa_used": true, "login_to": "https://x"]),
      Row(login.replacing("ConsoleLogin\",\"resp", with: "Other\",\"resp"), "aws.cloudtrail.console_login", nil),
      Row(
        "\"requestParameters\":{\"userName\":\"al\",\"newUserName\":\"bo\",\"groupName\":\"g\"}", "user.target.name",
        "al"),
      Row("\"requestParameters\":{\"userName\":\"al\",\"newUserName\":\"bo\"}", "user.changes.name", "bo"),
      Row("\"requestParameters\":{\"groupName\":\"g\"}", "group.name", "g"),
      Row("\"responseElements\":{\"group\":{\"groupId\":\"G\"}}", "group.id", "G"),
      Row("\"responseElements\":{\"user\":{\"userId\":\"U\"}}", "user.target.id", "U"),
      Row(
        "\"userIdentity\":{\"userName\":\"me\"},\"requestParameters\":{\"userName\":\"al\",\"newUserName\":\"me\"}",
        "related.user",
        ["al", "me"]),
      Row("\"eventName\":\"X\"", "related", nil),
    ])
  func derived(row: Row) throws { try check(row) }

  @Test("Request, response, additional and service data come as an object and as Java's text")
  func parameters() throws {
    let names = [
      ("requestParameters", "request_parameters"), ("responseElements", "response_elements"),
      ("additionalEventData", "additional_eventdata"), ("serviceEventDetails", "service_event_details"),
    ]
    for (key, field) in names {
      let mapped = try Mapped(
        """
        {"eventTime":"2024-05-01T10:00:01Z","\(key)":{"roleName":"ops","tags":[{"key":"a","value":"b"}],\
        "n":3600,"e":"","f":{"g":null}}}
        """
      )
      #expect(
        try mapped.value("aws.cloudtrail.flattened.\(field)")
          == ["roleName": "ops", "tags": [["key": "a", "value": "b"]], "n": 3600])
      #expect(try mapped.value("aws.cloudtrail.\(field)") == "{roleName=ops, n=3600, tags=[{value=b, key=a}]}")
      #expect(
        mapped.columns["aws.cloudtrail.flattened.\(field)"]
          == [
            .init(kind: .string, text: "ops"), .init(kind: .string, text: "a"), .init(kind: .string, text: "b"),
            .init(kind: .number, text: "3600"),
          ])
      #expect(mapped.columns["aws.cloudtrail.flattened.\(field).tags.key"] == [.init(kind: .string, text: "a")])
      #expect(mapped.dataStream == "logs-aws.cloudtrail-prod")
    }
    let text = try Mapped("{\"eventTime\":\"2024-05-01T10:00:01Z\",\"requestParameters\":\"plain\"}")
    #expect(try text.value("aws.cloudtrail.request_parameters") == "plain")
    #expect(try text.value("aws.cloudtrail.flattened") == nil)
  }

  @Test(
    "A text form of 32,766 characters keeps the object out of its flattened field",
    arguments: ["x", "é", "😀", "\\n", "\\u00e9"])
  func flattenedLimit(unit: String) throws {
    let width = unit == "😀" ? 2 : 1
    // `{a=…}` is four characters longer than its value.
    for length in [32_760, 32_761, 32_762, 32_763, 40_000] {
      let count = (length - length % width) / width
      let value = String(repeating: unit, count: count)
      let record = "{\"eventTime\":\"2024-05-01T10:00:01Z\",\"requestParameters\":{\"a\":\"\(value)\"}}"
      let isShort = count * width + 4 < 32_766
      let mapped = try Mapped(record)
      #expect((try mapped.value("aws.cloudtrail.flattened") != nil) == isShort, "\(length)")
      #expect(try mapped.value("aws.cloudtrail.request_parameters") != nil)
      #expect((mapped.columns["aws.cloudtrail.flattened.request_parameters.a"] != nil) == isShort, "\(length)")
      // Also where only the flattened field is asked for.
      let lean = try Mapped(record, plan: FieldPlan(paths: ["aws.cloudtrail.flattened.request_parameters.a"]))
      #expect(lean.columns.isEmpty != isShort, "\(length)")
    }
  }

  @Test("Digests and insights are CloudTrail too")
  func others() throws {
    let digest = try Mapped(
      """
      {"awsAccountId":"1","digestStartTime":"2024-05-01T09:00:00Z","digestEndTime":"2024-05-01T10:00:00Z",\
      "digestS3Object":"p/d.json.gz","previousDigestHashValue":"abc","previousDigestHashAlgorithm":"SHA-256",\
      "logFiles":[{"s3Object":"o"}],"publicKeyFingerprint":"f","novelty":7}
      """
    )
    #expect(try digest.value("@timestamp") == "2024-05-01T10:00:00.000Z")
    #expect(try digest.value("file") == ["path": "p/d.json.gz"])
    #expect(try digest.value("related") == ["hash": ["abc"]])
    #expect(try digest.value("cloud.account.id") == "1")
    #expect(try digest.value("event.type") == ["info"])
    #expect(try digest.value("event.outcome") == "success")
    #expect(
      try digest.value("aws.cloudtrail.flattened.digest")
        == [
          "start_time": "2024-05-01T09:00:00.000Z", "end_time": "2024-05-01T10:00:00.000Z",
          "previous_hash_value": "abc", "previous_hash_algorithm": "SHA-256", "log_files": [["s3Object": "o"]],
          "public_key_fingerprint": "f",
        ])
    #expect(try digest.value("aws.cloudtrail.novelty") == 7)
    #expect(digest.columns["aws.cloudtrail.flattened.digest.log_files.s3Object"] == [.init(kind: .string, text: "o")])
    let insight = try Mapped(
      """
      {"eventTime":"2024-05-01T10:00:01Z","eventType":"AwsCloudTrailInsight","insightDetails":{\
      "state":"Start","insightContext":{"statistics":{"n":1.50}}}}
      """
    )
    #expect(try insight.value("aws.cloudtrail.flattened.insight_details.state") == "Start")
    #expect(
      insight.columns["aws.cloudtrail.flattened.insight_details.insightContext.statistics.n"] == [
        .init(kind: .number, text: "1.50")
      ])
  }

  @Test("An event in ECS keeps its text, white space aside; a hit gives its source and its index")
  func ecs() throws {
    let event = "{\"@timestamp\":\"2024-05-01T10:00:01Z\",\"user\":{\"name\":\"\"},\"a.b\":[1.0,null,\"\\u00e9\"]}"
    #expect(try Mapped(event.replacing(",", with: " ,\n ")).text == event)
    let hit = try Mapped("{\"_index\":\"logs-x\",\"_id\":\"1\",\"_source\":\(event)}")
    #expect(hit.text == event)
    #expect(hit.dataStream == "logs-x")
    #expect(hit.columns["a.b"] == [.init(kind: .number, text: "1.0"), .init(kind: .string, text: "é")])
  }

  @Test(
    "A document without a time of ingestion has none, also where the member has no value",
    arguments: [
      #""event":{"ingested":null}"#, #""event":{"ingested":[]}"#, #""event.ingested":[null]"#, #""event":{"id":"1"}"#,
    ])
  func ingested(member: String) throws {
    let event = try Mapped("{\"@timestamp\":\"2024-05-01T10:00:01Z\",\(member)}")
    #expect(event.columns["event.ingested"] == nil)
  }
}
