/// The names that values have in CloudTrail's records, and where they stand in the Elastic Common Schema.
public enum RecordNames {
  /// The place of a record's own values, below which its paths stand.
  public static let record = "martlet.record"

  /// Fields of ECS that hold exactly what the record has under a name, save for values that are empty.
  public static let exact: [String: String] = {
    let trail = "aws.cloudtrail."
    let identity = trail + "user_identity."
    return [
      "eventName": "event.action", "eventSource": "event.provider", "awsRegion": "cloud.region",
      "recipientAccountId": trail + "recipient_account_id", "eventType": trail + "event_type",
      "eventCategory": trail + "event_category", "eventVersion": trail + "event_version",
      "apiVersion": trail + "api_version", "requestID": trail + "request_id",
      "vpcEndpointId": trail + "vpc_endpoint_id", "readOnly": trail + "read_only",
      "managementEvent": trail + "management_event", "errorCode": trail + "error_code",
      "errorMessage": trail + "error_message", "sourceIPAddress": "source.address",
      "userAgent": "user_agent.original", "userIdentity.type": identity + "type", "userIdentity.arn": identity + "arn",
      "userIdentity.accessKeyId": identity + "access_key_id", "userIdentity.invokedBy": identity + "invoked_by",
    ]
  }()

  /// Fields of ECS that come near what the record has under a name.
  static let near: [String: String] = {
    let trail = "aws.cloudtrail."
    let session = trail + "user_identity.session_context."
    return [
      "eventID": "event.id", "eventTime": "@timestamp", "sharedEventID": trail + "shared_event_id",
      "userIdentity.principalId": "user.id", "userIdentity.accountId": "cloud.account.id",
      "userIdentity.userName": "user.name",
      "userIdentity.sessionContext.attributes.mfaAuthenticated": session + "mfa_authenticated",
      "userIdentity.sessionContext.attributes.creationDate": session + "creation_date",
      "userIdentity.sessionContext.sessionIssuer.type": session + "session_issuer.type",
      "userIdentity.sessionContext.sessionIssuer.arn": session + "session_issuer.arn",
      "userIdentity.sessionContext.sessionIssuer.principalId": session + "session_issuer.principal_id",
      "userIdentity.sessionContext.sessionIssuer.accountId": session + "session_issuer.account_id",
      "userIdentity.sessionContext.sessionIssuer.userName": "user.name",
      "resources.ARN": trail + "resources.arn", "resources.accountId": trail + "resources.account_id",
      "resources.type": trail + "resources.type", "tlsDetails.tlsVersion": "tls.version",
      "tlsDetails.cipherSuite": "tls.cipher", "tlsDetails.clientProvidedHostHeader": "tls.client.server_name",
      "status": "event.outcome",
    ]
  }()

  private static let flattened: [(name: String, field: String)] = [
    ("requestParameters", "aws.cloudtrail.flattened.request_parameters"),
    ("responseElements", "aws.cloudtrail.flattened.response_elements"),
    ("additionalEventData", "aws.cloudtrail.flattened.additional_eventdata"),
    ("serviceEventDetails", "aws.cloudtrail.flattened.service_event_details"),
  ]

  /// The field of ECS that stands for a name of CloudTrail's; nil where there is none.
  public static func ecs(of name: String) -> String? {
    if let field = exact[name] ?? near[name] { return field }
    for (root, field) in flattened where name == root || name.hasPrefix(root + ".") {
      return field + name.dropFirst(root.count)
    }
    return nil
  }

  /// The name in a record that a path below `record` stands for; nil for another path. It is empty for the whole record.
  public static func name(ofPath path: String) -> String? {
    guard path.hasPrefix(record) else { return nil }
    let rest = path.dropFirst(record.count)
    return rest.isEmpty ? "" : rest.first == "." ? String(rest.dropFirst()) : nil
  }
}
