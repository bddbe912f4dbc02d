/// Says in one sentence what a policy now allows, and to whom.
struct WhoSentence {
  /// The most grants that are named.
  private static let limit = 6

  private let target: PolicyTarget
  private let naming: TargetText

  init(_ target: PolicyTarget) {
    self.target = target
    naming = TargetText(target)
  }

  /// The sentence on a policy in force; without its capital and full stop.
  func clause(_ grants: [PolicyGrant]) -> String { target.kind == .trust ? trust(grants) : permissions(grants) }

  /// The sentence on a policy that is gone.
  func gone(isWithOwner: Bool) -> String {
    if isWithOwner { return "\(naming.policy) is gone with the \(target.type), which was deleted" }
    switch target.kind {
    case .trust: return "nobody can assume \(naming.owner) any more"
    case .managed: return "\(naming.owner) is gone, and with it what it allowed and denied"
    case .inline: return "\(naming.policy) is gone, and with it what it allowed and denied"
    case .bucket, .resource:
      return "\(naming.policy) is gone: who is allowed what is up to the policies of the callers"
        + (target.kind == .bucket ? " and to access control lists" : "")
    }
  }

  // MARK: Trust

  private func trust(_ grants: [PolicyGrant]) -> String {
    let reaching = grants.filter(AssumeAction.isReached)
    let allowed = reaching.filter { $0.effect == .allow && names($0) != nil }
    let denied = reaching.filter { $0.effect == .deny && names($0) != nil }
    let isShut = denied.contains { grant in
      guard grant.conditions.isEmpty, let list = grant.principals else { return false }
      return !list.isException && list.items.contains(.anyone)
    }
    if allowed.isEmpty { return "nobody can assume \(naming.owner) now" }
    if isShut { return "nobody can assume \(naming.owner) now: a Deny holds for everyone" }
    return "\(naming.owner) can now be assumed \(cut(grouped(allowed) + grouped(denied)))"
  }

  /// The principals of grants with the same conditions together; those without conditions first.
  private func grouped(_ grants: [PolicyGrant]) -> [String] {
    var groups: [(conditions: [PolicyCondition], isException: Bool, principals: Set<PolicyPrincipal>)] = []
    var places: [[PolicyCondition]: Int] = [:]
    for grant in grants.sorted(by: { $0.conditions.count < $1.conditions.count }) {
      guard let list = grant.principals else { continue }
      if !list.isException, let place = places[grant.conditions] {
        groups[place].principals.formUnion(list.items)
      } else {
        if !list.isException { places[grant.conditions] = groups.count }
        groups.append((grant.conditions, list.isException, Set(list.items)))
      }
    }
    let isDenied = grants.first?.effect == .deny
    return groups.map { group in
      let names = ListText.joined(group.principals.sorted().map(naming.principal))
      var text: String
      switch (group.isException, isDenied) {
      case (true, true): text = "but by nobody except \(names)"
      case (true, false): text = "by everyone, in every AWS account, except \(names)"
      // Whoever is named beside everyone is named for nothing.
      case (false, true): text = "but not by \(group.principals.contains(.anyone) ? "anyone" : names)"
      case (false, false): text = "by \(group.principals.contains(.anyone) ? "anyone in any AWS account" : names)"
      }
      if !group.conditions.isEmpty { text += " if \(ConditionText.text(group.conditions))" }
      return text
    }
  }

  private func names(_ grant: PolicyGrant) -> PolicyList<PolicyPrincipal>? {
    guard let list = grant.principals, list.isException || !list.items.isEmpty else { return nil }
    return list
  }

  // MARK: Permissions

  private func permissions(_ grants: [PolicyGrant]) -> String {
    let subject =
      switch target.kind {
      case .managed: "to whomever it is attached, \(naming.owner)"
      default: naming.policy
      }
    guard !grants.isEmpty else { return "\(subject) now allows nothing" }
    let allowed = grants.filter { $0.effect == .allow }.map(described)
    let denied = grants.filter { $0.effect == .deny }.map(described)
    var clauses: [String] = []
    if !allowed.isEmpty { clauses.append("allows \(cut(allowed))") }
    if !denied.isEmpty { clauses.append("denies \(cut(denied))") }
    return "\(subject) now \(clauses.joined(separator: ", and "))"
  }

  private func described(_ grant: PolicyGrant) -> String {
    var text = GrantText.actions(grant)
    if let resources = grant.resources { text += " on " + GrantText.resources(resources) }
    if let principals = grant.principals {
      text += " to " + GrantText.principals(principals, name: naming.principal)
    }
    return grant.conditions.isEmpty ? text : text + " if " + ConditionText.text(grant.conditions)
  }

  private func cut(_ clauses: [String]) -> String {
    guard clauses.count > Self.limit else { return clauses.joined(separator: "; ") }
    return clauses.prefix(Self.limit).joined(separator: "; ") + "; and \(clauses.count - Self.limit) more"
  }
}
