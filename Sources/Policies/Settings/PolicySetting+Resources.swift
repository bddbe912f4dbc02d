import JSON

/// Policies of single resources: keys, secrets, repositories, topics, queues and functions.
extension PolicySetting {
  static let resourceReaders: [PolicyAction: @Sendable (PolicyCall) -> [PolicySetting]] =
    [keyReaders, secretReaders, repositoryReaders, topicReaders, queueReaders, functionReaders]
    .reduce(into: [:]) { all, some in all.merge(some) { first, _ in first } }

  private static let keyReaders = keyed(
    [
      "CreateKey": { call in
        // Without a policy of its own a key gets AWS's, which the event does not tell.
        guard let policy = call.policy("policy"), let id = call.response?["keyMetadata"]?["keyId"]?.stringValue else {
          return []
        }
        return [call.setting(resource(call, "key", id), .created(policy, version: nil))]
      },
      "ReplicateKey": { call in
        // The replica, in another region, has a policy of its own, AWS's where none is given.
        guard let policy = call.policy("policy"), let id = call.text("keyId") else { return [] }
        let key = ARN(id)?.resource.split(separator: "/").last.map(String.init) ?? id
        let region = call.text("replicaRegion") ?? call.response?["replicaKeyMetadata"]?["region"]?.stringValue
        let target = PolicyTarget(
          kind: .resource, type: "key", name: key, account: call.account, region: region ?? call.region)
        return [call.setting(target, .created(policy, version: nil))]
      },
      "PutKeyPolicy": { call in
        guard let id = call.text("keyId") else { return [] }
        return [call.setting(resource(call, "key", id), .set(call.policy("policy")))]
      },
    ], "kms.amazonaws.com")

  private static let secretReaders = keyed(
    [
      "PutResourcePolicy": { call in
        secret(call).map { [call.setting($0, .set(call.policy("resourcePolicy")))] } ?? []
      },
      "DeleteResourcePolicy": { call in secret(call).map { [call.setting($0, .deleted(isWithOwner: false))] } ?? [] },
    ], "secretsmanager.amazonaws.com")

  private static let repositoryReaders = keyed(
    [
      "SetRepositoryPolicy": { call in
        guard let name = call.text("repositoryName") else { return [] }
        return [call.setting(resource(call, "repository", name), .set(call.policy("policyText")))]
      },
      "DeleteRepositoryPolicy": { call in
        guard let name = call.text("repositoryName") else { return [] }
        return [call.setting(resource(call, "repository", name), .deleted(isWithOwner: false))]
      },
      "DeleteRepository": { call in
        guard let name = call.text("repositoryName") else { return [] }
        return [call.setting(resource(call, "repository", name), .deleted(isWithOwner: true))]
      },
    ], "ecr.amazonaws.com")

  private static func secret(_ call: PolicyCall) -> PolicyTarget? {
    guard let id = call.text("secretId") else { return nil }
    var name = id
    if let arn = ARN(id), arn.resource.hasPrefix("secret:") {
      // An ARN ends in a hyphen and six characters that are not part of the name.
      name = String(arn.resource.dropFirst("secret:".count))
      if let hyphen = name.lastIndex(of: "-"), name[hyphen...].count == 7 { name = String(name[..<hyphen]) }
    }
    return PolicyTarget(
      kind: .resource, type: "secret", name: name, account: call.account, region: call.region, handle: id)
  }

  static func resource(_ call: PolicyCall, _ type: String, _ id: String, policyName: String? = nil) -> PolicyTarget {
    let arn = ARN(id)
    let name = arn?.resource.split(whereSeparator: { $0 == "/" || $0 == ":" }).last.map(String.init) ?? id
    return PolicyTarget(
      kind: .resource, type: type, name: name, account: call.account,
      region: arn.map { String($0.region) } ?? call.region, handle: arn == nil ? nil : id, policyName: policyName)
  }
}
