/// Attacks that show in how many calls there are.
extension Scene {
  mutating func playSpraying() {
    let victims = account.users.suffix(6)
    var first: Int?
    for round in 0..<2 {
      for (place, victim) in victims.enumerated() {
        let attempt = call(
          after: round == 0 && place == 0 ? 0 : 9 + random.below(9), "signin", "ConsoleLogin", by: visitor(as: victim),
          change: Self.signIn("Failure"))
        first = first ?? attempt
      }
    }
    decide(
      first ?? 0, who: visitor(as: victims.first ?? user).arn,
      what:
        "Somebody at \(outsideAddress) tried two passwords on each of \(victims.count) users of account \(account.id) at "
        + "the console, and none was right.")
  }

  mutating func playDeletion() {
    let intruder = intruder
    call(
      after: 0, "ec2", "DescribeVolumes", by: intruder,
      request: #"{"maxResults":1000,"volumeSet":{},"filterSet":{}}"#)
    call(
      after: 6, "ec2", "DescribeSnapshots", by: intruder,
      request: #"{"maxResults":1000,"snapshotSet":{},"ownersSet":{"items":[{"owner":"self"}]},"filterSet":{}}"#)
    var first: Int?
    let snapshots = account.names.names(.snapshot).prefix(12)
    for snapshot in snapshots {
      let deletion = call(
        after: 3, "ec2", "DeleteSnapshot", by: intruder, request: #"{"snapshotId":"\#(snapshot)"}"#,
        change: Self.accepted)
      first = first ?? deletion
    }
    let volumes = account.names.names(.volume).prefix(14)
    for volume in volumes {
      call(
        after: 2, "ec2", "DeleteVolume", by: intruder, request: #"{"volumeId":"\#(volume)"}"#, change: Self.accepted)
    }
    decide(
      first ?? 0, who: intruder.arn,
      what:
        "\(user.name) deleted \(snapshots.count) disk snapshots and \(volumes.count) disks of account \(account.id) within "
        + "minutes.")
  }

  /// What is tried with a key by those who do not know what it may do.
  private static let attempts = [
    ("iam", "GetAccountAuthorizationDetails"), ("iam", "ListUsers"), ("iam", "ListRoles"), ("iam", "ListGroups"),
    ("iam", "ListPolicies"), ("iam", "ListAccessKeys"), ("iam", "GetAccountSummary"),
    ("iam", "GetAccountPasswordPolicy"), ("ec2", "DescribeInstances"), ("ec2", "DescribeSnapshots"),
    ("ec2", "DescribeImages"), ("ec2", "DescribeSecurityGroups"), ("ec2", "DescribeVpcs"), ("ec2", "DescribeKeyPairs"),
    ("s3", "ListBuckets"), ("secretsmanager", "ListSecrets"), ("ssm", "DescribeParameters"),
    ("ssm", "DescribeInstanceInformation"), ("kms", "ListKeys"), ("kms", "ListAliases"), ("rds", "DescribeDBInstances"),
    ("rds", "DescribeDBSnapshots"), ("lambda", "ListFunctions20150331"), ("dynamodb", "ListTables"),
    ("ecs", "ListClusters"), ("eks", "ListClusters"), ("ecr", "DescribeRepositories"), ("sqs", "ListQueues"),
    ("sns", "ListTopics"), ("cloudtrail", "DescribeTrails"), ("organizations", "ListAccounts"),
    ("ses", "GetSendQuota"),
  ]

  mutating func playPermissions() {
    let intruder = intruder
    call(after: 0, "sts", "GetCallerIdentity", by: intruder)
    var first: Int?
    for (service, name) in Self.attempts {
      let attempt = call(
        after: 1 + random.below(3), service, name, by: intruder,
        change: Self.denied("\(service):\(name)", to: intruder))
      first = first ?? attempt
    }
    decide(
      first ?? 0, who: intruder.arn,
      what:
        "The key of \(user.name) was tried on \(Self.attempts.count) kinds of calls in account \(account.id), and all were "
        + "refused.")
  }

  mutating func playRegions() {
    let intruder = intruder
    call(after: 0, "sts", "GetCallerIdentity", by: intruder)
    var first: Int?
    for region in account.allRegions.indices {
      let attempt = call(
        after: 4 + random.below(4), "ec2", "DescribeInstances", by: intruder, region: region,
        request: #"{"maxResults":1000,"instancesSet":{},"filterSet":{}}"#
      ) {
        Self.denied("ec2:DescribeInstances", to: intruder)(&$0)
        $0.errorCode = "Client.UnauthorizedOperation"
      }
      first = first ?? attempt
    }
    decide(
      first ?? 0, who: intruder.arn,
      what:
        "\(user.name) looked for machines in \(account.allRegions.count) regions of account \(account.id), and was refused "
        + "in all.")
  }
}
