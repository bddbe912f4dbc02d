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
  /// True when no test failed, nothing was wrong with the files, and no mutant went unnoticed.
  public var isPassed: Bool {
    failedCount == 0 && errorCount == 0 && outcomes.allSatisfy { $0.mutants?.isPassed ?? true }
  }

  /// Mutants that the tests do not notice and no test file names.
  public var unnoticedCount: Int { outcomes.reduce(0) { $0 + ($1.mutants?.unnoticed.count ?? 0) } }

  mutating func add(_ outcome: RuleTestOutcome) { outcomes.append(outcome) }

  mutating func replace(_ place: Int, by outcome: RuleTestOutcome) { outcomes[place] = outcome }

  /// The report for a person: a line for each rule with its failures, then diagnostics, then the count.
  public var lines: [String] {
    var summary = "\(passedCount) passed, \(failedCount) failed"
    let warnings = diagnostics.count - errorCount
    if errorCount > 0 { summary += ", \(RuleTestOutcome.count(errorCount, "error"))" }
    if warnings > 0 { summary += ", \(RuleTestOutcome.count(warnings, "warning"))" }
    let mutants = outcomes.compactMap(\.mutants)
    if !mutants.isEmpty {
      summary +=
        "; \(RuleTestOutcome.count(mutants.reduce(0) { $0 + $1.count }, "mutant")), \(unnoticedCount) not noticed"
      let named = mutants.reduce(0) { $0 + $1.named }
      if named > 0 { summary += ", \(named) named as \(named == 1 ? "a survivor" : "survivors")" }
    }
    return outcomes.flatMap(\.lines) + diagnostics.map(\.description) + [summary]
  }
}
