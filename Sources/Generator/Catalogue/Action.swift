/// A call that some persona makes: its share among that persona's calls, and the pattern of its record.
struct Action {
  /// A way for the call to fail, at `perMille` of the calls.
  struct Failure {
    var code: String
    var message: String
    var perMille: Int
  }

  var weight: Int
  var record: RecordText
  var failures: [Failure] = []
  /// Whether the call goes to a global endpoint, whose records are all in the home region.
  var isGlobal = false
  /// The name that IAM gives the permission, such as `s3:GetObject`.
  var permission: String
  /// What the permission is checked against, as a pattern.
  var target = "*"

  init(_ weight: Int, _ service: String, _ name: String, _ request: String = "null", global: Bool = false) {
    self.weight = weight
    record = RecordText(service, name)
    record.request = request
    record.host = global ? "\(service).amazonaws.com" : "\(service).‹region›.amazonaws.com"
    isGlobal = global
    permission = "\(service):\(name)"
  }

  func responding(_ response: String) -> Action { changed { $0.record.response = response } }

  func writing() -> Action { changed { $0.record.readOnly = false } }

  func adding(_ additional: String) -> Action { changed { $0.record.additional = additional } }

  func on(_ resources: String, target: String = "*") -> Action {
    changed {
      $0.record.resources = resources
      $0.target = target
    }
  }

  func failing(_ perMille: Int, _ code: String, _ message: String) -> Action {
    changed { $0.failures.append(Failure(code: code, message: message, perMille: perMille)) }
  }

  func named(permission: String) -> Action { changed { $0.permission = permission } }

  func changed(_ change: (inout Action) -> Void) -> Action {
    var copy = self
    change(&copy)
    return copy
  }
}

/// Calls that several personas make.
extension Action {
  /// An S3 call, on the bucket's own endpoint, with the figures that S3 adds.
  static func s3(
    _ weight: Int, _ name: String, request: String, isObject: Bool, isWrite: Bool = false, received: String = "0",
    sent: String = "0", applied: String? = nil
  ) -> Action {
    var action = Action(weight, "s3", name)
    let host = #""bucketName":"‹bucket›","Host":"‹bucket›.s3.‹region›.amazonaws.com""#
    action.record.request = "{\(host)\(request.isEmpty ? "" : ",")\(request)}"
    action.record.host = "‹bucket›.s3.‹region›.amazonaws.com"
    action.record.requestID = "‹s3RequestID›"
    action.record.readOnly = !isWrite
    action.record.isData = isObject
    let encryption = applied.map { #","SSEApplied":"\#($0)""# } ?? ""
    action.record.additional =
      #"{"SignatureVersion":"SigV4","CipherSuite":"TLS_AES_128_GCM_SHA256","bytesTransferredIn":\#(received)"#
      + encryption
      + #","AuthenticationMethod":"AuthHeader","x-amz-id-2":"‹s3HostID›","bytesTransferredOut":\#(sent)}"#
    let bucket = #"{"accountId":"‹account›","type":"AWS::S3::Bucket","ARN":"arn:aws:s3:::‹bucket›"}"#
    action.record.resources = "[\(bucket)]"
    action.target = "arn:aws:s3:::‹bucket›"
    return action
  }

  /// An S3 call on one object, under a key such as `events/2026/01/31/13/part-….parquet`.
  static func object(
    _ weight: Int, _ name: String, prefix: String, suffix: String = ".parquet", isWrite: Bool = false
  ) -> Action {
    let key = "\(prefix)/‹slashedDay›/‹hour›/part-‹hexadecimal8›\(suffix)"
    var action = s3(
      weight, name, request: #""key":"\#(key)""#, isObject: true, isWrite: isWrite,
      received: isWrite ? "‹size›" : "0", sent: isWrite || name == "HeadObject" ? "0" : "‹size›",
      applied: isWrite ? "SSE_KMS" : "Default_SSE_S3")
    action.record.resources =
      #"[{"type":"AWS::S3::Object","ARN":"arn:aws:s3:::‹bucket›/\#(key)"},"#
      + #"{"accountId":"‹account›","type":"AWS::S3::Bucket","ARN":"arn:aws:s3:::‹bucket›"}]"#
    action.target = "arn:aws:s3:::‹bucket›/\(key)"
    if isWrite {
      action.record.response =
        #"{"x-amz-server-side-encryption":"aws:kms","x-amz-server-side-encryption-aws-kms-key-id":"#
        + #""arn:aws:kms:‹region›:‹account›:key/‹key›"}"#
    }
    return action
  }

  /// A KMS call on one of the region's keys, with the encryption context of the service that asks.
  static func kms(_ weight: Int, _ name: String, context: String, keySpec: Bool = false) -> Action {
    let key = "arn:aws:kms:‹region›:‹account›:key/‹key›"
    let request =
      keySpec
      ? #"{"keyId":"\#(key)","encryptionContext":{\#(context)},"keySpec":"AES_256"}"#
      : #"{"encryptionAlgorithm":"SYMMETRIC_DEFAULT","encryptionContext":{\#(context)}}"#
    return Action(weight, "kms", name, request)
      .on(#"[{"accountId":"‹account›","type":"AWS::KMS::Key","ARN":"\#(key)"}]"#, target: key)
  }

  /// Taking one of the account's roles.
  static func assumeRole(_ weight: Int, session: String) -> Action {
    let role = "arn:aws:iam::‹account›:role/‹role›"
    return Action(
      weight, "sts", "AssumeRole", #"{"roleArn":"\#(role)","roleSessionName":"\#(session)","durationSeconds":3600}"#
    )
    .responding(
      #"{"credentials":{"accessKeyId":"‹temporaryKey›","sessionToken":"‹sessionToken›","expiration":"‹longExpiry›"},"#
        + #""assumedRoleUser":{"assumedRoleId":"‹roleID›:\#(session)","#
        + #""arn":"arn:aws:sts::‹account›:assumed-role/‹role›/\#(session)"}}"#
    )
    .on(#"[{"accountId":"‹account›","type":"AWS::IAM::Role","ARN":"\#(role)"}]"#, target: role)
  }

  static func callerIdentity(_ weight: Int) -> Action { Action(weight, "sts", "GetCallerIdentity") }
}
