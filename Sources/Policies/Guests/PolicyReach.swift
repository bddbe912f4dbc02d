import JSON

/// How far the policies of users, groups and roles reach that an API call sets.
public enum PolicyReach: String, Hashable, Sendable, CaseIterable {
  /// Every action, on every resource.
  case everything
  /// Every action of IAM, on every resource: as good as everything, since it can grant the rest.
  case iam

  /// What the policies reach; nothing for a call that sets none in force, or one that cannot be read.
  ///
  /// The arguments are those of `PolicySetting.settings`. A condition is not looked at, nor what another statement denies.
  public static func of(
    provider: String, action: String, account: String?, region: String?, request: JSONValue?, response: JSONValue?
  ) -> Set<PolicyReach> {
    let settings = PolicySetting.settings(
      provider: provider, action: action, account: account, region: region, request: request, response: response)
    var reach: Set<PolicyReach> = []
    for setting in settings where !setting.target.kind.namesPrincipals {
      guard let text = setting.policyInForce, let document = try? PolicyDocument(text) else { continue }
      for grant in document.grants where grant.effect == .allow { reach.formUnion(of(grant)) }
    }
    return reach
  }

  private static func of(_ grant: PolicyGrant) -> [PolicyReach] {
    guard let resources = grant.resources, resources.isException || resources.items.contains(where: isAny),
      let actions = grant.actions
    else { return [] }
    // All but some: nearly everything, or at least nearly all of IAM.
    if actions.isException { return grant.reaches("iam:createaccesskey") ? [.everything] : [] }
    if actions.items.contains(where: { isAny($0.text) || $0.text == "*:*" }) { return [.everything] }
    return actions.items.contains { $0.folded == "iam:*" } ? [.iam] : []
  }

  private static func isAny(_ text: String) -> Bool { !text.isEmpty && text.allSatisfy { $0 == "*" } }
}

extension PolicySetting {
  /// The policy that comes into force, as far as the event tells.
  var policyInForce: PolicyText? {
    switch change {
    case .created(let policy, _), .set(let policy): policy
    case .version(let policy, _, let isDefault): isDefault ? policy : nil
    case .defaultVersion, .versionDeleted, .deleted: nil
    }
  }
}
