/// An API call by its service and name, as in `event.provider` and `event.action`.
public struct PolicyAction: Hashable, Sendable, Comparable {
  public let provider: String
  public let action: String

  public init(provider: String, action: String) {
    self.provider = provider
    self.action = action
  }

  public static func < (left: PolicyAction, right: PolicyAction) -> Bool {
    (left.provider, left.action) < (right.provider, right.action)
  }
}
