import JSON

/// Grants in words: `Allow sts:AssumeRole to account 111122223333 if sts:ExternalId is "abc"`.
enum GrantText {
  /// The whole grant, its lists cut where they are long.
  static func text(_ grant: PolicyGrant) -> String { "\(grant.effect.rawValue) \(rest(grant))" }

  /// The grant without its effect.
  static func rest(_ grant: PolicyGrant) -> String {
    var text = actions(grant)
    if let resources = grant.resources { text += " on " + Self.resources(resources) }
    if let principals = grant.principals { text += " to " + Self.principals(principals) }
    if !grant.conditions.isEmpty { text += " if " + ConditionText.text(grant.conditions) }
    let others = others(grant)
    return others.isEmpty ? text : text + " (with \(ListText.joined(others)))"
  }

  /// Everything that the grant holds, uncut: for order.
  static func full(_ grant: PolicyGrant) -> String {
    let conditions = grant.conditions.map { "\($0.comparison.folded) \($0.key.folded) \($0.values)" }
    return "\(text(grant)) \(grant.principals.map { "\($0)" } ?? "") \(grant.actions?.items.map(\.folded) ?? []) "
      + "\(grant.resources?.items ?? []) \(conditions) \(JSONValue.object(grant.others).text)"
  }

  static func actions(_ grant: PolicyGrant) -> String {
    guard let actions = grant.actions else { return "no action" }
    return list(actions, every: "every action", of: actions.items.map(\.text))
  }

  static func resources(_ resources: PolicyList<String>) -> String {
    list(resources, every: "everything", of: resources.items)
  }

  static func principals(_ principals: PolicyList<PolicyPrincipal>, name: (PolicyPrincipal) -> String = \.text)
    -> String
  {
    let names = ListText.joined(principals.items.map(name))
    if principals.isException { return names.isEmpty ? "everyone" : "everyone except \(names)" }
    return names.isEmpty ? "nobody" : names
  }

  static func others(_ grant: PolicyGrant) -> [String] {
    grant.others.sorted { $0.key.utf8.lexicographicallyPrecedes($1.key.utf8) }
      .map { "\(ListText.cut($0.key)) \(ListText.cut($0.value.text))" }
  }

  private static func list<Item>(_ list: PolicyList<Item>, every: String, of texts: [String]) -> String {
    let names = ListText.joined(texts.map(ListText.cut))
    if list.isException { return names.isEmpty ? every : "\(every) except \(names)" }
    if texts.contains("*") { return every }
    return names.isEmpty ? "nothing" : names
  }
}
