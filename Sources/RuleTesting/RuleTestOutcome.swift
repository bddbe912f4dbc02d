import Rules

/// What came of testing one rule.
public struct RuleTestOutcome: Sendable {
  /// How far the tests came.
  public enum State: Hashable, Sendable {
    /// All tests were run.
    case tested
    /// The test file has errors, which are among the report's diagnostics; no test was run.
    case unreadable
    /// There are tests, and the rule cannot run; the reason is a sentence.
    case unrunnable(reason: String)
    /// There are no tests, nor could the rule run; the reason is a sentence.
    case skipped(reason: String)
  }

  public var ruleName: String
  public var ruleFile: String
  public var state: State
  public var testCount = 0
  /// Events that were judged.
  public var eventCount = 0
  public var failures: [FailedRuleTest] = []
  /// What came of changing the rule; nil where that was not asked for, or the tests do not hold.
  public var mutants: MutantOutcome?

  init(_ rule: LoadedRule, state: State) {
    ruleName = rule.rule.name
    ruleFile = rule.file
    self.state = state
  }

  /// How many tests did not hold; all of them when the rule cannot run.
  public var failedCount: Int {
    switch state {
    case .tested: failures.count
    case .unrunnable: testCount
    case .unreadable, .skipped: 0
    }
  }

  /// The rule's line for a person, then what failed.
  public var lines: [String] {
    let rule = "\(ruleName) (\(ruleFile))"
    let size = "\(Self.count(testCount, "test")), \(Self.count(eventCount, "event"))"
    switch state {
    case .unreadable: return ["failed   \(rule): the tests have errors and were not run"]
    case .unrunnable(let reason): return ["failed   \(rule): \(size), none could be run. \(reason)"]
    case .skipped(let reason): return ["skipped  \(rule): no tests. The rule cannot run: \(reason)"]
    case .tested where failures.isEmpty:
      guard let mutants else { return ["ok       \(rule): \(size)"] }
      return ["\(mutants.isPassed ? "ok  " : "weak")     \(rule): \(size), \(mutants.summary)"] + mutants.lines
    case .tested:
      return ["failed   \(rule): \(size), \(Self.count(failures.count, "test")) failed"] + failures.flatMap(Self.lines)
    }
  }

  private static func lines(_ test: FailedRuleTest) -> [String] {
    ["  \(test.file):\(test.line): \(test.name)"]
      + test.failures.flatMap { failure in
        [
          "    line \(failure.line)" + (failure.event.map { ": \($0)" } ?? ""), "      expected  \(failure.expected)",
          "      got       \(failure.got)",
        ]
      }
  }

  static func count(_ number: Int, _ noun: String) -> String { "\(number) \(noun)\(number == 1 ? "" : "s")" }
}
