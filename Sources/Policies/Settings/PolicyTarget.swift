/// One place that holds a policy: the trust of a role, a managed policy, an inline policy, a bucket.
///
/// Two targets are equal when they are the same place. Names of IAM count in any case, since IAM gives no two that differ
/// in nothing else.
public struct PolicyTarget: Sendable {
  public let kind: PolicyKind
  /// `role`, `user`, `group`, `policy`, `bucket`, `key`, `queue`, `topic`, `repository`, `secret` or `function`.
  public let type: String
  /// The name of what the policy belongs to.
  public let name: String
  /// The account of the event, 12 digits.
  public let account: String?
  /// The region, for resources that live in one.
  public let region: String?
  /// What commands call it by, where that is not the name: an ARN or an address.
  public let handle: String?
  /// The name of an inline policy, or the id of a function's statement.
  public let policyName: String?

  public init(
    kind: PolicyKind, type: String, name: String, account: String?, region: String? = nil, handle: String? = nil,
    policyName: String? = nil
  ) {
    self.kind = kind
    self.type = type
    self.name = name
    self.account = account
    self.region = region
    self.handle = handle
    self.policyName = policyName
  }

  private struct Identity: Hashable {
    let kind: PolicyKind
    let type: String
    let name: String
    let account: String?
    let region: String?
    let policyName: String?
  }

  private var identity: Identity {
    let isIAM = kind == .trust || kind == .managed || kind == .inline
    return Identity(
      kind: kind, type: type, name: isIAM ? name.lowercased() : name, account: account, region: region,
      policyName: isIAM ? policyName?.lowercased() : policyName)
  }
}

extension PolicyTarget: Hashable {
  public static func == (left: PolicyTarget, right: PolicyTarget) -> Bool { left.identity == right.identity }

  public func hash(into hasher: inout Hasher) { hasher.combine(identity) }
}
