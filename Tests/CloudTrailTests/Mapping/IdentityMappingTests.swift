import JSON
import Testing

/// Who a record says acted.
struct IdentityMappingTests {
  private typealias Row = MappingRow

  private static func identity(_ type: String, _ members: String = "") -> String {
    """
    "userIdentity":{"type":"\(type)","principalId":"P","userName":"own"\(members),\
    "sessionContext":{"sessionIssuer":{"userName":"issuer","arn":"arn:aws:iam::1:role/x"}}}
    """
  }
  private static let service = ",\"invokedBy\":\"ec2.amazonaws.com\""
  private static let linked =
    """
    "userIdentity":{"type":"AssumedRole","principalId":"P","arn":"arn:aws:sts::1:assumed-role/AWSServiceRoleForX/s",\
    "sessionContext":{"sessionIssuer":{"userName":"AWSServiceRoleForX",\
    "arn":"arn:aws:iam::1:role/aws-service-role/x.amazonaws.com/AWSServiceRoleForX"}}}
    """
  private static let center = "\"userIdentity\":{\"type\":\"IdentityCenterUser\",\"onBehalfOf\":{\"userId\":\"u-1\"}}"
  private static let signIn =
    """
    "eventName":"UserAuthentication","userIdentity":{"type":"Unknown","principalId":"1"},\
    "additionalEventData":{"UserName":"kim@corp.example"}
    """

  @Test(
    "user.name and user.id by the type of the identity",
    arguments: [
      MappingRow(identity("IAMUser"), "user", ["name": "own", "id": "P"]),
      MappingRow(identity("Root"), "user.name", "own"), MappingRow(identity("SAMLUser"), "user.name", "own"),
      MappingRow(identity("WebIdentityUser"), "user.name", "own"), MappingRow(identity("AWSAccount"), "user.id", "P"),
      MappingRow(identity("AssumedRole"), "user", ["name": "issuer", "id": "P"]),
      MappingRow(identity("FederatedUser"), "user", ["name": "issuer", "id": "P"]),
      MappingRow(identity("AssumedRole").replacing("\"issuer\"", with: "\"-\""), "user.name", "own"),
      MappingRow(center, "user.id", "u-1"),
      MappingRow(center.replacing("\"onBehalfOf\"", with: "\"principalId\":\"P\",\"onBehalfOf\""), "user.id", "P"),
      MappingRow(identity("AWSService", service), "user", nil),
      MappingRow(identity("AWSService", service), "service.name", "ec2.amazonaws.com"),
      MappingRow(identity("AWSService"), "user", ["name": "own", "id": "P"]),
      MappingRow(identity("AWSService"), "service", nil), MappingRow(identity("IAMUser", service), "service", nil),
      MappingRow(linked, "user", nil), MappingRow(linked, "service.name", "x.amazonaws.com"),
      MappingRow(
        linked.replacing("\"principalId\"", with: "\"invokedBy\":\"by\",\"principalId\""), "service.name", "by"),
    ])
  func names(row: MappingRow) throws { try row.check() }

  @Test(
    "A sign-in to Identity Center gives its user's name where the identity has none",
    arguments: [
      MappingRow(signIn, "user", ["name": "kim@corp.example", "id": "1", "email": "kim@corp.example"]),
      // Neither form of the additional event data has it any more.
      MappingRow(signIn, "aws.cloudtrail.additional_eventdata", "{}"),
      MappingRow(signIn, "aws.cloudtrail.flattened", nil),
      MappingRow(
        signIn.replacing("{\"UserName\"", with: "{\"a\":1,\"UserName\""),
        "aws.cloudtrail.flattened.additional_eventdata", ["a": 1]),
      MappingRow(
        signIn.replacing("{\"UserName\"", with: "{\"a\":1,\"UserName\""), "aws.cloudtrail.additional_eventdata", "{a=1}"
      ),
      MappingRow(signIn.replacing("\"principalId\"", with: "\"userName\":\"own\",\"principalId\""), "user.name", "own"),
      MappingRow(
        signIn.replacing("\"principalId\"", with: "\"userName\":\"own\",\"principalId\""),
        "aws.cloudtrail.additional_eventdata", "{UserName=kim@corp.example}"),
      MappingRow(signIn.replacing("\"UserAuthentication\"", with: "\"Other\""), "user.name", nil),
      MappingRow(
        "\"eventName\":\"UserAuthentication\",\"additionalEventData\":{\"UserName\":\"n\"}", "user", ["name": "n"]),
    ])
  func moved(row: MappingRow) throws { try row.check() }

  private static func session(_ name: String, _ type: String = "AssumedRole") -> String {
    "\"userIdentity\":{\"type\":\"\(type)\",\"arn\":\"arn:aws:sts::1:assumed-role/ops/\(name)\"}"
  }

