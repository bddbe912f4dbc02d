import JSON

/// Writes suggestions as exception lists that Kibana imports: one list for each rule.
public enum SuggestionNDJSON {
  /// The lines of the file: lists, items, and the summary that Kibana expects.
  public static func lines(_ suggestions: [SuggestedException]) -> [String] {
    var rules: [(id: String, name: String)] = []
    for suggestion in suggestions where !rules.contains(where: { $0.id == suggestion.ruleID }) {
      rules.append((suggestion.ruleID, suggestion.ruleName))
    }
    var lines: [JSONValue] = rules.map { rule in
      [
        "list_id": .string(listID(rule.id)), "name": .string("Suggested for \(rule.name)"),
        "description": .string("Suggested exceptions for the rule \(rule.name)"), "type": "detection",
        "namespace_type": "single", "tags": [], "os_types": [],
      ]
    }
    lines += suggestions.map { suggestion in
      [
        "list_id": .string(listID(suggestion.ruleID)), "item_id": .string(suggestion.item.itemID),
        "name": .string(suggestion.item.name), "description": .string(suggestion.item.description), "type": "simple",
        "namespace_type": "single", "tags": [], "os_types": [], "comments": [],
        "entries": .array(suggestion.item.entries.map(json)),
      ]
    }
    lines.append([
      "exported_exception_list_count": .integer(Int64(rules.count)),
      "exported_exception_list_item_count": .integer(Int64(suggestions.count)),
      "missing_exception_list_item_count": 0, "missing_exception_list_items": [], "missing_exception_lists": [],
      "missing_exception_lists_count": 0,
    ])
    return lines.map(\.text)
  }

  /// The list's id, by which the rule is to name it in `exceptions_list`.
  public static func listID(_ ruleID: String) -> String { "suggested-\(ruleID)" }

  private static func json(_ entry: ExceptionEntry) -> JSONValue {
    var members: [String: JSONValue] = [
      "field": .string(entry.field), "operator": .string(entry.isExcluded ? "excluded" : "included"),
    ]
    switch entry.test {
    case .match(let value):
      members["type"] = "match"
      members["value"] = .string(value)
    case .matchAny(let values):
      members["type"] = "match_any"
      members["value"] = .array(values.map { .string($0) })
    // Suggestions ask for values only.
    case .exists, .wildcard, .list, .nested: members["type"] = "exists"
    }
    return .object(members)
  }
}
