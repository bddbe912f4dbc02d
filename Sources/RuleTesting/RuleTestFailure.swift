/// An event on which a rule did not do what its test says.
public struct RuleTestFailure: Hashable, Sendable {
  /// The event's line in the test file, from 1.
  public var line: Int
  /// When it happened and what it is; nil when the test as a whole could not be run.
  public var event: String?
  /// What the test says, for a person.
  public var expected: String
  /// What the rule did, for a person.
  public var got: String
}

/// A test that did not hold.
public struct FailedRuleTest: Hashable, Sendable {
  public var file: String
  /// The test's line in its file, from 1.
  public var line: Int
  public var name: String
  /// What was wrong, in the order of the events; at least one.
  public var failures: [RuleTestFailure]
}
