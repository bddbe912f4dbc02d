import Query

/// The fields that events of a rule's log sources are said to have by mappings and by the rule's own query, beside those that a
/// catalog knows.
public struct SigmaKnownFields: Sendable {
  private var names: Set<String> = []
  private var prefixes: Set<String> = []

  /// - Parameter query: that of a rule in Sigma; of one that cannot be read nothing is known.
  public init(_ query: String, _ settings: SigmaSettings = .standard) {
    guard let node = try? SigmaYAML.read(Array(query.utf8)[...]) else { return }
    add(node, settings)
    for rule in node["rules"]?.map ?? [] { add(rule.value, settings) }
  }

  private mutating func add(_ part: SigmaNode, _ settings: SigmaSettings) {
    if let source = part["logsource"], let mapping = settings.mapping(SigmaLogSource(source)) {
      names.formUnion(mapping.fields.values.flatMap(\.names))
      if let prefix = mapping.prefix { prefixes.insert(prefix) }
    }
    for member in part["fields"]?.map ?? [] { names.formUnion((try? SigmaTargets(member.value))?.names ?? []) }
    guard let conditions = part["source"] else { return }
    let whole = SigmaNode(.map([SigmaNode.Member(key: "source", place: conditions.place, value: conditions)]))
    names.formUnion(SigmaNames.fields(whole).map(\.name))
  }

  public func contains(_ field: String) -> Bool {
    names.contains(field) || prefixes.contains(where: field.hasPrefix)
  }
}
