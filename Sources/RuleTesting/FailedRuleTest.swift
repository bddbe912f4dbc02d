/// A test that did not hold.
public struct FailedRuleTest: Hashable, Sendable {
  public var file: String
  /// The test's line in its file, from 1.
  public var line: Int
  public var name: String
  /// What was wrong, in the order of the events; at least one.
  public var failures: [RuleTestFailure]
}
