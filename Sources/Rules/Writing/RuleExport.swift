import JSON

/// Rules as Kibana exports and imports them: an object a line, what belongs to them, and a summary.
public struct RuleExport: Sendable {
  /// The lines, without line ends; the last is the summary.
  public private(set) var lines: [String] = []
  /// Rules that JSON cannot hold, or that an import would refuse.
  public private(set) var diagnostics: [Diagnostic] = []

  /// The whole text.
  public var text: String { lines.map { $0 + "\n" }.joined() }

  /// Exports rules with the exception lists and other objects that were loaded along. Of rules with one id only the first
  /// is written, since an import takes an id once.
  public init(_ loaded: RuleLoadResult) {
    var seen: [String: LoadedRule] = [:]
    for rule in loaded.rules {
      if let first = seen[rule.rule.ruleID] {
        diagnostics.append(
          rule.diagnostic(
            .error, at: "rule_id",
            "The id “\(rule.rule.ruleID)” is taken by “\(first.rule.name)” (\(first.file):\(first.line)); "
              + "this rule is left out."))
        continue
      }
      seen[rule.rule.ruleID] = rule
      do {
        lines.append(try RuleWriter.ndjson(rule.rule))
      } catch {
        diagnostics.append(
          rule.diagnostic(.error, at: RuleKeyPath(), "“\(rule.rule.name)” cannot be written as JSON: \(error)."))
      }
    }
    let rules = lines.count
    for object in loaded.exceptionLists + loaded.exceptionItems + loaded.otherObjects { lines.append(object.text) }
    lines.append(
      Self.summary(
        rules: rules, lists: loaded.exceptionLists.count, items: loaded.exceptionItems.count,
        others: loaded.otherObjects.count
      ).text)
  }

  private static func summary(rules: Int, lists: Int, items: Int, others: Int) -> JSONValue {
    func number(_ value: Int) -> JSONValue { .integer(Int64(value)) }
    return [
      "exported_count": number(rules + lists + items + others), "exported_rules_count": number(rules),
      "missing_rules": [], "missing_rules_count": 0, "exported_exception_list_count": number(lists),
      "exported_exception_list_item_count": number(items), "missing_exception_lists": [],
      "missing_exception_lists_count": 0, "missing_exception_list_items": [], "missing_exception_list_item_count": 0,
      "exported_action_connector_count": number(others), "missing_action_connections": [],
      "missing_action_connection_count": 0, "excluded_action_connections": [], "excluded_action_connection_count": 0,
    ]
  }
}
