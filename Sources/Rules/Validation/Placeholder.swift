/// The word that stands where a new rule is still to be filled in.
public enum Placeholder {
  public static let word = "TODO"

  /// The fields of a rule in which the word still stands.
  public static func fields(of rule: Rule) -> [RuleKeyPath] {
    var found: [RuleKeyPath] = []
    func look(_ path: RuleKeyPath, _ text: String?) {
      if let text, holds(text) { found.append(path) }
    }
    look("name", rule.name)
    look("description", rule.description)
    for (at, text) in rule.authors.enumerated() { look(RuleKeyPath("author").appending(at), text) }
    for (at, text) in rule.references.enumerated() { look(RuleKeyPath("references").appending(at), text) }
    for (at, text) in rule.falsePositives.enumerated() { look(RuleKeyPath("false_positives").appending(at), text) }
    for (at, text) in rule.tags.enumerated() { look(RuleKeyPath("tags").appending(at), text) }
    look("note", rule.note)
    look("setup", rule.setup)
    look("query", rule.query)
    for (at, field) in (rule.newTerms?.fields ?? []).enumerated() {
      look(RuleKeyPath("new_terms_fields").appending(at), field)
    }
    for (at, threat) in rule.threats.enumerated() {
      look(RuleKeyPath("threat").appending(at).appending("tactic").appending("id"), threat.tactic.id)
    }
    return found
  }

  /// True when the word stands in a text by itself.
  public static func holds(_ text: String) -> Bool {
    var rest = text[...]
    while let range = rest.firstRange(of: word) {
      let before = rest[..<range.lowerBound].last ?? " "
      let after = rest[range.upperBound...].first ?? " "
      if !before.isLetter, !before.isNumber, !after.isLetter, !after.isNumber { return true }
      rest = rest[range.upperBound...]
    }
    return false
  }
}

/// Says where a rule is still to be filled in.
enum PlaceholderCheck {
  static func check(_ report: inout RuleReport) {
    for path in Placeholder.fields(of: report.rule) {
      report.warning(path, "`\(path)` still holds the word \(Placeholder.word): fill it in.")
    }
  }
}
