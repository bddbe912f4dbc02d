import JSON

/// Where exports keep what only rule files have: `[metadata]` and the tables beside `[rule]` stand under `meta.martlet`,
/// since `meta` is what Kibana keeps of a rule without looking into it.
enum RuleKeepsake {
  private static let key = "martlet"
  /// The rule's own `meta` where it is no object to put something beside: null, empty, a text, or one with that key.
  private static let own = "meta"

  /// Puts the tables of a rule into the members of its export.
  static func pack(_ rule: Rule, into members: inout [String: JSONValue]) {
    var kept: [String: JSONValue] = [:]
    if !rule.metadata.entries.isEmpty { kept["metadata"] = .object(rule.metadata.entries) }
    if !rule.otherTables.isEmpty { kept["tables"] = .object(rule.otherTables) }
    guard !kept.isEmpty else { return }
    var meta: [String: JSONValue] = [:]
    if case .object(let known)? = members["meta"], !known.isEmpty, known[key] == nil {
      meta = known
    } else if let known = members["meta"] {
      kept[own] = known
    }
    meta[key] = .object(kept)
    members["meta"] = .object(meta)
  }

  /// Takes the tables out of what was read.
  static func unpack(_ rule: inout Rule) {
    guard case .object(var meta)? = rule.kibanaFields["meta"], case .object(var kept)? = meta[key],
      kept["metadata"] != nil || kept["tables"] != nil,
      kept.allSatisfy({ $0.key == own || ["metadata", "tables"].contains($0.key) && $0.value.objectValue != nil })
    else { return }
    rule.metadata = RuleMetadata(entries: kept["metadata"]?.objectValue ?? [:])
    rule.otherTables = kept["tables"]?.objectValue ?? [:]
    meta[key] = nil
    let whole = kept.removeValue(forKey: own)
    rule.kibanaFields["meta"] = whole ?? (meta.isEmpty ? nil : .object(meta))
  }
}
