import JSON

/// Whom an API call lets in from outside of the account that it belongs to.
///
/// Read from the policy or the permission that the call sets, whatever it was before and whether the call succeeded or not.
public struct PolicyGuests: Hashable, Sendable {
  /// Whether a grant to another account is tied to something, such as an `sts:ExternalId` or an organization.
  public enum Access: String, Hashable, Sendable, CaseIterable {
    case conditioned, unconditioned
  }

  /// Whether a grant to everybody is tied to an account, an organization, a caller or a network.
  public enum Anyone: String, Hashable, Sendable, CaseIterable {
    case narrowed, open
  }

  /// Kinds of principals that a policy lets in.
  public enum Kind: String, Hashable, Sendable, CaseIterable {
    case anyone, federated, other
    case otherAccount = "other_account"
    case ownAccount = "own_account"
    case service
  }

  /// What is opened: `role`, `bucket`, `key`, `queue`, `topic`, `function`, `repository`, `secret`, `snapshot`, `access
  /// point`, `object`, …
  public let target: String
  /// The other accounts that are named, in order: 12 digits each, or the canonical id that Amazon S3 has for an account, or
  /// an address of e-mail, where they are named by that.
  public var accounts: [String] { outsiders.sorted() }
  private var outsiders: Set<String> = []
  /// How the other accounts are let in; empty without any.
  public private(set) var access: Set<Access> = []
  /// How everybody is let in; empty where everybody is not.
  public private(set) var anyone: Set<Anyone> = []
  /// All kinds of principals that are let in.
  public private(set) var kinds: Set<Kind> = []

  /// The API calls that can let somebody in. For all others there are no guests.
  public static let actions: Set<PolicyAction> = PolicySetting.actions.union(SharingCall.readers.keys)

  /// Whom an API call lets in; nil for one that sets no policy of a resource, role or share, or one that cannot be read.
  ///
  /// The arguments are those of `PolicySetting.settings`.
  public static func of(
    provider: String, action: String, account: String?, region: String?, request: JSONValue?, response: JSONValue?
  ) -> PolicyGuests? {
    let settings = PolicySetting.settings(
      provider: provider, action: action, account: account, region: region, request: request, response: response)
    for setting in settings where setting.target.kind.namesPrincipals {
      guard let text = setting.policyInForce, let document = try? PolicyDocument(text) else { continue }
      var guests = PolicyGuests(target: setting.target.type)
      guests.add(document, home: account)
      return guests
    }
    guard let read = SharingCall.readers[PolicyAction(provider: provider, action: action)] else { return nil }
    let sharing = read(PolicyCall(account: account, region: region, request: request, response: response, failure: nil))
    var guests = PolicyGuests(target: sharing.target)
    if let document = sharing.policy.flatMap({ try? PolicyDocument($0) }) { guests.add(document, home: account) }
    for name in sharing.names { guests.add(name, home: account, isConditioned: sharing.isConditioned) }
    if let list = sharing.list { guests.add(list) }
    return guests
  }

  private init(target: String) { self.target = target }

  private mutating func add(account: String, home: String?, _ access: Access) {
    guard let home, account != home else {
      kinds.insert(home == nil ? .other : .ownAccount)
      return
    }
    kinds.insert(.otherAccount)
    outsiders.insert(account)
    self.access.insert(access)
  }

  /// Takes in an account by its id in Amazon S3, which does not tell whether it is one's own.
  private mutating func add(canonicalID id: String, _ access: Access) {
    if AccessList.deliveryOfLogs.contains(id) {
      kinds.insert(.service)
    } else {
      kinds.insert(.otherAccount)
      outsiders.insert(id)
      self.access.insert(access)
    }
  }

  private mutating func add(_ list: AccessList) {
    for id in list.accounts { add(canonicalID: id, .unconditioned) }
    if list.letsAnyoneIn {
      anyone.insert(.open)
      kinds.insert(.anyone)
    }
    if list.letsServiceIn { kinds.insert(.service) }
    if list.letsOtherIn { kinds.insert(.other) }
  }

  /// Takes in what a policy allows.
  private mutating func add(_ document: PolicyDocument, home: String?) {
    let grants = document.grants
    let fences = grants.filter(Fence.isFence)
    for grant in grants where grant.effect == .allow {
      guard let principals = grant.principals else { continue }
      if principals.isException {
        // All but some, in every account.
        addAnyone(grant, fences, home)
        continue
      }
      for principal in principals.items {
        switch principal {
        case .anyone: addAnyone(grant, fences, home)
        case .service: kinds.insert(.service)
        case .canonicalUser(let id): add(canonicalID: id, grant.ties.isEmpty ? .unconditioned : .conditioned)
        case .other: kinds.insert(.other)
        case .federated:
          kinds.insert(.federated)
          // A provider of one's own account lets in those whom it vouches for, not the account.
          if let account = principal.account, account != home {
            add(account: account, home: home, grant.ties.isEmpty ? .unconditioned : .conditioned)
          }
        case .account, .aws:
          if let account = principal.account {
            add(account: account, home: home, grant.ties.isEmpty ? .unconditioned : .conditioned)
          } else {
            // The id of somebody who was deleted, whose account it does not tell.
            kinds.insert(.other)
          }
        }
      }
    }
  }

  private mutating func addAnyone(_ grant: PolicyGrant, _ fences: [PolicyGrant], _ home: String?) {
    let ties = grant.ties
    for account in grant.conditions.flatMap(\.callerAccounts) {
      add(account: account, home: home, ties.subtracting([.caller]).isEmpty ? .unconditioned : .conditioned)
    }
    let isNarrowed = !ties.isDisjoint(with: Fence.narrowing) || fences.contains { Fence.encloses($0, grant) }
    anyone.insert(isNarrowed ? .narrowed : .open)
    kinds.insert(.anyone)
  }

  /// Takes in an account, a principal's ARN, or a word for everybody.
  private mutating func add(_ name: String, home: String?, isConditioned: Bool) {
    if name == "*" || name.lowercased() == "all" {
      anyone.insert(isConditioned ? .narrowed : .open)
      kinds.insert(.anyone)
    } else if AccountID.isAccount(name) {
      add(account: name, home: home, isConditioned ? .conditioned : .unconditioned)
    } else if let arn = ARN(name), arn.service != "organizations", let account = arn.account {
      // The ARN of an organization bears the account that manages it, which is not the one that is meant.
      add(account: account, home: home, isConditioned ? .conditioned : .unconditioned)
    }
  }
}
