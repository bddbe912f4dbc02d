/// What suggestions are to be made.
public struct SuggestionOptions: Sendable {
  /// How many at most.
  public var limit = 20
  /// How many alerts a suggestion must remove at least.
  public var leastAlerts = 3
  /// Only for rules of these ids; for all when nil.
  public var ruleIDs: Set<String>?

  public init() {}
}
