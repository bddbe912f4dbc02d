import ArgumentParser
import Foundation
import JSON
import Notifications
import Outputs
import Settings
import Transfers

struct NotifySettingsOption: ParsableArguments {
  @Option(
    help: ArgumentHelp("The settings of the service, in YAML, with a part `notifications`.", valueName: "file"),
    completion: .file(extensions: ["yaml", "yml"]))
  var config: String

  /// Channels and how things go out. Throws status 1 where settings cannot be used, which is told, as by `serve`.
  func read() throws -> (notifications: NotificationSettings, transfers: TransferSettings) {
    let settings: JSONValue
    do {
      settings = try YAMLSettings.value(ofFile: config)
    } catch {
      // It names the file.
      throw StoreAccess.failed(error)
    }
    do {
      return (
        try NotificationSettings(settings["notifications"] ?? [:]),
        try OutgoingSettings.settings(settings["outgoing"] ?? [:], variables: ProcessInfo.processInfo.environment)
      )
    } catch {
      StandardError.write(line: Terminal.safe("martlet: \(config): \(error)"))
      throw ExitCode(1)
    }
  }
}
