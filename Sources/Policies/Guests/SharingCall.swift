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
  /// An access list of a bucket or an object.
  var list: AccessList?

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
    on("s3", "PutBucketAcl", "CreateBucket") { SharingCall(target: "bucket", list: AccessList(request: $0.request)) }
    on("s3", "PutObjectAcl") { SharingCall(target: "object", list: AccessList(request: $0.request)) }
    for service in ["s3", "s3express", "s3-outposts", "s3-object-lambda"] {
      on(
        service, "PutAccessPointPolicy", "PutAccessPointPolicyForObjectLambda", "PutMultiRegionAccessPointPolicy"
      ) { SharingCall(target: "access point", policy: PolicyText($0.nested("policy"))) }
    }
    // A key gets its id from the answer; without one it is known who is let in, and not to which key.
    on("kms", "CreateKey") { SharingCall(target: "key", policy: $0.policy("policy")) }
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
    ("ecr-public", "SetRepositoryPolicy", "policyText", "public repository"),
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

  /// A member of the request, in any case and within so many objects: S3's control calls are recorded with the element of
  /// their body around what was sent (`PutMultiRegionAccessPointPolicyRequest`, `Details`).
  fileprivate func nested(_ name: String, levels: Int = 3) -> JSONValue? {
    func find(_ value: JSONValue?, _ levels: Int) -> JSONValue? {
      guard case .object(let members)? = value else { return nil }
      var reader = MemberReader(members)
      if let found = reader.take(name), PolicyText(found) != nil { return found }
      guard levels > 1 else { return nil }
      for key in reader.rest.keys.sorted() {
        if let found = find(reader.rest[key], levels - 1) { return found }
      }
      return nil
    }
    return find(request, levels)
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
