/// Finds what is worth a flag in a policy, whatever it was before.
struct FlagFinder {
  let target: PolicyTarget
  private let naming: TargetText
  /// Denials to everybody but those whom a condition exempts.
  private let fences: [PolicyGrant]
  private(set) var flags: [PolicyFlag] = []

  init(_ grants: [PolicyGrant], of target: PolicyTarget) {
    self.target = target
    naming = TargetText(target)
    fences = grants.filter(Fence.isFence)
    for grant in grants {
      if target.kind.namesPrincipals { flagPrincipals(grant) }
      if grant.effect == .allow { flagReach(grant) }
    }
  }

  private mutating func add(_ id: PolicyFlag.ID, _ text: String) { flags.append(PolicyFlag(id: id, text: text)) }

  private func condition(_ grant: PolicyGrant) -> String {
    grant.conditions.isEmpty ? "" : " if \(ConditionText.text(grant.conditions))"
  }

  /// "may assume the role", "is allowed s3:GetObject".
  private func permission(_ grant: PolicyGrant) -> String {
    target.kind == .trust && AssumeAction.isReached(by: grant)
      ? "may assume the role" : "is allowed \(GrantText.actions(grant))"
  }

  // MARK: Who

  private mutating func flagPrincipals(_ grant: PolicyGrant) {
    guard let principals = grant.principals else { return }
    if principals.isException {
      let everyone = GrantText.principals(principals)
      if grant.effect == .allow {
        add(.notPrincipal, "\(everyone), in every account, \(permission(grant))\(condition(grant))")
      } else {
        add(.notPrincipalDeny, "\(everyone) is denied \(GrantText.actions(grant))\(condition(grant))")
      }
      return
    }
    guard grant.effect == .allow else { return }
    for principal in principals.items { flag(principal, grant) }
  }

  private mutating func flag(_ principal: PolicyPrincipal, _ grant: PolicyGrant) {
    let permission = permission(grant)
    let ties = grant.ties
    if naming.isElsewhere(principal.account), let home = target.account {
      let isLoose = target.kind == .trust && ties.isDisjoint(with: [.externalID, .mfa])
      add(
        .externalAccount,
        "\(principal.text), in another account than \(home), \(permission)"
          + (isLoose ? ", without an ExternalId or MFA condition" : ""))
    }
    switch principal {
    case .anyone: flagAnyone(grant, permission, ties)
    case .canonicalUser:
      add(.canonicalUser, "\(principal.text), whose account the policy does not tell, \(permission)")
    case .federated(let name):
      let isOpen = ties.isDisjoint(with: [.subject]) && !name.contains(":saml-provider/")
      add(
        .federatedPrincipal,
        "\(principal.text) \(permission)" + (isOpen ? ", whatever the subject of its token" : ""))
    case .service: add(.servicePrincipal, "\(principal.text) \(permission)")
    case .account, .aws, .other: break
    }
  }

  private mutating func flagAnyone(_ grant: PolicyGrant, _ permission: String, _ ties: Set<ConditionFamily>) {
    for account in Set(grant.conditions.flatMap(\.callerAccounts)) where naming.isElsewhere(account) {
      let home = target.account ?? ""
      add(.externalAccount, "account \(account), in another account than \(home), \(permission) by a condition")
    }
    if !ties.isDisjoint(with: Fence.narrowing) {
      add(.anyPrincipalNarrowed, "anyone \(permission), but only\(condition(grant))")
    } else if let fence = fences.first(where: { Fence.encloses($0, grant) }) {
      let limit = ConditionText.text(fence.conditions)
      add(.anyPrincipalNarrowed, "anyone \(permission)\(condition(grant)), but a Deny holds if \(limit)")
    } else if target.kind == .bucket {
      add(.publicBucket, "anyone, even without signing in, \(permission)\(condition(grant))")
    } else {
      add(.anyPrincipal, "anyone, in any AWS account, \(permission)\(condition(grant))")
    }
  }

  // MARK: What

  private mutating func flagReach(_ grant: PolicyGrant) {
    guard let actions = grant.actions else { return }
    let resources = grant.resources.map { " on \(GrantText.resources($0))" } ?? ""
    let tail = "\(resources)\(condition(grant))"
    if let list = grant.resources, list.isException {
      add(.notResource, "\(GrantText.actions(grant)) is allowed\(tail)")
    }
    if actions.isException {
      add(.notAction, "\(GrantText.actions(grant)) is allowed\(tail)")
      return
    }
    let isOnEverything = grant.resources.map { !$0.isException && $0.items.contains("*") } ?? false
    let isEverything = actions.items.contains { $0.text.allSatisfy { $0 == "*" } }
    if isEverything, isOnEverything, !target.kind.namesPrincipals {
      add(.admin, "every action on every resource is allowed\(condition(grant))")
      return
    }
    // That the owner's own account may do everything with a resource is how its policy usually begins.
    let isHome = grant.principals?.items.allSatisfy { $0.account != nil && $0.account == target.account } ?? false
    if !isHome || grant.principals?.isException == true {
      for action in actions.items where action.text.hasSuffix(":*") || action.text.allSatisfy({ $0 == "*" }) {
        let service = action.text.dropLast(2)
        let reach = service.isEmpty ? "every action" : "every action of \(ListText.cut(String(service)))"
        add(.wildcardAction, "\(reach) is allowed\(tail)")
      }
    }
    let passes = actions.items.contains {
      $0.folded.hasPrefix("iam:") && $0.folded != "iam:*" && Wildcard.matches("iam:passrole", pattern: $0.folded)
    }
    if passes { add(.passRole, "iam:PassRole is allowed\(tail)") }
  }
}
