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
  @OptionGroup var done: DoneOptions

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
      var done = Done("rules delete", of: "rules")
      let shipped = RuleCollection.load(paths: [], withBuiltIn: true).rules.map(\.rule)
      let resumption = try RuleResumption(store)
      try store.changing(by: named.author.name, at: EventOptions.clock()) { changes in
        for id in chosen.map(\.rule.ruleID) {
          if let comesBack = shipped.first(where: { $0.ruleID == id }) { try resumption.resume(comesBack, changes) }
          if try changes.remove(.rule, id) { done.counts.note(id) }
        }
      }
      done.counts.removed = done.counts.ids.count
      try self.done.tell(done, ["\(CountText.count(done.counts.removed, "rule")) deleted"], notices: named.notices)
    }
  }
}
