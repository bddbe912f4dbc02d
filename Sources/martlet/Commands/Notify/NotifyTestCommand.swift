import ArgumentParser
import Foundation
import Notifications
import Outputs
import Transfers

struct NotifyTestCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "test",
    abstract: "Sends an invented alert by channels, and says whether it went.",
    discussion: """
      What is sent says that it is a test. Selections, digests and quiet hours do not count, and nothing is kept.

      Examples:
        martlet notify test --config martlet.yaml
        martlet notify test --config martlet.yaml soc-slack on-call

      Exit status: 0 when every channel took it; 1 when one did not, or settings cannot be used; 64 for wrong arguments.
      """)

  @OptionGroup var settings: NotifySettingsOption

  @Argument(help: ArgumentHelp("Channels by their names; all unless given.", valueName: "channel"))
  var channels: [String] = []

  func run() async throws {
    let (notifications, transfers) = try settings.read()
    let names = notifications.channels.map(\.name)
    if let unknown = channels.first(where: { !names.contains($0) }) {
      throw ValidationError(
        "There is no channel \(unknown) in \(settings.config)"
          + (names.isEmpty ? ", and no other." : "; there are \(names.joined(separator: ", "))."))
    }
    let chosen = notifications.channels.filter { channels.isEmpty || channels.contains($0.name) }
    guard !chosen.isEmpty else {
      throw ValidationError("There is no channel in \(settings.config), below notifications.channels.")
    }
    let tester = ChannelTester(
      notifications, client: HTTPClient(transfers), variables: ProcessInfo.processInfo.environment,
      now: { EventOptions.clock() })
    let output = StandardOutput()
    var hasFailed = false
    for channel in chosen {
      let failure = await tester.test(channel)
      if failure != nil { hasFailed = true }
      try output.write(line: Terminal.safe("\(channel.name): \(failure.map { "not sent: \($0)" } ?? "sent")"))
    }
    if hasFailed { throw ExitCode.failure }
  }
}
