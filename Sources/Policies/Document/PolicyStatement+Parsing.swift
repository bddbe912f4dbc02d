import JSON

extension PolicyStatement {
  /// Reads the statement with that number, counted from 1; throws `PolicyFault`.
  init(_ value: JSONValue, number: Int) throws(PolicyFault) {
    guard case .object(let members) = value else { throw .statement(number, "is \(value.kindName), not an object") }
    var reader = MemberReader(members)
    let sid = reader.take("Sid")?.scalarText
    let effect: PolicyGrant.Effect
    switch reader.take("Effect")?.scalarText?.lowercased() {
    case "allow": effect = .allow
    case "deny": effect = .deny
    default: throw .statement(number, "neither allows nor denies")
    }
    let principals = try Self.either("Principal", &reader, number) { value in Self.principals(value) }
    let actions = try Self.either("Action", &reader, number) { value in value.texts?.map(CaselessText.init) }
    let resources = try Self.either("Resource", &reader, number) { value in value.texts }
    var conditions: [PolicyCondition] = []
    if let value = reader.take("Condition") {
      guard let read = Self.conditions(value) else { throw .statement(number, "has an unreadable Condition") }
      conditions = read
    }
    self.init(
      sid: sid,
      grant: PolicyGrant(
        effect: effect, principals: principals, actions: actions, resources: resources,
        conditions: Set(conditions).sorted(), others: reader.rest))
  }

  /// Reads an element or its opposite; nil when there is neither.
  private static func either<Item>(
    _ name: String, _ reader: inout MemberReader, _ number: Int, _ read: (JSONValue) -> [Item]?
  ) throws(PolicyFault) -> PolicyList<Item>? {
    let value = reader.take(name)
    let opposite = reader.take("Not" + name)
    guard value == nil || opposite == nil else { throw .statement(number, "has both \(name) and Not\(name)") }
    guard let given = value ?? opposite else { return nil }
    let label = value == nil ? "Not" + name : name
    guard let items = read(given) else { throw .statement(number, "has an unreadable \(label)") }
    return PolicyList(isException: value == nil, items)
  }

  private static func principals(_ value: JSONValue) -> [PolicyPrincipal]? {
    guard case .object(let kinds) = value else {
      return value.texts?.map { PolicyPrincipal(kind: "AWS", value: $0) }
    }
    var principals: [PolicyPrincipal] = []
    for (kind, value) in kinds {
      guard let values = value.texts else { return nil }
      principals += values.map { PolicyPrincipal(kind: kind, value: $0) }
    }
    return principals
  }

  private static func conditions(_ value: JSONValue) -> [PolicyCondition]? {
    guard case .object(let comparisons) = value else { return nil }
    var conditions: [PolicyCondition] = []
    for (comparison, keys) in comparisons {
      guard case .object(let keys) = keys else { return nil }
      for (key, values) in keys {
        guard let values = values.texts else { return nil }
        conditions.append(PolicyCondition(comparison: comparison, key: key, values: values))
      }
    }
    return conditions
  }
}
