/// Attacks that take over roles.
extension Scene {
  mutating func playTrustPolicy() {
    let id = account.id
    // The role has been changed before, by the pipeline: what is new is who changes it.
    let role = account.roles[1]
    let arn = role.arn(in: id)
    let intruder = intruder
    call(after: 0, "sts", "GetCallerIdentity", by: intruder)
    call(
      after: 24, "iam", "GetAccountAuthorizationDetails", by: intruder,
      change: Self.denied("iam:GetAccountAuthorizationDetails", to: intruder))
    call(after: 19, "iam", "ListRoles", by: intruder, request: #"{"maxItems":1000}"#)
    call(after: 41, "iam", "GetRole", by: intruder, request: #"{"roleName":"\#(role.name)"}"#)
    call(after: 12, "iam", "ListAttachedRolePolicies", by: intruder, request: #"{"roleName":"\#(role.name)"}"#)
    let document = JSONText.string(role.trustPolicy(alsoTrusting: ["arn:aws:iam::\(outsideAccount):root"]))
    let update = call(
      after: 187, "iam", "UpdateAssumeRolePolicy", by: intruder,
      request: #"{"roleName":"\#(role.name)","policyDocument":\#(document)}"#, change: Self.writing)
    decide(
      update, who: intruder.arn,
      what: "\(user.name) added the outside account \(outsideAccount) to the trust policy of the role \(role.name) in "
        + "account \(id), and the role was taken from there.")

    let session = "maintenance"
    let outsider = Caller(
      identity: #"{"type":"AWSAccount","principalId":"AIDA\#(random.text(17, of: Alphabet.base32))","#
        + #""accountId":"\#(outsideAccount)"}"#,
      arn: "arn:aws:iam::\(outsideAccount):root", address: outsideAddress, agent: intruder.agent)
    let key = key("ASIA")
    let token = random.text(240, of: Alphabet.base64)
    let expiry = CivilDate.longTimestamp(now + 96 + 3_600)
    let shared = UniqueID.text(high: random.next() & ~0xf000 | 0x4000, low: random.next() >> 2 | 1 << 63)
    call(
      after: 96, "sts", "AssumeRole", by: outsider,
      request: #"{"roleArn":"\#(arn)","roleSessionName":"\#(session)","durationSeconds":3600}"#
    ) {
      $0.response =
        #"{"credentials":{"accessKeyId":"\#(key)","sessionToken":"\#(token)","expiration":"\#(expiry)"},"#
        + #""assumedRoleUser":{"assumedRoleId":"\#(role.id):\#(session)","#
        + #""arn":"arn:aws:sts::\#(id):assumed-role/\#(role.name)/\#(session)"}}"#
      $0.resources = #"[{"accountId":"\#(id)","type":"AWS::IAM::Role","ARN":"\#(arn)"}]"#
      $0.sharedEventID = shared
    }
    let taken = Caller.session(
      of: role, named: session, account: id, key: key, created: CivilDate.timestamp(now), address: outsideAddress,
      agent: intruder.agent)
    call(after: 7, "sts", "GetCallerIdentity", by: taken)
    call(after: 33, "s3", "ListBuckets", by: taken, request: #"{"Host":"s3.us-east-1.amazonaws.com"}"#)
    call(
      after: 28, "secretsmanager", "ListSecrets", by: taken, request: #"{"maxResults":100}"#,
      change: Self.denied("secretsmanager:ListSecrets", to: taken))
  }

  mutating func playStolenCredentials() {
    let id = account.id
    let role = account.roles.first { $0.service == "ec2.amazonaws.com" } ?? account.roles[0]
    let instance = account.names.names(.instance)[0]
    let thief = Caller.session(
      of: role, named: instance, account: id, key: key("ASIA"), created: CivilDate.timestamp(now - 900),
      address: outsideAddress, agent: intruder.agent, isInstance: true)
    let first = call(after: 0, "sts", "GetCallerIdentity", by: thief)
    decide(
      first, who: thief.arn,
      what: "The credentials of the instance \(instance) (role \(role.name), account \(id)) were used from "
        + "\(outsideAddress), outside the network.")
    call(after: 15, "iam", "ListRoles", by: thief, request: "null", change: Self.denied("iam:ListRoles", to: thief))
    call(after: 11, "s3", "ListBuckets", by: thief, request: #"{"Host":"s3.us-east-1.amazonaws.com"}"#)
    call(
      after: 29, "ec2", "DescribeInstances", by: thief,
      request: #"{"maxResults":1000,"instancesSet":{},"filterSet":{}}"#)
    call(
      after: 17, "ec2", "DescribeSnapshots", by: thief,
      request: #"{"maxResults":1000,"snapshotSet":{},"ownersSet":{"items":[{"owner":"self"}]}}"#)
  }
}
