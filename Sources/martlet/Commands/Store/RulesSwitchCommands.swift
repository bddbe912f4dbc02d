import ArgumentParser
import Outputs
import Rules
import Running

struct RulesEnableCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "enable", abstract: "Switches rules on in a folder of events.",
    discussion: """
      A rule goes on with the last four executions before it is switched on; what fell due earlier while it was off is skipped
      with the next run, and martlet run --from runs it. What fell due before it was switched off is run.

      Example:
        martlet rules enable --data events "AWS IAM Assume Role Policy Update"
      """)

  @OptionGroup var named: FolderRuleNames
  @OptionGroup var done: DoneOptions

  func run() throws { try RuleSwitching.run(named, done, isEnabled: true) }
}

struct RulesDisableCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "disable", abstract: "Switches rules off in a folder of events; their alerts stay.",
    discussion: """
      Example:
        martlet rules disable --data events "AWS IAM Assume Role Policy Update"
      """)

  @OptionGroup var named: FolderRuleNames
  @OptionGroup var done: DoneOptions

  func run() throws { try RuleSwitching.run(named, done, isEnabled: false) }
}

private enum RuleSwitching {
  static func run(_ named: FolderRuleNames, _ options: DoneOptions, isEnabled: Bool) throws {
    let store = try FolderRules.openOrMake(
      named.folder.data, by: isEnabled ? "rules enable" : "rules disable")
    try FolderRules.telling {
      let chosen = try named.chosen(in: store)
      var done = Done(isEnabled ? "rules enable" : "rules disable", of: "rules")
      for rule in chosen where rule.rule.isEnabled != isEnabled {
        if try store.setRule(
          rule.rule.ruleID, isEnabled: isEnabled, catchingUp: RuleResumption.catchingUp(rule.rule),
          by: named.author.name, at: EventOptions.clock())
        {
          done.counts.note(rule.rule.ruleID)
        }
      }
      let count = done.counts.ids.count
      (done.counts.changed, done.counts.same) = (count, chosen.count - count)
      try options.tell(
        done,
        [
          "\(CountText.count(count, "rule")) switched \(isEnabled ? "on" : "off")"
            + (count < chosen.count
              ? ", \(chosen.count - count) \(chosen.count - count == 1 ? "was" : "were") so already" : "")
        ], notices: named.notices)
    }
  }
}
