import JSON

/// API calls that let others in and are no `PolicySetting`: permissions by account, shares, and policies of resources whose
/// former policy is not looked for.
///
/// Sources: the API references of the services, whose parameters CloudTrail writes with a small first letter.
struct SharingCall {
  /// What is shared.
  var target: String
  /// Accounts, ARNs of principals, and words for everybody.
  var names: [String] = []
  /// True when what is shared is tied to an organization or another condition.
  var isConditioned = false
  var policy: PolicyText?

  static let readers: [PolicyAction: @Sendable (PolicyCall) -> SharingCall] = {
    var readers: [PolicyAction: @Sendable (PolicyCall) -> SharingCall] = [:]
    func on(_ service: String, _ actions: String..., read: @escaping @Sendable (PolicyCall) -> SharingCall) {
      for action in actions { readers[PolicyAction(provider: service + ".amazonaws.com", action: action)] = read }
    }
    on("sns", "AddPermission") { SharingCall(target: "topic", names: $0.names("AWSAccountId", "AWSAccountIds")) }
    on("sqs", "AddPermission") { SharingCall(target: "queue", names: $0.names("AWSAccountId", "AWSAccountIds")) }
    on("kms", "CreateGrant") { SharingCall(target: "key", names: $0.names("granteePrincipal")) }
    on("ram", "CreateResourceShare", "AssociateResourceShare") {
      SharingCall(target: "resource share", names: $0.names("principals"))
    }
    on("events", "PutPermission") { call in
      SharingCall(
        target: "event bus", names: call.names("principal"), isConditioned: call.request?["condition"] != nil,
        policy: call.policy("policy"))
    }
    // The dates are API versions, which Lambda puts behind the names.
    for version in ["", "20150331", "20150331v2", "20181031"] {
      on("lambda", "AddLayerVersionPermission" + version) { call in
        SharingCall(target: "layer", names: call.names("principal"), isConditioned: call.text("organizationId") != nil)
      }
    }
    on("ec2", "ModifySnapshotAttribute") {
      SharingCall(target: "snapshot", names: $0.added("createVolumePermission"))
    }
    on("ec2", "ModifyImageAttribute") { SharingCall(target: "image", names: $0.added("launchPermission")) }
    on("rds", "ModifyDBSnapshotAttribute", "ModifyDBClusterSnapshotAttribute") { call in
      SharingCall(target: "snapshot", names: call.text("attributeName") == "restore" ? call.names("valuesToAdd") : [])
    }
    on("ssm", "ModifyDocumentPermission") { SharingCall(target: "document", names: $0.names("accountIdsToAdd")) }
    for (service, action, member, target) in policies {
      on(service, action) { SharingCall(target: target, policy: $0.policy(member)) }
    }
    return readers
  }()

  /// Service, action, the member of the request that holds the policy, and what it belongs to.
  private static let policies = [
    ("backup", "PutBackupVaultAccessPolicy", "policy", "backup vault"),
    ("codeartifact", "PutDomainPermissionsPolicy", "policyDocument", "package domain"),
    ("codeartifact", "PutRepositoryPermissionsPolicy", "policyDocument", "package repository"),
    ("dynamodb", "PutResourcePolicy", "policy", "table"),
    ("ecr", "PutRegistryPolicy", "policyText", "registry"),
    ("elasticfilesystem", "PutFileSystemPolicy", "policy", "file system"),
    ("es", "UpdateDomainConfig", "accessPolicies", "search domain"),
    ("es", "UpdateElasticsearchDomainConfig", "accessPolicies", "search domain"),
    ("glue", "PutResourcePolicy", "policyInJson", "data catalog"),
    ("kinesis", "PutResourcePolicy", "policy", "stream"),
    ("logs", "PutDestinationPolicy", "accessPolicy", "log destination"),
  ]
}

extension PolicyCall {
  /// The texts of members of the request, whose names are taken in any case; none of what is no text or list of texts.
  fileprivate func names(_ members: String...) -> [String] {
    guard case .object(let request)? = request else { return [] }
    var reader = MemberReader(request)
    return members.flatMap { reader.take($0)?.texts ?? [] }
  }

  /// The accounts and groups in `add` of a permission of snapshots and images.
  fileprivate func added(_ permission: String) -> [String] {
    let items: [JSONValue]
    switch request?[permission]?["add"]?["items"] {
    case .array(let list): items = list
    case .object(let single): items = [.object(single)]
    default: return []
    }
    return items.flatMap { [$0["userId"], $0["group"]].compactMap { $0?.scalarText } }
  }
}
