import Alerts
import ArgumentParser
import Outputs
import Rules
import Running

struct RulesDeleteCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "delete",
    abstract: "Takes rules out of a folder of events; their alerts and earlier versions stay.",
    discussion: """
      A rule that ships comes back in place of one that took its place; such a rule itself is switched off with disable.

      Example:
        martlet rules delete --data events my-rule
      """)

  @OptionGroup var named: FolderRuleNames

  func run() throws {
    let store = try FolderRules.open(named.folder.data, isReadOnly: false)
    try FolderRules.telling {
      let own = Set(try store.current(.rule).map(\.key))
      let chosen = try named.chosen(in: store)
      for rule in chosen where !own.contains(rule.rule.ruleID) {
        throw ValidationError(
          Terminal.safe(
            "“\(rule.rule.name)” comes with Martlet and cannot be deleted; switch it off with rules disable."))
      }
      let count = try store.changing(by: named.author.name, at: EventOptions.clock()) { changes in
        try chosen.count { try changes.remove(.rule, $0.rule.ruleID) }
      }
      named.notices.close("\(CountText.count(count, "rule")) deleted")
    }
  }
}
