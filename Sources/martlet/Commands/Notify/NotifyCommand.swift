import ArgumentParser

struct NotifyCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "notify",
    abstract: "Tries channels of notifications, and looks after what is to be told.",
    subcommands: [NotifyTestCommand.self, NotifyStatusCommand.self, NotifyResendCommand.self])
}
