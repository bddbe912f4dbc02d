/// Who makes a call that is written one by one.
struct Caller {
  var identity: String
  var arn: String
  var address: String
  var agent: String
  var tls = Agents.modernTLS
  /// Whether a service makes the call on the caller's behalf: then there is no TLS session of the caller's to tell of.
  var isDirect = true

  /// A user with the access key of their own.
  static func user(_ user: User, of account: String, from address: String? = nil, agent: String? = nil) -> Caller {
    let arn = user.arn(in: account)
    return Caller(
      identity: #"{"type":"IAMUser","principalId":"\#(user.id)","arn":"\#(arn)","accountId":"\#(account)","#
        + #""accessKeyId":"\#(user.accessKey)","userName":"\#(user.name)"}"#,
      arn: arn, address: address ?? user.address, agent: agent ?? user.agent)
  }

  /// A session of a role.
  static func session(
    of role: Role, named session: String, account: String, key: String, created: String, address: String, agent: String,
    invokedBy: String? = nil, isInstance: Bool = false
  ) -> Caller {
    let (json, arn) = Actor.assumed(
      role, session: session, account: account, key: key, created: created, mfa: "false", federation: "",
      delivery: isInstance ? #","ec2RoleDelivery":"2.0""# : "", invokedBy: invokedBy)
    return Caller(identity: json, arn: arn, address: address, agent: agent, isDirect: invokedBy == nil)
  }
}

extension RecordText {
  /// A record of `caller` in an account and region, at `time` (seconds since the Unix epoch).
  init(
    _ service: String, _ name: String, by caller: Caller, account: String, region: String, time: Int,
    requestID: String
  ) {
    self.init(service, name)
    identity = caller.identity
    self.time = CivilDate.timestamp(time)
    self.region = region
    address = caller.address
    agent = caller.agent
    self.requestID = requestID
    eventID = ""
    recipient = account
    tlsVersion = caller.tls
    let isGlobal = ["iam", "organizations", "signin"].contains(service)
    host = caller.isDirect ? isGlobal ? "\(service).amazonaws.com" : "\(service).\(region).amazonaws.com" : nil
  }
}
