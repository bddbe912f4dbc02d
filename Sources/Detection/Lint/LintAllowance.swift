import Rules

/// A comment at the head of a rule's file that takes what a check finds as it is, and says why:
/// `# lint-allow costly-wildcard: tools are looked for in every call`.
struct LintAllowance {
  private static let lead = "lint-allow"

  var check: String
  var reason: String
  var line: Int

  /// The allowances of a rule; what is wrong with one is found instead.
  static func read(_ rule: LoadedRule) -> (allowances: [LintAllowance], findings: [LintFinding]) {
    var allowances: [LintAllowance] = []
    var findings: [LintFinding] = []
    for comment in rule.source.openingComments {
      let words = comment.text.split(separator: " ", maxSplits: 1).map(String.init)
      guard words.first == lead else { continue }
      let parts = words.dropFirst().first?.split(separator: ":", maxSplits: 1).map { trimmed($0) } ?? []
      if parts.count == 2, !parts[0].isEmpty, !parts[1].isEmpty {
        allowances.append(LintAllowance(check: parts[0], reason: parts[1], line: comment.line))
      } else {
        findings.append(
          finding(rule, comment.line, "An allowance names a check and gives the reason: `# lint-allow CHECK: REASON`."))
      }
    }
    return (allowances, findings)
  }

  /// An allowance that allows nothing.
  func unused(in rule: LoadedRule) -> LintFinding {
    Self.finding(rule, line, "Nothing is found by `\(check)` that would have to be allowed: delete the comment.")
  }

  private static func finding(_ rule: LoadedRule, _ line: Int, _ message: String) -> LintFinding {
    LintFinding(
      check: "allowance", ruleID: rule.rule.ruleID,
      diagnostic: Diagnostic(.warning, file: rule.file, line: line, column: 1, message))
  }

  private static func trimmed(_ text: Substring) -> String {
    String(text.drop { $0 == " " }.reversed().drop { $0 == " " || $0 == "\r" }.reversed())
  }
}