  @Test(
    "The name of a session is an address or none of the user's, and stands in related.user",
    arguments: [
      MappingRow(session("kim@corp"), "user", ["email": "kim@corp"]),
      MappingRow(session("kim"), "user", nil), MappingRow(session("kim@corp"), "related.user", ["kim@corp", "kim"]),
      MappingRow(session("kim@corp", "FederatedUser"), "user.email", "kim@corp"),
      MappingRow(session("kim@corp", "IAMUser"), "user", nil),
      MappingRow(session("kim@corp").replacing(":sts:", with: ":iam:"), "user", nil),
      MappingRow("\"userIdentity\":{\"userName\":\"@kim\"}", "user.email", nil),
      MappingRow("\"userIdentity\":{\"userName\":\"k@m\"}", "user.email", "k@m"),
      MappingRow(
        """
        "userIdentity":{"type":"IAMUser","principalId":"P","userName":"n","onBehalfOf":{"userId":"u"}},\
        "requestParameters":{"newUserName":"b","userName":"a"},"responseElements":{"user":{"userId":"U"}}
        """,
        "related.user", ["a", "b", "U", "P", "n", "u"]),
    ])
  func sessions(row: MappingRow) throws { try row.check() }

  @Test(
    "Plain moves of the identity, the session and the addendum",
    arguments: [
      MappingRow("\"userIdentity\":{},\"recipientAccountId\":\"9\"", "cloud.account.id", "9"),
      MappingRow("\"recipientAccountId\":\"9\"", "cloud.account.id", "9"),
      MappingRow("\"userIdentity\":{\"accountId\":\"1\"},\"recipientAccountId\":\"9\"", "cloud.account.id", "1"),
      MappingRow(
        """
        "userIdentity":{"credentialId":"c","identityProvider":"i","invokedByDelegate":{"accountId":"1"},\
        "onBehalfOf":{"userId":"u","identityStoreArn":"s"},"inScopeOf":{"issuerType":"t","credentialsIssuedTo":"c",\
        "sourceArn":"a","sourceAccount":"2"}}
        """,
        "aws.cloudtrail.user_identity",
        [
          "credential_id": "c", "identity_provider": "i", "invoked_by_delegate": ["account_id": "1"],
          "on_behalf_of": ["user_id": "u", "identity_store_arn": "s"],
          "in_scope_of": ["issuer_type": "t", "credentials_issued_to": "c", "source_arn": "a", "source_account": "2"],
        ]),
      MappingRow(
        """
        "userIdentity":{"sessionContext":{"ec2RoleDelivery":"2.0","sourceIdentity":"s","assumedRoot":"true",\
        "signInSessionArn":"a","webIdFederationData":{"federatedProvider":"f","attributes":{"aB":"1"}},\
        "attributes":{"creationDate":"20260102T030405.678Z"}}}
        """,
        "aws.cloudtrail.user_identity.session_context",
        [
          "ec2_role_delivery": "2.0", "source_identity": "s", "assumed_root": "true", "sign_in_session_arn": "a",
          "web_id_federation_data": ["federated_provider": "f", "attributes": ["aB": "1"]],
          "creation_date": "2026-01-02T03:04:05.678Z",
        ]),
      MappingRow(
        "\"addendum\":{\"reason\":\"r\",\"updatedFields\":\"u\",\"originalRequestID\":\"q\",\"originalEventID\":\"e\"}",
        "aws.cloudtrail.addendum",
        ["reason": "r", "updated_fields": "u", "original_request_id": "q", "original_event_id": "e"]),
      MappingRow("\"sharedEventId\":\"s\"", "aws.cloudtrail.shared_event_id", "s"),
      MappingRow("\"sharedEventId\":\"s\",\"sharedEventID\":\"t\"", "aws.cloudtrail.shared_event_id", "t"),
      MappingRow("\"vpcEndpointAccountId\":\"1\"", "aws.cloudtrail.vpc_endpoint_account_id", "1"),
    ])
  func moves(row: MappingRow) throws { try row.check() }

  @Test("A creation date that is none is dropped, and the event says so")
  func badDate() throws {
    let mapped = try Mapped(
      """
      {"eventTime":"2024-05-01T10:00:01Z","userIdentity":{"sessionContext":{"attributes":{"creationDate":"soon"}}}}
      """)
    #expect(try mapped.value("aws") == nil)
    #expect(try mapped.value("event.kind") == "pipeline_error")
    #expect(try mapped.value("tags") == ["preserve_original_event"])
    #expect(
      try mapped.value("error.message") == ["userIdentity.sessionContext.attributes.creationDate is no date: soon"])
  }
}
