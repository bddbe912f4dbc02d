import ArgumentParser

struct AlertsCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "alerts", abstract: "Works with the alerts that are kept beside stored events.",
    subcommands: [
      AlertsListCommand.self, AlertsShowCommand.self, AlertsSetCommand.self, AlertsExportCommand.self,
    ])
}
