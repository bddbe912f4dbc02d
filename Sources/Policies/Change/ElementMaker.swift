/// Turns differences of grants into elements.
enum ElementMaker {
  /// Parts of one grant that another has not.
  struct Parts {
    var elements: [PolicyElement] = []
    /// The grant reaches principals, actions or resources that the other does not.
    var isNarrower = false
    /// The grant leaves out what the other does not: by an exception or by a condition.
    var isExempting = false
  }

  /// More parts than this of one kind are told together.
  private static let single = 10

  /// The principals and actions that a policy names with one effect.
  struct Named {
    var principals: Set<PolicyPrincipal> = []
    var actions: Set<CaselessText> = []

    init(_ grants: [PolicyGrant], _ effect: PolicyGrant.Effect) {
      for grant in grants where grant.effect == effect {
        if let list = grant.principals, !list.isException { principals.formUnion(list.items) }
        if let list = grant.actions, !list.isException { actions.formUnion(list.items) }
      }
    }
  }

  /// A grant without counterpart: by the principals or actions that the other policy does not name, or as a statement.
  static func whole(_ grant: PolicyGrant, beside named: Named) -> [PolicyElement] {
    if let principals = grant.principals {
      guard !principals.isException else { return [PolicyElement(what: .principal, text: GrantText.text(grant))] }
      let new = principals.items.filter { !named.principals.contains($0) }
      let old = principals.items.filter(named.principals.contains)
      var elements = each(new, .principal) { grant.with(principals: principals.with($0)) }
      if !old.isEmpty || principals.items.isEmpty {
        elements.append(
          PolicyElement(what: .statement, text: GrantText.text(grant.with(principals: principals.with(old)))))
      }
      return elements
    }
    let isNew = grant.actions.map { !$0.isException && named.actions.isDisjoint(with: $0.items) } ?? false
    return [PolicyElement(what: isNew ? .action : .statement, text: GrantText.text(grant))]
  }

  /// The parts of a grant that its counterpart has not.
  static func parts(of grant: PolicyGrant, missingIn other: PolicyGrant) -> Parts {
    var parts = Parts()
    func add<Item>(
      _ list: PolicyList<Item>?, _ otherList: PolicyList<Item>?, _ what: PolicyElement.What,
      _ narrowed: (PolicyList<Item>) -> PolicyGrant
    ) {
      guard let list else { return }
      let has = Set(otherList?.items ?? [])
      let missing = list.items.filter { !has.contains($0) }
      guard !missing.isEmpty else { return }
      if list.isException { parts.isExempting = true } else { parts.isNarrower = true }
      parts.elements += each(missing, what) { narrowed(list.with($0)) }
    }
    add(grant.principals, other.principals, .principal) { grant.with(principals: $0) }
    add(grant.actions, other.actions, .action) { grant.with(actions: $0) }
    add(grant.resources, other.resources, .resource) { grant.with(resources: $0) }
    var bare = grant
    bare.conditions = []
    for condition in grant.conditions where !other.conditions.contains(condition) {
      parts.isExempting = true
      parts.elements.append(
        PolicyElement(
          what: .condition, text: "only if \(ConditionText.text(condition)), for: \(GrantText.text(bare))"))
    }
    if grant.others != other.others {
      parts.elements += GrantText.others(grant).map {
        PolicyElement(what: .other, text: "\($0), for: \(GrantText.text(bare))")
      }
    }
    return parts
  }

  private static func each<Item>(
    _ items: [Item], _ what: PolicyElement.What, _ grant: ([Item]) -> PolicyGrant
  ) -> [PolicyElement] {
    guard !items.isEmpty else { return [] }
    let groups = items.count <= single ? items.map { [$0] } : [items]
    return groups.map { PolicyElement(what: what, text: GrantText.text(grant($0))) }
  }
}

extension PolicyGrant {
  func with(
    principals: PolicyList<PolicyPrincipal>? = nil, actions: PolicyList<CaselessText>? = nil,
    resources: PolicyList<String>? = nil
  ) -> PolicyGrant {
    var grant = self
    if let principals { grant.principals = principals }
    if let actions { grant.actions = actions }
    if let resources { grant.resources = resources }
    return grant
  }
}
