import JSON

/// What a statement means: who is allowed or denied what, on what, and when. Its `Sid` is only a label, and not part of it.
///
/// Grants that say the same are equal, however their lists were ordered and their names spelt.
public struct PolicyGrant: Hashable, Sendable {
  public enum Effect: String, Hashable, Sendable {
    case allow = "Allow"
    case deny = "Deny"
  }

  public var effect: Effect
  /// `Principal` or `NotPrincipal`; nil in the policies of users, groups and roles, which are about their owner.
  public var principals: PolicyList<PolicyPrincipal>?
  /// `Action` or `NotAction`.
  public var actions: PolicyList<CaselessText>?
  /// `Resource` or `NotResource`; nil in trust policies.
  public var resources: PolicyList<String>?
  /// All of them must hold. In order.
  public var conditions: [PolicyCondition]
  /// Members of the statement that this version does not know.
  public var others: [String: JSONValue]
}

extension PolicyGrant {
  /// True when an allowing or denying list reaches an action, given in small letters.
  func reaches(_ action: String) -> Bool {
    guard let actions else { return false }
    return actions.items.contains { Wildcard.matches(action, pattern: $0.folded) } != actions.isException
  }

  /// True when the grant speaks of a principal: it names it, its account, or everybody.
  func covers(_ principal: PolicyPrincipal) -> Bool {
    guard let principals else { return true }
    let isNamed =
      principals.items.contains(.anyone) || principals.items.contains(principal)
      || principal.account.map { principals.items.contains(.account($0)) } ?? false
    return isNamed != principals.isException
  }

  /// The families of conditions that the grant is tied to.
  var ties: Set<ConditionFamily> { Set(conditions.compactMap(\.tie)) }
}
