import JSON

/// Writes suggestions as exception lists that Kibana imports: one list for each rule.
public enum SuggestionNDJSON {
  /// The lines of the file: lists, items, and the summary that Kibana expects.
  public static func lines(_ suggestions: [SuggestedException]) -> [String] {
    var rules: [(id: String, name: String)] = []
    for suggestion in suggestions where !rules.contains(where: { $0.id == suggestion.ruleID }) {
      rules.append((suggestion.ruleID, suggestion.ruleName))
    }
    return ExceptionExport.lines(
      lists: rules.map { rule in
        ExceptionList(
          listID: listID(rule.id), name: "Suggested for \(rule.name)",
          description: "Suggested exceptions for the rule \(rule.name)", tags: [], file: "", line: 1
        ).json
      }, items: suggestions.map { $0.item.json(list: listID($0.ruleID), namespaceType: "single") })
  }

  /// The list's id, by which the rule is to name it in `exceptions_list`.
  public static func listID(_ ruleID: String) -> String { "suggested-\(ruleID)" }
}
