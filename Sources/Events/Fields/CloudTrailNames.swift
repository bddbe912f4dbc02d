/// Where the elements of a CloudTrail record stand in the Elastic Common Schema, for "did you mean".
enum CloudTrailNames {
  /// The field of an element by its path in a record, in any letter case, as `userIdentity.arn`; nil for what is none.
  static func field(_ path: String) -> String? {
    var name = path.lowercased()
    if name.hasPrefix("aws.cloudtrail.") { name = String(name.dropFirst("aws.cloudtrail.".count)) }
    if name.hasPrefix("records.") { name = String(name.dropFirst("records.".count)) }
    if let field = fields[name] { return field }
    for (element, field) in flattened where name.hasPrefix(element + ".") {
      // Keys below are kept as they are written.
      return field + path.dropFirst(max(0, path.count - name.count + element.count))
    }
    return nil
  }

  private static let identity = "aws.cloudtrail.user_identity."

  /// By the name in lower case.
  private static let fields: [String: String] = [
    "eventname": "event.action", "eventsource": "event.provider", "eventtime": "@timestamp", "eventid": "event.id",
    "eventversion": "aws.cloudtrail.event_version", "eventtype": "aws.cloudtrail.event_type",
    "eventcategory": "aws.cloudtrail.event_category", "awsregion": "cloud.region", "sourceipaddress": "source.address",
    "useragent": "user_agent.original", "errorcode": "aws.cloudtrail.error_code",
    "errormessage": "aws.cloudtrail.error_message", "requestid": "aws.cloudtrail.request_id",
    "apiversion": "aws.cloudtrail.api_version", "managementevent": "aws.cloudtrail.management_event",
    "readonly": "aws.cloudtrail.read_only", "recipientaccountid": "aws.cloudtrail.recipient_account_id",
    "sharedeventid": "aws.cloudtrail.shared_event_id", "vpcendpointid": "aws.cloudtrail.vpc_endpoint_id",
    "sessioncredentialfromconsole": "aws.cloudtrail.session_credential_from_console",
    "requestparameters": "aws.cloudtrail.request_parameters", "responseelements": "aws.cloudtrail.response_elements",
    "additionaleventdata": "aws.cloudtrail.additional_eventdata",
    "serviceeventdetails": "aws.cloudtrail.service_event_details",
    "resources.arn": "aws.cloudtrail.resources.arn", "resources.accountid": "aws.cloudtrail.resources.account_id",
    "resources.type": "aws.cloudtrail.resources.type", "tlsdetails.tlsversion": "tls.version",
    "tlsdetails.ciphersuite": "tls.cipher", "tlsdetails.clientprovidedhostheader": "tls.client.server_name",
    "useridentity.type": identity + "type", "useridentity.arn": identity + "arn", "useridentity.username": "user.name",
    "username": "user.name", "accountid": "cloud.account.id", "useridentity.principalid": "user.id",
    "principalid": "user.id", "useridentity.accountid": "cloud.account.id",
    "useridentity.accesskeyid": identity + "access_key_id", "accesskeyid": identity + "access_key_id",
    "useridentity.invokedby": identity + "invoked_by",
    "useridentity.sessioncontext.attributes.mfaauthenticated": identity + "session_context.mfa_authenticated",
    "useridentity.sessioncontext.attributes.creationdate": identity + "session_context.creation_date",
    "useridentity.sessioncontext.sessionissuer.arn": identity + "session_context.session_issuer.arn",
    "useridentity.sessioncontext.sessionissuer.type": identity + "session_context.session_issuer.type",
    "useridentity.sessioncontext.sessionissuer.principalid": identity + "session_context.session_issuer.principal_id",
    "useridentity.sessioncontext.sessionissuer.accountid": identity + "session_context.session_issuer.account_id",
    "useridentity.sessioncontext.sessionissuer.username": "user.name",
  ]

  /// Elements whose inside is a flattened field.
  private static let flattened = [
    ("requestparameters", "aws.cloudtrail.flattened.request_parameters"),
    ("responseelements", "aws.cloudtrail.flattened.response_elements"),
    ("additionaleventdata", "aws.cloudtrail.flattened.additional_eventdata"),
    ("serviceeventdetails", "aws.cloudtrail.flattened.service_event_details"),
  ]
}

extension FieldCatalog {
  /// The field that a name which is not known most likely means: that of a CloudTrail element, else the nearest in
  /// spelling; nil when none is near.
  public func meant(by name: String) -> String? {
    if let field = CloudTrailNames.field(name), field != name, resolve(field).isKnown { return field }
    return suggestions(for: name, limit: 1).first
  }
}
