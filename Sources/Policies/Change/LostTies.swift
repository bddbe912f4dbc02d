/// Finds conditions that somebody had to meet before a change and need not meet after it.
///
/// It compares what is asked, not how statements are cut: a condition is lost when something that was allowed only under
/// it is now allowed without, and was not allowed without before.
enum LostTies {
  /// The most grants of a policy that are compared: the work grows with the product of both.
  private static let limit = 200

  static func flags(from former: [PolicyGrant], to present: [PolicyGrant]) -> [PolicyFlag] {
    let before = Array(former.filter { $0.effect == .allow }.prefix(limit))
    let after = Array(present.filter { $0.effect == .allow }.prefix(limit))
    return ConditionFamily.allCases.compactMap { family in
      flag(family, before: before, after: after)
    }
  }

  private static func flag(
    _ family: ConditionFamily, before: [PolicyGrant], after: [PolicyGrant]
  ) -> PolicyFlag? {
    let tied = before.filter { $0.ties.contains(family) }
    guard !tied.isEmpty else { return nil }
    let looseBefore = before.filter { !$0.ties.contains(family) }
    let looseAfter = after.filter { !$0.ties.contains(family) }
    var losers: Set<PolicyPrincipal> = []
    var isLost = false
    for grant in tied {
      for other in looseAfter where Overlap.exists(grant, other) {
        let same = looseBefore.filter { Overlap.exists($0, grant) && Overlap.exists($0, other) }
        guard let principals = grant.principals, !principals.isException else {
          if same.isEmpty { isLost = true }
          continue
        }
        for principal in principals.items
        where !losers.contains(principal) && other.covers(principal) && !same.contains(where: { $0.covers(principal) })
        {
          losers.insert(principal)
        }
      }
    }
    guard isLost || !losers.isEmpty else { return nil }
    let names = losers.isEmpty ? "" : " of \(ListText.joined(losers.sorted().map(\.text)))"
    let (id, what) = words(family)
    return PolicyFlag(id: id, text: "\(what) is no longer asked\(names)")
  }

  private static func words(_ family: ConditionFamily) -> (PolicyFlag.ID, String) {
    switch family {
    case .externalID: (.lostExternalID, "an ExternalId")
    case .mfa: (.lostMFA, "MFA")
    case .sourceAccount: (.lostSourceAccount, "a source account or ARN")
    case .organization: (.lostOrganization, "membership of an organization")
    case .caller: (.lostCaller, "a certain caller")
    case .subject: (.lostSubject, "a certain subject of the token")
    case .audience: (.lostAudience, "a certain audience of the token")
    case .network: (.lostNetwork, "a certain network")
    }
  }
}
