import JSON

/// Where exports keep what only rule files have: `[metadata]` and the tables beside `[rule]` stand under `meta.martlet`,
/// since `meta` is what Kibana keeps of a rule without looking into it.
enum RuleKeepsake {
  private static let key = "martlet"

  /// Puts the tables of a rule into the members of its export.
  static func pack(_ rule: Rule, into members: inout [String: JSONValue]) throws(RuleWritingError) {
    var kept: [String: JSONValue] = [:]
    if !rule.metadata.entries.isEmpty { kept["metadata"] = .object(rule.metadata.entries) }
    if !rule.otherTables.isEmpty { kept["tables"] = .object(rule.otherTables) }
    guard !kept.isEmpty else { return }
    if members["meta"] == .null { members["meta"] = nil }
    guard case .object(var meta)? = members["meta"] ?? .object([:]) else {
      throw RuleWritingError("`meta` is no object, so it cannot hold the tables beside the rule")
    }
    meta[key] = .object(kept)
    members["meta"] = .object(meta)
  }

  /// Takes the tables out of what was read; an empty `meta` says nothing and goes.
  static func unpack(_ rule: inout Rule) {
    defer { if rule.kibanaFields["meta"] == [:] { rule.kibanaFields["meta"] = nil } }
    guard case .object(var meta)? = rule.kibanaFields["meta"], case .object(let kept)? = meta[key],
      kept.allSatisfy({ ["metadata", "tables"].contains($0.key) && $0.value.objectValue != nil }), !kept.isEmpty
    else { return }
    rule.metadata = RuleMetadata(entries: kept["metadata"]?.objectValue ?? [:])
    rule.otherTables = kept["tables"]?.objectValue ?? [:]
    meta[key] = nil
    rule.kibanaFields["meta"] = .object(meta)
  }
}
