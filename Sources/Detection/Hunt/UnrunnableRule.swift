import Rules

/// Why a rule does not take part in a hunt.
public struct UnrunnableRule: Error, Sendable {
  public let rule: Rule
  /// A sentence.
  public let reason: String
  /// True when the rule is wrong, rather than of a kind that does not run yet.
  public var isWrong = false
}
