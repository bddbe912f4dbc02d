import ArgumentParser

struct RulesCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "rules",
    abstract: "Checks, lists, shows, tests, writes and documents detection rules.",
    discussion: """
      Examples:
        martlet rules check my-rules/
        martlet rules show "AWS IAM Assume Role Policy Update"
        martlet rules test my-rules/
      """,
    subcommands: [
      RulesCheckCommand.self, RulesLintCommand.self, RulesListCommand.self, RulesShowCommand.self,
      RulesTestCommand.self,
      RulesNewCommand.self, RulesFormatCommand.self, RulesConvertCommand.self, RulesDocsCommand.self,
      RulesCoverageCommand.self, RulesImportCommand.self, RulesEnableCommand.self, RulesDisableCommand.self,
      RulesDeleteCommand.self, RulesExportCommand.self,
    ])
}
