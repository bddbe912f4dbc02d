/// Checks what a rule is called.
enum IdentityCheck {
  static func check(_ report: inout RuleReport) {
    let rule = report.rule
    if isBlank(rule.ruleID) {
      report.error("rule_id", "The rule's id is empty: give the rule an id of its own, best a UUID.")
    } else if looksLikeUUID(rule.ruleID), !isUUID(rule.ruleID) {
      report.warning(
        "rule_id",
        "The id “\(rule.ruleID)” looks like a UUID and is none: hexadecimal digits in groups of 8, 4, 4, 4 and 12.")
    }
    if isBlank(rule.name) { report.error("name", "The rule's name is empty: alerts are known by it.") }
    // A Sigma rule without one has its title for it.
    if isBlank(rule.description) || rule.language == .sigma && rule.description == rule.name {
      report.warning("description", "The rule has no description: say what it detects.", part: .key)
    }
    if rule.version < 1 { report.error("version", "The version is \(rule.version); versions start at 1.") }
    if let type = rule.buildingBlockType, type != "default" {
      report.warning("building_block_type", "“\(type)” is no kind of building block; the only one is `default`.")
    }
  }

  static func isBlank(_ text: String) -> Bool { text.allSatisfy(\.isWhitespace) }

  /// Five groups of letters and digits, about as long as a UUID.
  private static func looksLikeUUID(_ id: String) -> Bool {
    (34...38).contains(id.utf8.count) && id.split(separator: "-", omittingEmptySubsequences: false).count == 5
      && id.allSatisfy { $0 == "-" || $0.isASCII && ($0.isLetter || $0.isNumber) }
  }

  private static func isUUID(_ id: String) -> Bool {
    let groups = id.split(separator: "-", omittingEmptySubsequences: false)
    return groups.map(\.utf8.count) == [8, 4, 4, 4, 12] && groups.allSatisfy { $0.allSatisfy(\.isHexDigit) }
  }
}
