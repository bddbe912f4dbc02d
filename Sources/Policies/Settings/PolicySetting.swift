import JSON

/// What one API call did to one policy.
public struct PolicySetting: Hashable, Sendable {
  /// What happened to the policy. A policy that is nil was not told by the event.
  public enum Change: Hashable, Sendable {
    /// It came into being together with what it belongs to; `version` is the first version of a managed policy.
    case created(PolicyText?, version: String?)
    /// It replaced whatever was there.
    case set(PolicyText?)
    /// A version of a managed policy was added, and put in force when it is the default.
    case version(PolicyText?, id: String?, isDefault: Bool)
    /// The version of a managed policy with that id was put in force.
    case defaultVersion(String)
    /// The version of a managed policy with that id, which was not in force, was deleted.
    case versionDeleted(String)
    /// It was deleted, alone or with what it belonged to; `isWithOwner` tells which.
    case deleted(isWithOwner: Bool)
  }

  public let target: PolicyTarget
  public let change: Change
  /// The error code, when the call failed and changed nothing.
  public let failure: String?

  public init(target: PolicyTarget, change: Change, failure: String? = nil) {
    self.target = target
    self.change = change
    self.failure = failure
  }

  /// The API calls that set or delete policies. For all others `settings` gives nothing.
  public static let actions: Set<PolicyAction> = Set(readers.keys)

  static let readers: [PolicyAction: @Sendable (PolicyCall) -> [PolicySetting]] =
    [iamReaders, storageReaders, resourceReaders].reduce(into: [:]) { all, some in
      all.merge(some) { first, _ in first }
    }

  /// Says what an API call did to policies: nothing, for most.
  ///
  /// `provider` and `action` are the event's source and name (`iam.amazonaws.com`, `CreateRole`), `account` the
  /// account that the event belongs to, `request` and `response` its `requestParameters` and `responseElements`, and
  /// `error` its `errorCode`: a call that failed is told, with what it wanted.
  public static func settings(
    provider: String, action: String, account: String?, region: String?, request: JSONValue?, response: JSONValue?,
    error: String? = nil
  ) -> [PolicySetting] {
    guard let read = readers[PolicyAction(provider: provider, action: action)] else { return [] }
    let failure = error.flatMap { $0.isEmpty ? nil : $0 }
    return read(
      PolicyCall(account: account, region: region, request: request, response: response, failure: failure))
  }
}
