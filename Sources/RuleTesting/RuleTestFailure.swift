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
