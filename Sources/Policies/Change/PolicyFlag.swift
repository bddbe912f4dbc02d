/// Something in a policy, or in its change, that its reader should know.
public struct PolicyFlag: Hashable, Sendable {
  /// What it is about; the gravest first.
  public enum ID: String, Hashable, Sendable, CaseIterable {
    case failedCall = "failed_call"
    case unreadable, untold
    case formerUnreadable = "former_unreadable"
    case notInForce = "not_in_force"
    case publicBucket = "public_bucket"
    case anyPrincipal = "any_principal"
    case notPrincipal = "not_principal"
    case admin
    case externalAccount = "external_account"
    case canonicalUser = "canonical_user"
    case lostExternalID = "lost_external_id"
    case lostMFA = "lost_mfa"
    case lostSourceAccount = "lost_source_account"
    case lostOrganization = "lost_organization"
    case lostCaller = "lost_caller"
    case lostSubject = "lost_subject"
    case lostAudience = "lost_audience"
    case lostNetwork = "lost_network"
    case lostDeny = "lost_deny"
    case notAction = "not_action"
    case notResource = "not_resource"
    case wildcardAction = "wildcard_action"
    case passRole = "pass_role"
    case anyPrincipalNarrowed = "any_principal_narrowed"
    case federatedPrincipal = "federated_principal"
    case servicePrincipal = "service_principal"
    case notPrincipalDeny = "not_principal_deny"
    case unchanged
  }

  public let id: ID
  /// One clause, without a capital and a full stop.
  public let text: String
  /// True when the former policy is known and was just so.
  public var wasBefore = false
}

extension PolicyFlag {
  /// The most flags of one id.
  private static let perID = 5

  /// Puts flags in order: what is new before what was so before, the gravest first. Too many of an id become one.
  static func ordered(_ flags: [PolicyFlag]) -> [PolicyFlag] {
    let ranks = Dictionary(uniqueKeysWithValues: ID.allCases.enumerated().map { ($1, $0) })
    let sorted = Set(flags).map { (isOld: $0.wasBefore ? 1 : 0, rank: ranks[$0.id] ?? 0, flag: $0) }.sorted {
      ($0.isOld, $0.rank) != ($1.isOld, $1.rank)
        ? ($0.isOld, $0.rank) < ($1.isOld, $1.rank)
        : $0.flag.text.utf8.lexicographicallyPrecedes($1.flag.text.utf8)
    }
    var kept: [PolicyFlag] = []
    var start = 0
    while start < sorted.count {
      let first = sorted[start]
      let end = sorted[start...].firstIndex { $0.rank != first.rank || $0.isOld != first.isOld } ?? sorted.count
      kept += sorted[start..<min(end, start + perID)].map(\.flag)
      if end - start > perID {
        let text = "\(end - start - perID) more like this"
        kept.append(PolicyFlag(id: first.flag.id, text: text, wasBefore: first.isOld == 1))
      }
      start = end
    }
    return kept
  }
}
