/// What keeps a grant to everyone from being one: a condition of its own, or a denial to all but some.
enum Fence {
  /// What ties a grant to everyone to somebody after all.
  static let narrowing: Set<ConditionFamily> = [.sourceAccount, .organization, .caller, .network]

  static func isFence(_ grant: PolicyGrant) -> Bool {
    guard grant.effect == .deny, grant.covers(.anyone), grant.principals?.isException == false else { return false }
    var exempts = false
    for condition in grant.conditions {
      if condition.exemption.map(narrowing.contains) == true {
        exempts = true
      } else if condition.key.folded != "aws:principalisawsservice" {
        // All conditions must hold for a denial: any other lets more through.
        return false
      }
    }
    return exempts
  }

  /// True when a denial takes in all actions and resources of a grant.
  static func encloses(_ fence: PolicyGrant, _ grant: PolicyGrant) -> Bool {
    guard let inner = grant.actions, !inner.isException, let outer = fence.actions, !outer.isException,
      inner.items.count * outer.items.count < 10_000
    else { return false }
    let takesActions = inner.items.allSatisfy { action in
      outer.items.contains { Wildcard.matches(action.folded, pattern: $0.folded) }
    }
    guard takesActions, let inner = grant.resources else { return takesActions }
    guard !inner.isException, let outer = fence.resources, !outer.isException,
      inner.items.count * outer.items.count < 10_000
    else { return false }
    return inner.items.allSatisfy { resource in
      outer.items.contains { Wildcard.matches(resource, pattern: $0) }
    }
  }
}
