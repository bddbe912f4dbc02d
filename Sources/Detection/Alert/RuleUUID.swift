/// The UUID by which alerts name a rule beside its own id (`kibana.alert.rule.uuid`): made of that id, the same in every run.
public enum RuleUUID {
  /// The UUID of the rule with an id, in lower case.
  public static func of(_ ruleID: String) -> String { AlertID.uuid(of: ["rule", ruleID]) }
}
