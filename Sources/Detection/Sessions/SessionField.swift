/// The fields of an event that tell of sessions.
enum SessionField {
  static let action = "event.action"
  static let id = "event.id"
  static let outcome = "event.outcome"
  static let type = "aws.cloudtrail.user_identity.type"
  static let arn = "aws.cloudtrail.user_identity.arn"
  static let accessKey = "aws.cloudtrail.user_identity.access_key_id"
  static let invokedBy = "aws.cloudtrail.user_identity.invoked_by"
  static let created = "aws.cloudtrail.user_identity.session_context.creation_date"
  static let name = "user.name"
  static let principal = "user.id"
  /// What the call gave out.
  static let issuedKey = "aws.cloudtrail.flattened.response_elements.credentials.accessKeyId"
  static let assumedRole = "aws.cloudtrail.flattened.response_elements.assumedRoleUser.arn"
  static let federatedUser = "aws.cloudtrail.flattened.response_elements.federatedUser.arn"
  /// Whose console session a switch of roles began in.
  static let switchedFrom = "aws.cloudtrail.flattened.additional_eventdata.SwitchFrom"

  static let all = [
    action, id, outcome, type, arn, accessKey, invokedBy, created, name, principal, issuedKey, assumedRole,
    federatedUser, switchedFrom,
  ]

  /// The calls that open a session.
  static let openings: Set<String> = [
    "AssumeRole", "AssumeRoleWithSAML", "AssumeRoleWithWebIdentity", "AssumeRoot", "GetFederationToken",
    "GetSessionToken", "SwitchRole",
  ]
}
