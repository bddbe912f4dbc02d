/// Collects what checks say of one rule.
struct RuleReport {
  let rule: Rule
  /// The rule was read from a Sigma document.
  var isOfSigma = false
  private(set) var issues: [RuleIssue] = []

  init(_ rule: Rule) {
    self.rule = rule
  }

  mutating func error(_ path: RuleKeyPath, _ message: String, part: RuleSource.Part = .value) {
    issues.append(RuleIssue(severity: .error, path: path, part: part, message: message))
  }

  mutating func warning(_ path: RuleKeyPath, _ message: String, part: RuleSource.Part = .value) {
    issues.append(RuleIssue(severity: .warning, path: path, part: part, message: message))
  }

  /// Says something about a place within a string value; `line` and `column` count from 1.
  mutating func add(
    _ severity: Diagnostic.Severity, _ path: RuleKeyPath, line: Int, column: Int, _ message: String
  ) {
    issues.append(
      RuleIssue(severity: severity, path: path, inner: SourcePosition(line: line, column: column), message: message))
  }
}
