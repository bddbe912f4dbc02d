import JSON

extension PolicySetting {
  static let storageReaders = keyed(
    [
      "PutBucketPolicy": { call in
        bucket(call).map { [call.setting($0, .set(call.policy("bucketPolicy") ?? call.policy("policy")))] } ?? []
      },
      "DeleteBucketPolicy": { call in bucket(call).map { [call.setting($0, .deleted(isWithOwner: false))] } ?? [] },
      "DeleteBucket": { call in bucket(call).map { [call.setting($0, .deleted(isWithOwner: true))] } ?? [] },
    ], "s3.amazonaws.com")

  private static func bucket(_ call: PolicyCall) -> PolicyTarget? {
    call.text("bucketName").map { PolicyTarget(kind: .bucket, type: "bucket", name: $0, account: call.account) }
  }
}
