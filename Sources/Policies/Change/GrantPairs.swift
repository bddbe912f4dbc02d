/// Grants of two policies that are the same statement before and after a change, as far as can be told.
///
/// Two grants make a pair when they have their effect and principals in common, all or some, and besides actions or
/// resources. Of several partners the one with most in common is taken.
struct GrantPairs {
  private(set) var pairs: [(before: PolicyGrant, after: PolicyGrant)] = []
  /// Grants of the former policy without a partner.
  private(set) var gone: [PolicyGrant] = []
  /// Grants of the present policy without a partner.
  private(set) var come: [PolicyGrant] = []

  /// Beyond that many comparisons nothing is paired: the work grows with the product of both.
  private static let limit = 10_000

  init(_ before: [PolicyGrant], _ after: [PolicyGrant]) {
    var candidates: [(score: Int, before: Int, after: Int)] = []
    if before.count * after.count <= Self.limit {
      for (place, old) in before.enumerated() {
        for (other, new) in after.enumerated() {
          let score = Self.likeness(old, new)
          if score > 0 { candidates.append((score, place, other)) }
        }
      }
    }
    candidates.sort { ($1.score, $0.before, $0.after) < ($0.score, $1.before, $1.after) }
    var usedBefore: Set<Int> = []
    var usedAfter: Set<Int> = []
    for candidate in candidates where !usedBefore.contains(candidate.before) && !usedAfter.contains(candidate.after) {
      usedBefore.insert(candidate.before)
      usedAfter.insert(candidate.after)
      pairs.append((before[candidate.before], after[candidate.after]))
    }
    gone = before.indices.filter { !usedBefore.contains($0) }.map { before[$0] }
    come = after.indices.filter { !usedAfter.contains($0) }.map { after[$0] }
  }

  /// How much two grants have in common; 0 when they are no pair.
  private static func likeness(_ old: PolicyGrant, _ new: PolicyGrant) -> Int {
    guard old.effect == new.effect, let principals = common(old.principals, new.principals), principals > 0,
      let actions = common(old.actions, new.actions), let resources = common(old.resources, new.resources),
      actions > 0 || (old.resources != nil && resources > 0)
    else { return 0 }
    return principals * 4 + actions * 3 + resources * 2 + (old.conditions == new.conditions ? 1 : 0)
  }

  /// 2 for equal lists, 1 for some in common, 0 for none; nil when one is the opposite of the other or missing.
  private static func common<Item>(_ old: PolicyList<Item>?, _ new: PolicyList<Item>?) -> Int? {
    guard let old, let new else { return old == nil && new == nil ? 2 : nil }
    guard old.isException == new.isException else { return nil }
    if old == new { return 2 }
    return Set(old.items).isDisjoint(with: new.items) ? 0 : 1
  }
}
