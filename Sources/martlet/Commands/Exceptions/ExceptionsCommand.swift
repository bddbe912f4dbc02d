import ArgumentParser

struct ExceptionsCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "exceptions",
    abstract: "Checks exceptions, suggests some for the alerts of a hunt, and keeps them in a folder of events.",
    discussion: """
      Examples:
        martlet exceptions check exceptions.toml
        martlet exceptions suggest alerts.ndjson > exceptions.toml
        martlet exceptions import --data events exceptions.toml
      """,
    subcommands: [
      ExceptionsCheckCommand.self, ExceptionsSuggestCommand.self, ExceptionsAddCommand.self, ExceptionsListCommand.self,
      ExceptionsRemoveCommand.self, ExceptionsImportCommand.self, ExceptionsExportCommand.self,
    ])
}
