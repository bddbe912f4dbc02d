import ArgumentParser
import Foundation
import Outputs
import Rules

struct RulesShowCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "show", abstract: "Shows one rule in full.",
    discussion: """
      Example:
        martlet rules show "AWS IAM Assume Role Policy Update"
      """)

  @Argument(help: "The rule's id or name.")
  var rule: String

  @Option(
    name: .customLong("rules"),
    help: ArgumentHelp("A file or folder of rules to look in too; may be repeated.", valueName: "path"),
    completion: .file())
  var rulePaths: [String] = []

  func run() throws {
    let loaded = RuleCollection.load(paths: rulePaths, withBuiltIn: true)
    guard let found = loaded.rules.first(where: { $0.rule.isNamed(rule) }) else {
      throw ValidationError("no rule has the id or name “\(rule)”; `martlet rules list` shows those that there are.")
    }
    try StandardOutput().write(line: RuleSheet(found.rule).text)
  }
}
