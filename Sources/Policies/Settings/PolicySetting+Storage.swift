import JSON

extension PolicySetting {
  /// Directory buckets have a service of their own, with the same calls.
  static let storageReaders = ["s3.amazonaws.com", "s3express.amazonaws.com"]
    .reduce(into: [PolicyAction: @Sendable (PolicyCall) -> [PolicySetting]]()) { all, provider in
      all.merge(keyed(bucketReaders, provider)) { first, _ in first }
    }

  private static let bucketReaders: [String: @Sendable (PolicyCall) -> [PolicySetting]] = [
    "PutBucketPolicy": { call in
      bucket(call).map { [call.setting($0, .set(call.policy("bucketPolicy") ?? call.policy("policy")))] } ?? []
    },
    "DeleteBucketPolicy": { call in bucket(call).map { [call.setting($0, .deleted(isWithOwner: false))] } ?? [] },
    "DeleteBucket": { call in bucket(call).map { [call.setting($0, .deleted(isWithOwner: true))] } ?? [] },
  ]

  private static func bucket(_ call: PolicyCall) -> PolicyTarget? {
    call.text("bucketName").map { PolicyTarget(kind: .bucket, type: "bucket", name: $0, account: call.account) }
  }
}
