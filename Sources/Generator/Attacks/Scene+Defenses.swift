/// Attacks on what watches over the account.
extension Scene {
  mutating func playTrailStop() {
    let intruder = intruder
    let trail = "arn:aws:cloudtrail:\(account.regions[0]):\(account.id):trail/management-events"
    call(
      after: 0, "cloudtrail", "DescribeTrails", by: intruder,
      request: #"{"trailNameList":[],"includeShadowTrails":true}"#)
    call(after: 12, "cloudtrail", "GetTrailStatus", by: intruder, request: #"{"name":"\#(trail)"}"#)
    let stop = call(
      after: 47, "cloudtrail", "StopLogging", by: intruder, request: #"{"name":"\#(trail)"}"#, change: Self.writing)
    decide(
      stop, who: intruder.arn, what: "\(user.name) stopped the trail management-events of account \(account.id).")
  }

  mutating func playTrailStopAndTheft() {
    let intruder = intruder
    let region = account.regions[0]
    let trail = "arn:aws:cloudtrail:\(region):\(account.id):trail/management-events"
    let stop = call(
      after: 0, "cloudtrail", "StopLogging", by: intruder, request: #"{"name":"\#(trail)"}"#, change: Self.writing)
    let secret = account.names.names(.secret)[0]
    decide(
      stop, who: intruder.arn,
      what: "\(user.name) stopped the trail management-events of account \(account.id), read the secret \(secret) and "
        + "shared a disk snapshot with the outside account \(outsideAccount).")
    call(
      after: 214, "secretsmanager", "GetSecretValue", by: intruder,
      request: #"{"secretId":"arn:aws:secretsmanager:\#(region):\#(account.id):secret:\#(secret)"}"#)
    let snapshot = account.names.names(.snapshot)[1]
    call(
      after: 66, "ec2", "ModifySnapshotAttribute", by: intruder,
      request: #"{"snapshotId":"\#(snapshot)","createVolumePermission":{"add":{"items":[{"userId":"#
        + #""\#(outsideAccount)"}]}},"attributeType":"CREATE_VOLUME_PERMISSION"}"#,
      change: Self.accepted)
  }

  mutating func playLeaving() {
    let intruder = intruder
    call(after: 0, "organizations", "DescribeOrganization", by: intruder)
    let leave = call(after: 66, "organizations", "LeaveOrganization", by: intruder) {
      Self.denied("organizations:LeaveOrganization", to: intruder)(&$0)
      $0.readOnly = false
    }
    decide(
      leave, who: intruder.arn,
      what: "\(user.name) tried to take account \(account.id) out of its organization, and was refused.")
  }
}
