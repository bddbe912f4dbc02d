import Events
import Query
import Rules

/// What takes events out of a rule altogether: its window, its history, its counts.
public struct RuleException: Sendable {
  /// What an event must meet to be excepted.
  public var predicate: Predicate
  /// Executions scheduled for a later time do not know the exception; nil for one that never ends.
  public var expires: Timestamp?
  /// What a person calls it, and where it stands.
  public var name: String
  public var place: String

  public init(predicate: Predicate, expires: Timestamp? = nil, name: String, place: String) {
    self.predicate = predicate
    self.expires = expires
    self.name = name
    self.place = place
  }
}

extension RuleException {
  /// The alerts of a rule itself, and those that descend from them.
  static func own(_ rule: Rule) -> RuleException {
    let uuid = RuleUUID.of(rule.ruleID)
    let fields = ["kibana.alert.rule.uuid", "kibana.alert.ancestors.rule"]
    return RuleException(
      predicate: .or(fields.map { .test(.named($0), .phrase(uuid)) }), name: "the rule's own alerts",
      place: "rules over alerts")
  }
}
