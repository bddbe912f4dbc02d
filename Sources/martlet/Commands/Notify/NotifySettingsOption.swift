import ArgumentParser
import Foundation
import Notifications
import Outputs
import Settings
import Transfers

struct NotifySettingsOption: ParsableArguments {
  @Option(
    help: ArgumentHelp("The settings of the service, in YAML, with a part `notifications`.", valueName: "file"),
    completion: .file(extensions: ["yaml", "yml"]))
  var config: String

  /// Channels and how things go out. Throws the status of wrong settings, which have been told.
  func read() throws -> (notifications: NotificationSettings, transfers: TransferSettings) {
    do {
      let settings = try YAMLSettings.value(ofFile: config)
      return (
        try NotificationSettings(settings["notifications"] ?? [:]),
        try OutgoingSettings.settings(settings["outgoing"] ?? [:], variables: ProcessInfo.processInfo.environment)
      )
    } catch {
      StandardError.write(line: Terminal.safe("martlet: \(config): \(error)"))
      throw ExitCode(64)
    }
  }
}
