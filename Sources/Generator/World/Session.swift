/// An actor's credentials over some hours, with the JSON that all records of the session share.
final class Session {
  struct Range {
    var offset: Int
    var length: Int
  }

  let slot: Int
  let bytes: [UInt8]
  let identity: Range
  let address: Range
  let egress: Range
  let agent: Range
  let actor: Range
  let tls: Range

  /// How long the credentials of a session serve, in seconds.
  static let duration = 4 * 3_600

  /// The session of `actor`, the `index`th of its account, in the `slot`th session length since the Unix epoch.
  init(_ actor: Actor, index: Int, slot: Int, account: Account, seed: UInt64) {
    var random = SeededRandom(seed, Purpose.session, UInt64(account.index), UInt64(index), UInt64(slot))
    let (identity, arn) = actor.identity(slot: slot, account: account.id, random: &random)
    var bytes: [UInt8] = []
    func add(_ text: String) -> Range {
      let range = Range(offset: bytes.count, length: text.utf8.count)
      bytes += Array(text.utf8)
      return range
    }
    self.slot = slot
    self.identity = add(identity)
    address = add(actor.address)
    egress = actor.egress.map(add) ?? address
    agent = add(actor.agent)
    self.actor = add(arn)
    tls = add(actor.tls)
    self.bytes = bytes
  }
}

extension Actor {
  /// The `userIdentity` object, and the ARN that messages call the actor by.
  func identity(slot: Int, account: String, random: inout SeededRandom) -> (json: String, arn: String) {
    // A session began before the records that it made, so its creation lies in the hour before the slot.
    let created = CivilDate.timestamp(max(0, slot * Session.duration - 1 - random.below(3_300)))
    let key = "ASIA" + random.text(16, of: Alphabet.base32)
    switch kind {
    case .service(let name):
      return (#"{"type":"AWSService","invokedBy":"\#(name)"}"#, name)
    case .program(let role, let session, let invokedBy):
      let isInstance = session.hasPrefix("i-")
      return Self.assumed(
        role, session: session, account: account, key: key, created: created, mfa: "false",
        federation: "", delivery: isInstance ? #","ec2RoleDelivery":"2.0""# : "", invokedBy: invokedBy)
    case .person(let role, let session, let provider):
      let federation = provider.map {
        #""webIdFederationData":{"federatedProvider":"\#($0)","attributes":{}},"#
      }
      return Self.assumed(
        role, session: session, account: account, key: key, created: created, mfa: "false",
        federation: federation ?? "", delivery: "", invokedBy: nil)
    case .user(let user, let isConsole):
      let arn = user.arn(in: account)
      let start = #"{"type":"IAMUser","principalId":"\#(user.id)","arn":"\#(arn)","accountId":"\#(account)""#
      if isConsole { return (start + #","userName":"\#(user.name)"}"#, arn) }
      return (start + #","accessKeyId":"\#(user.accessKey)","userName":"\#(user.name)"}"#, arn)
    case .root:
      let arn = "arn:aws:iam::\(account):root"
      return (
        #"{"type":"Root","principalId":"\#(account)","arn":"\#(arn)","accountId":"\#(account)","accessKeyId":"\#(key)","#
          + #""sessionContext":{"attributes":{"creationDate":"\#(created)","mfaAuthenticated":"true"}}}"#, arn
      )
    case .federated(let name):
      let arn = "arn:aws:sts::\(account):federated-user/\(name)"
      return (
        #"{"type":"FederatedUser","principalId":"\#(account):\#(name)","arn":"\#(arn)","accountId":"\#(account)","#
          + #""accessKeyId":"\#(key)","sessionContext":{"sessionIssuer":{"type":"IAMUser","principalId":"AIDA"#
          + String(name.utf8.reduce(0) { ($0 &* 31 &+ UInt64($1)) % 1_000_000_007 } + 10_000_000)
          + #"","arn":"arn:aws:iam::\#(account):user/federation-broker","accountId":"\#(account)","userName":"#
          + #""federation-broker"},"webIdFederationData":{},"attributes":{"creationDate":"\#(created)","#
          + #""mfaAuthenticated":"false"}}}"#, arn
      )
    case .otherAccount(let id, let principal):
      return (
        #"{"type":"AWSAccount","principalId":"\#(principal)","accountId":"\#(id)"}"#, "arn:aws:iam::\(id):root"
      )
    }
  }

  /// The identity of a session of `role`.
  static func assumed(
    _ role: Role, session: String, account: String, key: String, created: String, mfa: String, federation: String,
    delivery: String, invokedBy: String?
  ) -> (json: String, arn: String) {
    let arn = "arn:aws:sts::\(account):assumed-role/\(role.name)/\(session)"
    var json = #"{"type":"AssumedRole","principalId":"\#(role.id):\#(session)","arn":"\#(arn)","#
    json += #""accountId":"\#(account)","accessKeyId":"\#(key)","sessionContext":{"sessionIssuer":{"type":"Role","#
    json += #""principalId":"\#(role.id)","arn":"\#(role.arn(in: account))","accountId":"\#(account)","#
    json += #""userName":"\#(role.name)"},\#(federation)"attributes":{"creationDate":"\#(created)","#
    json += #""mfaAuthenticated":"\#(mfa)"}\#(delivery)}"#
    if let invokedBy { json += #","invokedBy":"\#(invokedBy)""# }
    return (json + "}", arn)
  }
}
