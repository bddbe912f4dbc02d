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

  @Argument(help: "The rule: its id or the start of it, its name or a part of it, or its file.")
  var rule: String

  @Option(
    name: .customLong("rules"),
    help: ArgumentHelp("A file or folder of rules to look in too; may be repeated.", valueName: "path"),
    completion: .file())
  var rulePaths: [String] = []

  func run() throws {
    let loaded = RuleCollection.load(paths: rulePaths, withBuiltIn: true)
    for diagnostic in loaded.diagnostics where diagnostic.severity == .error {
      StandardError.write(line: Terminal.safe(diagnostic.description))
    }
    let found = try RulePick.one(rule, among: loaded.rules)
    try StandardOutput().write(line: RuleSheet(found.rule).text)
    if loaded.hasErrors { throw ExitCode(1) }
  }
}
