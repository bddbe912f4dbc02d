import ArgumentParser

struct ExceptionsCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "exceptions",
    abstract: "Checks exceptions, and suggests some for the alerts of a hunt.",
    discussion: """
      Examples:
        martlet exceptions check exceptions.toml
        martlet exceptions suggest alerts.ndjson > exceptions.toml
      """,
    subcommands: [ExceptionsCheckCommand.self, ExceptionsSuggestCommand.self])
}
