import JSON

extension PolicySetting {
  static let iamReaders: [PolicyAction: @Sendable (PolicyCall) -> [PolicySetting]] = {
    var readers: [String: @Sendable (PolicyCall) -> [PolicySetting]] = [
      "CreateRole": { call in
        guard let target = trust(call) else { return [] }
        let policy =
          call.policy("assumeRolePolicyDocument") ?? PolicyText(call.response?["role"]?["assumeRolePolicyDocument"])
        return [call.setting(target, .created(policy, version: nil))]
      },
      "UpdateAssumeRolePolicy": { call in
        trust(call).map { [call.setting($0, .set(call.policy("policyDocument")))] } ?? []
      },
      "DeleteRole": { call in trust(call).map { [call.setting($0, .deleted(isWithOwner: true))] } ?? [] },
      "CreatePolicy": { call in
        guard let target = createdPolicy(call) else { return [] }
        let version = call.response?["policy"]?["defaultVersionId"]?.stringValue ?? "v1"
        return [call.setting(target, .created(call.policy("policyDocument"), version: version))]
      },
      "CreatePolicyVersion": { call in
        let version = call.response?["policyVersion"]
        let isDefault = isTrue(call.request?["setAsDefault"]) || isTrue(version?["isDefaultVersion"])
        return managed(call).map {
          let id = version?["versionId"]?.stringValue
          return [call.setting($0, .version(call.policy("policyDocument"), id: id, isDefault: isDefault))]
        } ?? []
      },
      "SetDefaultPolicyVersion": { call in
        guard let target = managed(call), let version = call.text("versionId") else { return [] }
        return [call.setting(target, .defaultVersion(version))]
      },
      "DeletePolicyVersion": { call in
        guard let target = managed(call), let version = call.text("versionId") else { return [] }
        return [call.setting(target, .versionDeleted(version))]
      },
      "DeletePolicy": { call in managed(call).map { [call.setting($0, .deleted(isWithOwner: false))] } ?? [] },
    ]
    for (owner, type) in [("User", "user"), ("Role", "role"), ("Group", "group")] {
      readers["Put\(owner)Policy"] = { call in
        inline(call, type).map { [call.setting($0, .set(call.policy("policyDocument")))] } ?? []
      }
      readers["Delete\(owner)Policy"] = { call in
        inline(call, type).map { [call.setting($0, .deleted(isWithOwner: false))] } ?? []
      }
    }
    return keyed(readers, "iam.amazonaws.com")
  }()

  static func keyed(
    _ readers: [String: @Sendable (PolicyCall) -> [PolicySetting]], _ provider: String
  ) -> [PolicyAction: @Sendable (PolicyCall) -> [PolicySetting]] {
    Dictionary(readers.map { (PolicyAction(provider: provider, action: $0), $1) }) { first, _ in first }
  }

  private static func isTrue(_ value: JSONValue?) -> Bool { value?.scalarText?.lowercased() == "true" }

  private static func trust(_ call: PolicyCall) -> PolicyTarget? {
    call.text("roleName").map { PolicyTarget(kind: .trust, type: "role", name: $0, account: call.account) }
  }

  private static func inline(_ call: PolicyCall, _ type: String) -> PolicyTarget? {
    guard let owner = call.text("\(type)Name"), let policy = call.text("policyName") else { return nil }
    return PolicyTarget(kind: .inline, type: type, name: owner, account: call.account, policyName: policy)
  }

  /// A managed policy by its ARN, whose account counts: policies of AWS itself belong to none.
  private static func managed(_ call: PolicyCall) -> PolicyTarget? { call.text("policyArn").map { managed($0, call) } }

  private static func managed(_ arn: String, _ call: PolicyCall) -> PolicyTarget {
    let name = arn.split(separator: "/").last.map(String.init) ?? arn
    return PolicyTarget(kind: .managed, type: "policy", name: name, account: call.account, handle: arn)
  }

  private static func createdPolicy(_ call: PolicyCall) -> PolicyTarget? {
    if let arn = call.response?["policy"]?["arn"]?.stringValue { return managed(arn, call) }
    guard let name = call.text("policyName") else { return nil }
    guard let account = call.account else {
      return PolicyTarget(kind: .managed, type: "policy", name: name, account: nil)
    }
    let partition = ARN.partition(ofRegion: call.region)
    return managed("arn:\(partition):iam::\(account):policy\(call.text("path") ?? "/")\(name)", call)
  }
}
