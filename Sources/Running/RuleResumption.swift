import Alerts
import Events
import Rules

/// Lets rules that changes of a folder switch on, by whatever way, go on near the time of the change: what fell due long before,
/// while they were off, is skipped.
public struct RuleResumption {
  /// Executions before a rule is switched on that are run all the same: so many intervals Kibana makes up for after a gap
  /// (`MAX_RULE_GAP_RATIO`).
  private static let caughtUp: Int64 = 4

  /// Whether the rules that can be read are on, by their ids.
  private let isEnabled: [String: Bool]
  private let switches: [String: Bool]

  /// - Parameter store: as it is before the changes.
  public init(_ store: AlertStore) throws {
    switches = try store.switches()
    isEnabled = Dictionary(try FolderRules.load(store).rules.map { ($0.rule.ruleID, $0.rule.isEnabled) }) { one, _ in
      one
    }
  }

  /// Of what fell due while a rule was off that is switched on, so many of the last milliseconds are run.
  public static func catchingUp(_ rule: Rule) -> Int64 { caughtUp * rule.schedule.interval.milliseconds }

  /// Skips what fell due of a rule while the one of its id was off or had been deleted; nothing where that is on, or where the rule
  /// itself is not.
  ///
  /// - Parameter rule: the one that the changes are about to put in the place.
  public func resume(_ rule: Rule, _ changes: AlertStore.DocumentChanges) throws {
    guard switches[rule.ruleID] ?? rule.isEnabled else { return }
    // Nobody switched off a rule that is damaged, nor one that was only ever run from a file.
    let wasOff = try isEnabled[rule.ruleID].map { !$0 } ?? changes.wasRemoved(.rule, rule.ruleID)
    if wasOff { try changes.resumeRule(rule.ruleID, catchingUp: Self.catchingUp(rule)) }
  }
}
