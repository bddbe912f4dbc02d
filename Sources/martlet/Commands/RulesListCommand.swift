import ArgumentParser
import Detection
import Foundation
import Outputs
import Rules

struct RulesListCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "list", abstract: "Lists rules.",
    discussion: """
      Examples:
        martlet rules list --rules my-rules/
        martlet rules list --data events
      """)

  @OptionGroup var rules: RuleOptions

  @Option(help: ArgumentHelp("The rules of this folder of events.", valueName: "folder"), completion: .directory)
  var data: String?

  func run() throws {
    let (loaded, hasErrors) = try rules.load { result in
      guard let data else { return }
      let store = try FolderRules.open(data, isReadOnly: true)
      try FolderRules.telling { try FolderRules.add(store, to: &result) }
    }
    let labels = RulePick.labels(loaded)
    let rows = loaded.map { rule in
      [
        rule.rule.ruleID, rule.rule.severity.rawValue, rule.rule.type.rawValue,
        rule.rule.isEnabled ? RuleQuery.obstacle(rule.rule) == nil ? "yes" : "not yet" : "disabled",
        labels.name(rule.rule),
      ]
    }
    let table = TextTable(
      [.init("ID"), .init("SEVERITY"), .init("TYPE"), .init("RUNS"), .init("NAME", limit: 200, yields: 1)],
      sample: rows,
      width: Terminal.tableWidth, usesColour: Terminal.usesColour(STDOUT_FILENO))
    let output = StandardOutput()
    try output.write(line: table.header)
    for (row, rule) in zip(rows, loaded) {
      try output.write(line: table.row(row, colours: [1: AlertTable.colour(rule.rule.severity)]))
    }
    if hasErrors { throw ExitCode(1) }
  }
}
