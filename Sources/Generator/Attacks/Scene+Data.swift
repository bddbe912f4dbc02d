/// Attacks that carry data away.
extension Scene {
  mutating func playImageSharing() {
    let intruder = intruder
    let image = account.names.names(.image)[0]
    call(
      after: 0, "ec2", "DescribeImages", by: intruder,
      request: #"{"imagesSet":{},"ownersSet":{"items":[{"owner":"self"}]},"filterSet":{}}"#)
    let share = call(
      after: 74, "ec2", "ModifyImageAttribute", by: intruder,
      request: #"{"imageId":"\#(image)","launchPermission":{"add":{"items":[{"userId":"\#(outsideAccount)"}]}},"#
        + #""attributeType":"launchPermission"}"#,
      change: Self.accepted)
    decide(
      share, who: intruder.arn,
      what: "\(user.name) shared the machine image \(image) of account \(account.id) with the outside account "
        + "\(outsideAccount).")
  }

  mutating func playSnapshotSharing() {
    let intruder = intruder
    let snapshot = account.names.names(.snapshot)[0]
    call(
      after: 0, "ec2", "DescribeSnapshots", by: intruder,
      request: #"{"maxResults":1000,"snapshotSet":{},"ownersSet":{"items":[{"owner":"self"}]},"filterSet":{}}"#)
    let share = call(
      after: 58, "ec2", "ModifySnapshotAttribute", by: intruder,
      request: #"{"snapshotId":"\#(snapshot)","createVolumePermission":{"add":{"items":[{"userId":"#
        + #""\#(outsideAccount)"}]}},"attributeType":"CREATE_VOLUME_PERMISSION"}"#,
      change: Self.accepted)
    decide(
      share, who: intruder.arn,
      what: "\(user.name) shared the disk snapshot \(snapshot) of account \(account.id) with the outside account "
        + "\(outsideAccount).")
  }

  mutating func playSecretsSweep() {
    let intruder = intruder
    let region = account.regions[0]
    call(after: 0, "sts", "GetCallerIdentity", by: intruder)
    call(after: 18, "secretsmanager", "ListSecrets", by: intruder, request: #"{"maxResults":100}"#)
    let secrets = account.names.names(.secret)
    var first = 0
    for (index, secret) in secrets.enumerated() {
      let arn = "arn:aws:secretsmanager:\(region):\(account.id):secret:\(secret)"
      let read = call(
        after: index == 0 ? 9 : 2, "secretsmanager", "GetSecretValue", by: intruder,
        request: #"{"secretId":"\#(arn)"}"#)
      if index == 0 { first = read }
    }
    decide(
      first, who: intruder.arn,
      what: "\(user.name) listed the secrets of account \(account.id) and read all \(secrets.count) of them within a "
        + "minute.")
  }

  mutating func playOpenPort() {
    let intruder = intruder
    let group = account.names.names(.securityGroup)[0]
    call(
      after: 0, "ec2", "DescribeSecurityGroups", by: intruder,
      request: #"{"maxResults":1000,"securityGroupSet":{},"filterSet":{}}"#)
    let id = account.id
    let rule = "sgr-0" + random.text(16, of: Alphabet.hexadecimal)
    let open = call(
      after: 49, "ec2", "AuthorizeSecurityGroupIngress", by: intruder,
      request: #"{"groupId":"\#(group)","ipPermissions":{"items":[{"ipProtocol":"tcp","fromPort":22,"toPort":22,"#
        + #""groups":{},"ipRanges":{"items":[{"cidrIp":"0.0.0.0/0"}]},"ipv6Ranges":{},"prefixListIds":{}}]}}"#
    ) {
      $0.readOnly = false
      $0.response =
        #"{"requestId":"\#($0.requestID ?? "")","_return":true,"securityGroupRuleSet":{"items":[{"groupOwnerId":"#
        + #""\#(id)","groupId":"\#(group)","securityGroupRuleId":"\#(rule)","isEgress":false,"ipProtocol":"tcp","#
        + #""fromPort":22,"toPort":22,"cidrIpv4":"0.0.0.0/0"}]}}"#
    }
    decide(
      open, who: intruder.arn,
      what: "\(user.name) opened SSH in the security group \(group) of account \(id) to the whole internet.")
  }

  static func accepted(_ record: inout RecordText) {
    record.readOnly = false
    record.response = #"{"requestId":"\#(record.requestID ?? "")","_return":true}"#
  }
}
