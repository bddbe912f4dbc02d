import Events
import JSON

extension Evidence.Counted {
  /// What the execution that made an alert counted, as the alert's document says; nil where it counted nothing.
  public init?(alert document: JSONValue) {
    guard let counted = document["martlet"]?["evidence"]?["counted"], let group = counted["group"]?.arrayValue,
      let to = counted["to"]?.stringValue.flatMap({ Timestamp(iso8601: $0) })
    else { return nil }
    let ends = counted["first"]?.stringValue.flatMap(EventID.init(text:)).flatMap { first in
      counted["last"]?.stringValue.flatMap(EventID.init(text:)).map { Ends(first: first, last: $0) }
    }
    self.init(group: group.map { $0.stringValue ?? "" }, to: to, ends: ends)
  }
}

extension HuntPlan {
  /// The rules whose executions do not count again what was counted before, by their ids: with how far before a time the
  /// executions lie whose counting still matters to one at that time.
  public func countingRules(from begin: (String) -> Timestamp) -> [(ruleID: String, since: Timestamp)] {
    rules.filter { $0.rule.type == .threshold || $0.rule.type == .correlation }.map { rule in
      let first = rule.windows.firstTick(atOrAfter: begin(rule.rule.ruleID))
      return (rule.rule.ruleID, Timestamp(milliseconds: rule.windows.from(first) - rule.windows.slack))
    }
  }
}
