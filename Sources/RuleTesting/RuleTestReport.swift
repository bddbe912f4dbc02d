import Rules

/// What came of testing rules.
public struct RuleTestReport: Sendable {
  /// What the name of a file of tests has in place of its rule's `.toml`.
  public static var fileEnding: String { TestFileFinder.ending }

  /// A rule each, in the order of their files; those without tests only when they cannot run.
  public private(set) var outcomes: [RuleTestOutcome] = []
  /// Files that cannot be read, tests without a rule (errors), rules without tests (warnings); by file and place.
  public internal(set) var diagnostics: [Diagnostic] = []

  /// Tests that did not hold.
  public var failedCount: Int { outcomes.reduce(0) { $0 + $1.failedCount } }
  /// Tests that held.
  public var passedCount: Int { outcomes.reduce(0) { $0 + $1.testCount } - failedCount }
  public var errorCount: Int { diagnostics.count { $0.severity == .error } }
  /// True when no test failed and nothing was wrong with the files.
  public var isPassed: Bool { failedCount == 0 && errorCount == 0 }

  mutating func add(_ outcome: RuleTestOutcome) { outcomes.append(outcome) }

  /// The report for a person: a line for each rule with its failures, then diagnostics, then the count.
  public var lines: [String] {
    var summary = "\(passedCount) passed, \(failedCount) failed"
    let warnings = diagnostics.count - errorCount
    if errorCount > 0 { summary += ", \(RuleTestOutcome.count(errorCount, "error"))" }
    if warnings > 0 { summary += ", \(RuleTestOutcome.count(warnings, "warning"))" }
    return outcomes.flatMap(\.lines) + diagnostics.map(\.description) + [summary]
  }
}
