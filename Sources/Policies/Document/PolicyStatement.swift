/// A statement of a policy: what it means and its label.
public struct PolicyStatement: Hashable, Sendable {
  public var sid: String?
  public var grant: PolicyGrant
}
