import Events

/// A proposal to except what a rule alerts on all the time and looks benign.
public struct SuggestedException: Sendable {
  /// The exception, for the one rule.
  public let item: ExceptionItem
  public let ruleID: String
  public let ruleName: String
  /// How many of the rule's alerts are on events that the exception holds for.
  public let removed: Int
  /// How many alerts the rule has in all.
  public let alerts: Int
  /// The earliest and the latest of their events.
  public let first: Timestamp
  public let last: Timestamp
  /// On how many days (UTC) there were some.
  public let days: Int
  public let tool: String
  public let who: String
  /// Where the alerts come from; empty when they come from too many addresses to name them.
  public let addresses: [String]
  /// Why the alerts look benign, a clause each.
  public let signals: [String]
}
