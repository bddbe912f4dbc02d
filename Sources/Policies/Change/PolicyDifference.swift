/// What one policy has and another has not, regardless of order, repetition, spelling and labels.
struct PolicyDifference {
  /// The most elements on either side.
  static let limit = 50

  private(set) var added: [PolicyElement] = []
  private(set) var removed: [PolicyElement] = []
  /// Former denials that no longer hold or hold for less.
  private(set) var weakened: [PolicyGrant] = []

  /// Compares two policies; nil stands for none.
  init(from former: PolicyDocument?, to present: PolicyDocument?) {
    let before = former?.grants ?? []
    let after = present?.grants ?? []
    let beforeSet = Set(before)
    let afterSet = Set(after)
    let pairs = GrantPairs(before.filter { !afterSet.contains($0) }, after.filter { !beforeSet.contains($0) })
    for pair in pairs.pairs { compare(pair.before, pair.after) }
    for effect in [PolicyGrant.Effect.allow, .deny] {
      let named = (before: ElementMaker.Named(before, effect), after: ElementMaker.Named(after, effect))
      let gone = pairs.gone.filter { $0.effect == effect }
      for grant in gone { removed += ElementMaker.whole(grant, beside: named.after) }
      for grant in pairs.come where grant.effect == effect { added += ElementMaker.whole(grant, beside: named.before) }
      if effect == .deny { weakened += gone }
    }
    if let former, let present { compareFrame(former, present) }
    added = Self.ordered(added)
    removed = Self.ordered(removed)
  }

  private mutating func compare(_ before: PolicyGrant, _ after: PolicyGrant) {
    let added = ElementMaker.parts(of: after, missingIn: before)
    let removed = ElementMaker.parts(of: before, missingIn: after)
    self.added += added.elements
    self.removed += removed.elements
    // A denial that reaches less, or only under more conditions.
    if before.effect == .deny, removed.isNarrower || added.isExempting { weakened.append(before) }
  }

  private mutating func compareFrame(_ former: PolicyDocument, _ present: PolicyDocument) {
    if former.version != present.version {
      if let version = former.version { removed.append(PolicyElement(what: .version, text: "Version \(version)")) }
      if let version = present.version { added.append(PolicyElement(what: .version, text: "Version \(version)")) }
    }
    for key in Set(former.others.keys).union(present.others.keys) where former.others[key] != present.others[key] {
      let name = ListText.cut(key)
      if let value = former.others[key] {
        removed.append(PolicyElement(what: .other, text: "\(name) \(ListText.cut(value.text))"))
      }
      if let value = present.others[key] {
        added.append(PolicyElement(what: .other, text: "\(name) \(ListText.cut(value.text))"))
      }
    }
  }

  private static func ordered(_ elements: [PolicyElement]) -> [PolicyElement] {
    func rank(_ what: PolicyElement.What) -> Int {
      switch what {
      case .principal: 0
      case .statement: 1
      case .condition: 2
      case .action: 3
      case .resource: 4
      case .version: 5
      case .other: 6
      case .more: 7
      }
    }
    let sorted = Set(elements).sorted { left, right in
      rank(left.what) != rank(right.what)
        ? rank(left.what) < rank(right.what) : left.text.utf8.lexicographicallyPrecedes(right.text.utf8)
    }
    guard sorted.count > limit else { return sorted }
    return sorted.prefix(limit) + [PolicyElement(what: .more, text: "and \(sorted.count - limit) more")]
  }
}
