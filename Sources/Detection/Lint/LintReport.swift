import Rules

/// Collects what checks say of one rule.
struct LintReport {
  let loaded: LoadedRule
  private(set) var findings: [LintFinding] = []

  init(_ loaded: LoadedRule) { self.loaded = loaded }

  var rule: Rule { loaded.rule }

  mutating func add(
    _ check: String, _ severity: Diagnostic.Severity = .warning, at path: RuleKeyPath, part: RuleSource.Part = .value,
    _ message: String
  ) {
    add(check, loaded.diagnostic(severity, at: path, part: part, message))
  }

  mutating func add(
    _ check: String, _ severity: Diagnostic.Severity = .warning, inQueryAt field: String?, _ message: String
  ) {
    add(check, loaded.diagnostic(severity, inQueryAt: field, message))
  }

  mutating func add(_ check: String, _ diagnostic: Diagnostic) {
    findings.append(LintFinding(check: check, ruleID: rule.ruleID, diagnostic: diagnostic))
  }
}
