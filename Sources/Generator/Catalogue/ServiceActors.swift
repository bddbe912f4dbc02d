/// AWS's own services at work in the account: log delivery, keys for it, and roles taken for workloads.
extension Persona {
  private static let trailLog =
    "AWSLogs/‹account›/CloudTrail/‹region›/‹slashedDay›/‹account›_CloudTrail_‹region›_‹hexadecimal17›.json.gz"

  static var serviceActors: [Persona] {
    let objectARN = "arn:aws:s3:::‹bucket›/\(trailLog)"
    var put = Action.s3(
      26, "PutObject",
      request: #""x-amz-acl":"bucket-owner-full-control","x-amz-server-side-encryption":"AES256","key":"\#(trailLog)""#,
      isObject: true, isWrite: true, received: "‹size›", applied: "SSE_S3")
    put.record.response = #"{"x-amz-server-side-encryption":"AES256"}"#
    put.record.resources =
      #"[{"type":"AWS::S3::Object","ARN":"\#(objectARN)"},"#
      + #"{"accountId":"‹account›","type":"AWS::S3::Bucket","ARN":"arn:aws:s3:::‹bucket›"}]"#
    let acl = Action.s3(26, "GetBucketAcl", request: #""acl":"""#, isObject: false, sent: "931")
    let context =
      #""aws:cloudtrail:arn":"arn:aws:cloudtrail:‹region›:‹account›:trail/management-events","#
      + #""aws:s3:arn":"\#(objectARN)""#
    let flowLog = "AWSLogs/‹account›/vpcflowlogs/‹region›/‹slashedDay›/‹account›_vpcflowlogs_‹hexadecimal17›.log.gz"
    var putFlow = put
    putFlow.record.request =
      #"{"bucketName":"‹bucket›","Host":"‹bucket›.s3.‹region›.amazonaws.com","x-amz-acl":"#
      + #""bucket-owner-full-control","key":"\#(flowLog)"}"#
    putFlow.record.resources =
      #"[{"type":"AWS::S3::Object","ARN":"arn:aws:s3:::‹bucket›/\#(flowLog)"},"#
      + #"{"accountId":"‹account›","type":"AWS::S3::Bucket","ARN":"arn:aws:s3:::‹bucket›"}]"#

    return [
      Persona(
        cast: .trail, weight: 170, rhythm: .steady, run: 2, isDirect: false,
        actions: [put, acl, .kms(40, "GenerateDataKey", context: context, keySpec: true)].map(shared)),
      Persona(
        cast: .delivery, weight: 60, rhythm: .steady, run: 2, denied: 20, isDirect: false,
        actions: [
          putFlow, acl,
          .s3(6, "HeadBucket", request: "", isObject: false, sent: "243"),
        ].map(shared)),
      Persona(
        cast: .roleTakers, weight: 90, rhythm: .traffic, run: 1, denied: 12, isDirect: false,
        actions: [.assumeRole(1, session: "‹hexadecimal17›")].map(shared)),
    ]
  }

  /// A service's call is recorded on both sides, under one shared identifier.
  private static func shared(_ action: Action) -> Action {
    action.changed { $0.record.sharedEventID = "‹uuid›" }
  }
}
