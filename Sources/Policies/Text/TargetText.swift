/// What a target and its principals are called in sentences.
struct TargetText {
  let target: PolicyTarget

  init(_ target: PolicyTarget) { self.target = target }

  /// What the policy belongs to: "the role ops".
  var owner: String {
    target.kind == .managed ? "the managed policy \(name)" : "the \(target.type) \(name)"
  }

  private var name: String { ListText.cut(target.name) }

  private var policyName: String { ListText.cut(target.policyName ?? "") }

  /// The policy: "the inline policy admin of the user alice".
  var policy: String {
    switch target.kind {
    case .trust: "the trust policy of \(owner)"
    case .managed: owner
    case .inline: "the inline policy \(policyName) of \(owner)"
    case .bucket: "the policy of \(owner)"
    case .resource:
      target.policyName == nil ? "the policy of \(owner)" : "the statement \(policyName) of \(owner)"
    }
  }

  /// True for what lies in another account than the target, as far as both are told.
  func isElsewhere(_ account: String?) -> Bool {
    guard let account, let home = target.account else { return false }
    return account != home
  }

  /// A principal, and whether it is of another account.
  func principal(_ principal: PolicyPrincipal) -> String {
    if isElsewhere(principal.account) { return "\(principal.text) (another account)" }
    if case .account(let id) = principal, id == target.account { return "\(principal.text) (this account)" }
    return principal.text
  }
}
