/// Attacks that take over users and their permissions.
extension Scene {
  mutating func playConsoleLogin() {
    let id = account.id
    let arn = user.arn(in: id)
    let visitor = visitor(as: user)
    call(after: 0, "signin", "ConsoleLogin", by: visitor, change: Self.signIn("Failure"))
    call(after: 21, "signin", "ConsoleLogin", by: visitor, change: Self.signIn("Failure"))
    let login = call(after: 35, "signin", "ConsoleLogin", by: visitor, change: Self.signIn("Success"))
    decide(
      login, who: arn,
      what: "\(user.name) signed in to the console of account \(id) from \(outsideAddress) without a second factor, "
        + "after two failures.")
    var console = visitor
    let key = key("ASIA")
    console.identity =
      #"{"type":"IAMUser","principalId":"\#(user.id)","arn":"\#(arn)","accountId":"\#(id)","accessKeyId":"\#(key)","#
      + #""userName":"\#(user.name)","sessionContext":{"attributes":{"creationDate":"\#(CivilDate.timestamp(now))","#
      + #""mfaAuthenticated":"false"}}}"#
    for (delay, service, name) in [
      (14, "iam", "GetAccountSummary"), (9, "iam", "ListUsers"), (16, "iam", "ListAccessKeys"),
    ] {
      call(after: delay, service, name, by: console) { $0.fromConsole = true }
    }
  }

  /// A browser on the intruder's machine, at the name of a user.
  func visitor(as user: User) -> Caller {
    let arn = user.arn(in: account.id)
    var visitor = intruder
    visitor.identity =
      #"{"type":"IAMUser","principalId":"\#(user.id)","arn":"\#(arn)","accountId":"\#(account.id)","#
      + #""userName":"\#(user.name)"}"#
    visitor.arn = arn
    visitor.agent = Agents.browsers[2]
    return visitor
  }

  /// A sign-in to the console with a password alone, and how it ended.
  static func signIn(_ outcome: String) -> (inout RecordText) -> Void {
    { record in
      record.readOnly = false
      record.response = #"{"ConsoleLogin":"\#(outcome)"}"#
      record.additional =
        #"{"LoginTo":"https://console.aws.amazon.com/console/home","MobileVersion":"No","MFAUsed":"No"}"#
      record.eventType = "AwsConsoleSignIn"
      record.requestID = nil
      record.host = "signin.aws.amazon.com"
      if outcome == "Failure" { record.errorMessage = "Failed authentication" }
    }
  }

  mutating func playAccessKey() {
    let id = account.id
    let other = otherUser()
    let intruder = intruder
    call(after: 0, "sts", "GetCallerIdentity", by: intruder)
    call(after: 30, "iam", "ListUsers", by: intruder, request: #"{"maxItems":1000}"#)
    call(after: 44, "iam", "ListAccessKeys", by: intruder, request: #"{"userName":"\#(other.name)"}"#)
    let (create, key) = makeKey(for: other, after: 72)
    decide(
      create, who: intruder.arn,
      what: "\(user.name) made an access key for another user, \(other.name), in account \(id), and used it from the "
        + "same address.")
    var victim = other
    victim.accessKey = key
    let second = Caller.user(victim, of: id, from: outsideAddress, agent: intruder.agent)
    call(after: 55, "sts", "GetCallerIdentity", by: second)
    call(after: 21, "s3", "ListBuckets", by: second, request: #"{"Host":"s3.us-east-1.amazonaws.com"}"#)
  }

  /// Makes an access key for a user with the intruder's; gives the call and the key.
  private mutating func makeKey(for other: User, after seconds: Int) -> (call: Int, key: String) {
    let key = key("AKIA")
    let date = CivilDate.longTimestamp(now + seconds)
    let create = call(
      after: seconds, "iam", "CreateAccessKey", by: intruder, request: #"{"userName":"\#(other.name)"}"#
    ) {
      $0.readOnly = false
      $0.response =
        #"{"accessKey":{"userName":"\#(other.name)","accessKeyId":"\#(key)","status":"Active","createDate":"\#(date)"}}"#
    }
    return (create, key)
  }

  mutating func playKeyElsewhere() {
    let other = otherUser()
    let address = "203.0.113.\(10 + random.below(100))"
    call(after: 0, "iam", "ListUsers", by: intruder, request: #"{"maxItems":1000}"#)
    let (create, key) = makeKey(for: other, after: 51)
    decide(
      create, who: intruder.arn,
      what:
        "\(user.name) made an access key for another user, \(other.name), in account \(account.id), and it was used "
        + "from \(address), another address.")
    var victim = other
    victim.accessKey = key
    let receiver = Caller.user(victim, of: account.id, from: address, agent: Agents.commandLines[0])
    call(after: 240, "sts", "GetCallerIdentity", by: receiver)
    call(after: 12, "s3", "ListBuckets", by: receiver, request: #"{"Host":"s3.us-east-1.amazonaws.com"}"#)
    call(
      after: 31, "secretsmanager", "ListSecrets", by: receiver, request: #"{"maxResults":100}"#,
      change: Self.denied("secretsmanager:ListSecrets", to: receiver))
  }

  mutating func playPolicyAttachment() {
    let intruder = intruder
    let policy = "arn:aws:iam::aws:policy/AdministratorAccess"
    call(after: 0, "iam", "ListAttachedUserPolicies", by: intruder, request: #"{"userName":"\#(user.name)"}"#)
    call(
      after: 26, "iam", "ListUserPolicies", by: intruder, request: #"{"userName":"\#(user.name)"}"#)
    let attach = call(
      after: 63, "iam", "AttachUserPolicy", by: intruder,
      request: #"{"userName":"\#(user.name)","policyArn":"\#(policy)"}"#, change: Self.writing)
    decide(
      attach, who: intruder.arn,
      what: "\(user.name) attached AdministratorAccess to themselves in account \(account.id).")
    call(after: 40, "iam", "GetAccountAuthorizationDetails", by: intruder, request: #"{"maxItems":1000}"#)
  }

  mutating func playNewAdministrator() {
    let id = account.id
    let intruder = intruder
    let name = "svc-backup-sync"
    let date = CivilDate.longTimestamp(now)
    let userID = "AIDA" + random.text(17, of: Alphabet.base32)
    call(after: 0, "iam", "CreateUser", by: intruder, request: #"{"userName":"\#(name)"}"#) {
      $0.readOnly = false
      $0.response =
        #"{"user":{"path":"/","userName":"\#(name)","userId":"\#(userID)","arn":"arn:aws:iam::\#(id):user/\#(name)","#
        + #""createDate":"\#(date)"}}"#
    }
    let attach = call(
      after: 8, "iam", "AttachUserPolicy", by: intruder,
      request: #"{"userName":"\#(name)","policyArn":"arn:aws:iam::aws:policy/AdministratorAccess"}"#,
      change: Self.writing)
    decide(
      attach, who: intruder.arn,
      what: "\(user.name) made the user \(name) in account \(id), with administrator permissions and a password.")
    let created = CivilDate.longTimestamp(now + 11)
    call(
      after: 11, "iam", "CreateLoginProfile", by: intruder,
      request: #"{"userName":"\#(name)","passwordResetRequired":false}"#
    ) {
      $0.readOnly = false
      $0.response =
        #"{"loginProfile":{"userName":"\#(name)","createDate":"\#(created)","passwordResetRequired":false}}"#
    }
  }
}
