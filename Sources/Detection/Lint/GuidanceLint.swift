import Rules

/// Looks for what a reader of an alert needs: description, guide, set-up, references, ATT&CK.
enum GuidanceLint {
  /// The sections that a guide has, by words of their headings.
  private static let sections = ["triage", "investigation steps", "false positive", "response"]

  static func check(_ report: inout LintReport) {
    let rule = report.rule
    // A Sigma rule without one has its title for it.
    if isBlank(rule.description) || isOfSigma(rule) && rule.description == rule.name {
      report.add("description-missing", at: "description", "There is no description: say what the rule finds.")
    }
    if rule.falsePositives.allSatisfy(isBlank) {
      report.add("false-positives-missing", at: "false_positives", "No harmless causes are named: say what they are.")
    }
    // Sigma's format has no place for a set-up and a guide.
    if isBlank(rule.setup ?? ""), !isOfSigma(rule) {
      report.add("setup-missing", at: "setup", "Nothing is said of the set-up: say what must be logged.")
    }
    if rule.references.allSatisfy(isBlank) {
      report.add("references-missing", at: "references", "There are no references: name a source that tells more.")
    }
    if !isOfSigma(rule) { checkGuide(&report) }
    checkAttack(&report)
  }

  private static func isOfSigma(_ rule: Rule) -> Bool { rule.language == .sigma }

  private static func checkGuide(_ report: inout LintReport) {
    let note = report.rule.note ?? ""
    let tag = "Resources: Investigation Guide"
    guard !isBlank(note) else {
      report.add("guide-missing", at: "note", "There is no investigation guide: write one in `note`.")
      if report.rule.tags.contains(tag) {
        report.add("guide-tag", at: "tags", "The tag “\(tag)” promises a guide, and there is none.")
      }
      return
    }
    let headings = note.split(separator: "\n").filter { $0.hasPrefix("#") }.map { $0.lowercased() }
    for section in sections where !headings.contains(where: { $0.contains(section) }) {
      report.add("guide-section", at: "note", "The guide has no heading with the words “\(section)”.")
    }
    if !report.rule.tags.contains(tag) {
      report.add("guide-tag", at: "tags", "There is a guide, and the tag “\(tag)” is missing.")
    }
  }

  private static func checkAttack(_ report: inout LintReport) {
    let rule = report.rule
    let threats = rule.threats.filter { $0.framework.uppercased().contains("ATT&CK") }
    let prefix = "Tactic: "
    let tags = rule.tags.filter { $0.hasPrefix(prefix) }.map { String($0.dropFirst(prefix.count)) }
    if threats.isEmpty {
      report.add("attack-missing", at: "threat", "The rule is not mapped to ATT&CK: name a tactic and a technique.")
    } else if threats.allSatisfy(\.techniques.isEmpty) {
      report.add("attack-missing", at: "threat", "The rule names a tactic of ATT&CK and no technique.")
    }
    // Its tags name tactics in their own form, of which the threats are made.
    guard !isOfSigma(rule) else { return }
    var seen: Set<String> = []
    for threat in threats where seen.insert(threat.tactic.name).inserted && !tags.contains(threat.tactic.name) {
      report.add("attack-tags", at: "tags", "The tag “\(prefix)\(threat.tactic.name)” is missing.")
    }
    for (at, tag) in rule.tags.enumerated() where tag.hasPrefix(prefix) {
      guard !threats.contains(where: { $0.tactic.name == tag.dropFirst(prefix.count) }) else { continue }
      report.add(
        "attack-tags", at: RuleKeyPath("tags").appending(at), "The tag “\(tag)” names a tactic that `threat` does not.")
    }
  }

  private static func isBlank(_ text: String) -> Bool { text.allSatisfy(\.isWhitespace) }
}
