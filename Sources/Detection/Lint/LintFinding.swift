import Rules

/// Something that a rule could do better, or does wrong.
public struct LintFinding: Hashable, Sendable {
  /// The check that found it, as `query-never`.
  public var check: String
  public var ruleID: String
  public var diagnostic: Diagnostic

  /// `file:line:column: warning: message [check]`.
  public var line: String { "\(diagnostic) [\(check)]" }
}
